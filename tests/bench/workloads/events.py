"""Events of accounts: a kind, a number, a topic and a time of the last 180 days; and how often which of them happened.

The 60 definitions ask counts of 30 different pairs of a filter and a window. The rows are sorted by account, or in no order at all.
"""

import datetime

import numpy as np
import pyarrow as pa

from workloads.base import AS_OF, COUNT, Table, Workload, draws, whole

KINDS = ["visit", "download", "webinar", "email_click", "pricing_view", "comparison_view", "demo_request", "trial"]
TOPICS = [f"topic_{number:02}" for number in range(40)]
DAYS = 180  # that the events reach back
MICROS = 86_400_000_000
END = int((datetime.datetime.fromisoformat(AS_OF) - datetime.datetime(1970, 1, 1)).total_seconds()) * 1_000_000 + MICROS  # the clock is just before


def since(days: int) -> int:
    """Where `within last N days` begins, in microseconds."""
    return END - days * MICROS


def since_text(days: int) -> str:
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=since(days))).isoformat(" ")


def account_chunk(begin: int, end: int) -> dict:
    return {"account_id": np.arange(begin, end, dtype=np.int32)}


def event_chunk(accounts: int, events: int, is_sorted: bool):
    """The columns of some events. Sorted, account i has those from first[i] on; its number of events varies."""
    if is_sorted:
        per_account = np.bincount((draws(5, 0, min(events, 40 * accounts)) % np.uint64(accounts)).astype(np.int64), minlength=accounts)
        ends = np.cumsum(per_account) * events // max(1, min(events, 40 * accounts))

    def chunk(begin: int, end: int) -> dict:
        if is_sorted:
            account = np.searchsorted(ends, np.arange(begin, end), side="right").astype(np.int32)
        else:
            account = whole(6, begin, end, accounts, np.int32)
        at = since(DAYS) + (draws(11, begin, end) % np.uint64(DAYS * MICROS)).astype(np.int64)
        kind = pa.DictionaryArray.from_arrays(whole(12, begin, end, len(KINDS), np.int8), KINDS)
        topic = pa.DictionaryArray.from_arrays(whole(13, begin, end, len(TOPICS), np.int8), TOPICS)
        return {"account_id": account, "occurred_at": pa.array(at, pa.timestamp("us", "UTC")), "kind": kind, "number": whole(14, begin, end, 1000), "topic": topic}

    return chunk


SCHEMA = f"""account:
  key: account_id
  columns:
    account_id: int
relations:
  events:
    of: account
    on: account_id
    time: occurred_at
    columns:
      occurred_at: timestamp
      kind: {{type: enum, values: [{", ".join(KINDS)}]}}
      number: int
      topic: text
"""


def event_tables(accounts: int, events: int, is_sorted: bool) -> list[Table]:
    return [Table("account", accounts, account_chunk), Table("events", events, event_chunk(accounts, events, is_sorted))]


def event_casts(columns: list[str]) -> dict:
    """What suits an engine better than the types of the files."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    duckdb = {"kind": f"kind::ENUM({kinds}) AS kind"} if "kind" in columns else {}
    clickhouse = {"kind": f"CAST(kind AS Enum8({kinds})) AS kind"} if "kind" in columns else {}
    if "topic" in columns:
        clickhouse["topic"] = "CAST(topic AS LowCardinality(String)) AS topic"
    polars = {"kind": f"pl.Enum({KINDS})"} if "kind" in columns else {}
    if "topic" in columns:
        polars["topic"] = "pl.Categorical"
    return {"duckdb": {"events": duckdb}, "clickhouse": {"events": clickhouse}, "polars": {"events": polars}}


def event_workload(name: str, accounts: int, events: int, is_sorted: bool, columns: list[str], **rest) -> Workload:
    return Workload(
        name=name,
        tables=event_tables(accounts, events, is_sorted),
        schema=SCHEMA,
        casts=event_casts(columns),
        tables_key=f"events-{accounts}-{events}-{'sorted' if is_sorted else 'unsorted'}",
        sorted_by={"events": "account_id"} if is_sorted else {},
        columns={"account": ["account_id"], "events": ["account_id", *columns]},
        **rest,
    )


def instant(dialect: str, days: int) -> str:
    """The beginning of a window, comparable with occurred_at."""
    return f"TIMESTAMPTZ '{since_text(days)}+00'" if dialect == "duckdb" else f"toDateTime64('{since_text(days)}', 6, 'UTC')"


# ── 60 counts over 30 pairs of a filter and a window ──

FILTERS = [([0], 0), ([1], 0), ([2, 3], 0), ([4], 500), ([5, 6], 0), ([6], 0), ([0, 1, 2], 250), ([3], 800), ([7], 100), ([4, 5, 6, 7], 600)]
WINDOWS = [14, 45, 120]
PAIRS = [(kinds, least, days) for kinds, least in FILTERS for days in WINDOWS]


def thresholds(per_account: float) -> list[tuple[int, int]]:
    """Two for each pair, about what an account has of it."""
    result = []
    for number, (kinds, least, days) in enumerate(PAIRS):
        mean = per_account * len(kinds) / len(KINDS) * (1000 - least) / 1000 * days / DAYS
        result += [(number, max(1, round(mean))), (number, max(2, round(mean * 1.5) + 1))]
    return result


def counts(accounts: int, events: int, is_sorted: bool = True) -> Workload:
    asked = thresholds(events / accounts)

    def filter_of(kinds: list[int], least: int, one: str, many: str, both: str) -> str:
        names = [KINDS[kind] for kind in kinds]
        test = one.format(names[0]) if len(names) == 1 else many.format(", ".join(names))
        return test + (both.format(least) if least else "")

    def rule(number: int, pair: int, least: int) -> str:
        kinds, bound, days = PAIRS[pair]
        where = filter_of(kinds, bound, "kind = {}", "kind in [{}]", " and number >= {}")
        return f"segment d{number} {{\n  where count(events within last {days} days where {where}) >= {least}\n}}\n"

    def test(dialect: str, kinds: list[int], bound: int, days: int) -> str:
        names = [f"'{KINDS[kind]}'" for kind in kinds]
        kind = f"kind = {names[0]}" if len(names) == 1 else f"kind IN ({', '.join(names)})"
        return kind + (f" AND number >= {bound}" if bound else "") + f" AND occurred_at >= {instant(dialect, days)}"

    def sql(dialect: str) -> dict[str, str]:
        inner = ", ".join(COUNT[dialect].format(test(dialect, *pair)) + f" AS n{i}" for i, pair in enumerate(PAIRS))
        outer = ", ".join(COUNT[dialect].format(f"n{pair} >= {least}") for pair, least in asked)
        attempts = {"grouped": f"SELECT {outer} FROM (SELECT {inner} FROM {{events}} GROUP BY account_id)"}
        longest = f"occurred_at >= {instant(dialect, max(WINDOWS))}"
        attempts["grouped, only the longest window"] = f"SELECT {outer} FROM (SELECT {inner} FROM {{events}} WHERE {longest} GROUP BY account_id)"
        return attempts

    def polars(frames: dict) -> dict:
        import polars as pl

        def one(kinds: list[int], bound: int, days: int):
            names = [KINDS[kind] for kind in kinds]
            result = pl.col("kind") == names[0] if len(names) == 1 else pl.col("kind").is_in(names)
            at_least = pl.lit(since(days)).cast(pl.Datetime("us", "UTC"))
            result = result & (pl.col("occurred_at") >= at_least)
            return result & (pl.col("number") >= bound) if bound else result

        events_frame = frames["events"]
        longest = events_frame.filter(pl.col("occurred_at") >= pl.lit(since(max(WINDOWS))).cast(pl.Datetime("us", "UTC")))
        longest = longest.set_sorted("account_id") if is_sorted else longest
        sums = [one(*pair).sum().alias(f"n{i}") for i, pair in enumerate(PAIRS)]
        outer = [(pl.col(f"n{pair}") >= least).sum().alias(f"d{i}") for i, (pair, least) in enumerate(asked)]
        return {
            "grouped": events_frame.group_by("account_id").agg(sums).select(outer),
            "grouped, only the longest window": longest.group_by("account_id").agg(sums).select(outer),
        }

    hand = "".join(f"pair {sum(1 << kind for kind in kinds)} {least} {since(days)}\n" for kinds, least, days in PAIRS)
    hand += "".join(f"at_least {pair} {least}\n" for pair, least in asked)
    return event_workload("events", accounts, events, is_sorted, ["occurred_at", "kind", "number"],
                          rules="\n".join(rule(i, pair, least) for i, (pair, least) in enumerate(asked)), sql=sql, polars=polars, hand=hand if is_sorted else "")


WORKLOADS = {"events": counts}
