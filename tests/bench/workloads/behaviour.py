"""More than counts over the same events: different values, the latest value, scores that decay, one thing after another. Twenty definitions each."""

import datetime

from workloads.base import AS_OF, COUNT, Workload
from workloads.events import DAYS, KINDS, END, MICROS, event_workload, instant, since

COUNT_OF = 20
WINDOWS = [30, 60, 90, 120, 180]
CASES = [(kind, days) for kind in KINDS[:4] for days in WINDOWS]
# The clock of `--as-of 2026-11-20`, a microsecond before the day ends.
NOW_TEXT = f"{AS_OF} 23:59:59.999999"
NOW = END - 1


def segment(number: int, condition: str) -> str:
    return f"segment d{number} {{\n  where {condition}\n}}\n"


def outer(dialect: str, tests: list[str]) -> str:
    return ", ".join(COUNT[dialect].format(test) for test in tests)


def at(days: int):
    import polars as pl

    return pl.lit(since(days)).cast(pl.Datetime("us", "UTC"))


def distinct(accounts: int, events: int, is_sorted: bool = True) -> Workload:
    """How many different topics an account looked at."""
    per_pair = [events / accounts / len(KINDS) * days / DAYS for _, days in CASES]
    least = [max(1, min(38, round(40 * (1 - (1 - 1 / 40) ** mean)))) for mean in per_pair]
    rules = "\n".join(segment(i, f"distinct(events within last {days} days: topic where kind = {kind}) >= {least[i]}") for i, (kind, days) in enumerate(CASES))

    def sql(dialect: str) -> dict[str, str]:
        tests = [f"kind = '{kind}' AND occurred_at >= {instant(dialect, days)}" for kind, days in CASES]
        asked = outer(dialect, [f"n{i} >= {least[i]}" for i in range(COUNT_OF)])
        if dialect == "clickhouse":
            ways = {"uniqExact": "uniqExactIf(topic, {})", "bits of codes": None}
        else:
            ways = {"count distinct": "count(DISTINCT topic) FILTER (WHERE {})", "list": "len(list_distinct(list(topic) FILTER (WHERE {})))"}
        attempts = {}
        for label, way in ways.items():
            if way is None:
                way, form = "bitCount(groupBitOrIf(bitShiftLeft(toUInt64(1), toUInt8(substring(topic, 7))), {}))", "n"
            inner = ", ".join(way.format(test) + f" AS n{i}" for i, test in enumerate(tests))
            attempts[label] = f"SELECT {asked} FROM (SELECT {inner} FROM {{events}} GROUP BY account_id)"
        return attempts

    def polars(frames: dict) -> dict:
        import polars as pl

        tests = [(pl.col("kind") == kind) & (pl.col("occurred_at") >= at(days)) for kind, days in CASES]
        counts = frames["events"].group_by("account_id").agg([pl.col("topic").filter(test).n_unique().alias(f"n{i}") for i, test in enumerate(tests)])
        return {"n_unique": counts.select([(pl.col(f"n{i}") >= least[i]).sum().alias(f"d{i}") for i in range(COUNT_OF)])}

    return event_workload("distinct", accounts, events, is_sorted, ["occurred_at", "kind", "topic"], rules=rules, sql=sql, polars=polars)


def latest(accounts: int, events: int, is_sorted: bool = True) -> Workload:
    """What the last event of a kind was about."""
    rules = "\n".join(segment(i, f"latest(events within last {days} days: number where kind = {kind}) >= {500 + 10 * i}") for i, (kind, days) in enumerate(CASES))

    def sql(dialect: str) -> dict[str, str]:
        tests = [f"kind = '{kind}' AND occurred_at >= {instant(dialect, days)}" for kind, days in CASES]
        way = "argMaxIf(number, occurred_at, {})" if dialect == "clickhouse" else "arg_max(number, occurred_at) FILTER (WHERE {})"
        inner = ", ".join(way.format(test) + f" AS n{i}" for i, test in enumerate(tests))
        return {"arg max": f"SELECT {outer(dialect, [f'n{i} >= {500 + 10 * i}' for i in range(COUNT_OF)])} FROM (SELECT {inner} FROM {{events}} GROUP BY account_id)"}

    def polars(frames: dict) -> dict:
        import polars as pl

        def value(i: int, kind: str, days: int):
            test = (pl.col("kind") == kind) & (pl.col("occurred_at") >= at(days))
            return pl.col("number").filter(test).get(pl.col("occurred_at").filter(test).arg_max(), null_on_oob=True).alias(f"n{i}")

        def by_place(i: int, kind: str, days: int):
            test = (pl.col("kind") == kind) & (pl.col("occurred_at") >= at(days))
            return pl.col("number").filter(test).last().alias(f"n{i}")

        grouped = frames["events"].group_by("account_id")
        asked = [(pl.col(f"n{i}") >= 500 + 10 * i).sum().alias(f"d{i}") for i in range(COUNT_OF)]
        in_order = frames["events"].sort("account_id", "occurred_at").group_by("account_id", maintain_order=False)
        return {
            "arg max": grouped.agg([value(i, *case) for i, case in enumerate(CASES)]).select(asked),
            "sorted by time, last": in_order.agg([by_place(i, *case) for i, case in enumerate(CASES)]).select(asked),
        }

    return event_workload("latest", accounts, events, is_sorted, ["occurred_at", "kind", "number"], rules=rules, sql=sql, polars=polars)


HALF_LIVES = [7, 14, 21, 30, 60]


def decay(accounts: int, events: int, is_sorted: bool = True) -> Workload:
    """Scores in which an event counts half after so many days, and who is above a bound."""
    cases = [(kind, half_life) for kind in KINDS[:4] for half_life in HALF_LIVES]
    bounds = [round(events / accounts / len(KINDS) * half_life / 0.6931 / DAYS, 3) + 0.0137 for _, half_life in cases]
    rules = "\n".join(
        f"score s{i} {{\n  +1 * sum(events: decay(occurred_at, {half_life} days) where kind = {kind})\n}}\n\n" + segment(i, f"s{i} >= {bounds[i]:.4f}")
        for i, (kind, half_life) in enumerate(cases))
    # Scores are results, too: what is counted are the segments, in the order of the file; a score's size is its number of accounts.

    def sql(dialect: str) -> dict[str, str]:
        if dialect == "clickhouse":
            age = f"(toUnixTimestamp64Micro(toDateTime64('{NOW_TEXT}', 6, 'UTC')) - toUnixTimestamp64Micro(occurred_at)) / {MICROS}."
            way = "sumIf(exp2(-({age}) / {half}), {test})"
        else:
            age = f"(epoch_us(TIMESTAMPTZ '{NOW_TEXT}+00') - epoch_us(occurred_at)) / {MICROS}.0"
            way = "coalesce(sum(pow(2::DOUBLE, -({age}) / {half})) FILTER (WHERE {test}), 0)"
        inner = ", ".join(way.format(age="age", half=half_life, test=f"kind = '{kind}'") + f" AS n{i}" for i, (kind, half_life) in enumerate(cases))
        wanted = ", ".join(f"'{kind}'" for kind in KINDS[:4])
        rows = f"SELECT account_id, kind, {age} AS age FROM {{events}} WHERE kind IN ({wanted})"
        asked = outer(dialect, [f"n{i} >= {bounds[i]:.4f}" for i in range(COUNT_OF)])
        return {"sums": f"SELECT {asked} FROM (SELECT {inner} FROM ({rows}) AS aged GROUP BY account_id)"}

    def polars(frames: dict) -> dict:
        import polars as pl

        age = (NOW - pl.col("occurred_at").cast(pl.Int64)) / MICROS
        rows = frames["events"].filter(pl.col("kind").is_in(KINDS[:4])).select("account_id", "kind", age.alias("age"))
        by_half_life = rows.with_columns([(pl.lit(2.0) ** (-pl.col("age") / half)).alias(f"h{half}") for half in HALF_LIVES])
        sums = [pl.col(f"h{half}").filter(pl.col("kind") == kind).sum().alias(f"n{i}") for i, (kind, half) in enumerate(cases)]
        asked = [(pl.col(f"n{i}") >= round(bounds[i], 4)).sum().alias(f"d{i}") for i in range(COUNT_OF)]
        by_kind = by_half_life.group_by("account_id", "kind").agg([pl.col(f"h{half}").sum() for half in HALF_LIVES])
        counted = [((pl.col("kind") == kind) & (pl.col(f"h{half}") >= round(bounds[i], 4))).sum().alias(f"d{i}") for i, (kind, half) in enumerate(cases)]
        return {"sums": by_half_life.group_by("account_id").agg(sums).select(asked), "by account and kind": by_kind.select(counted)}

    return event_workload("decay", accounts, events, is_sorted, ["occurred_at", "kind"], rules=rules, sql=sql, polars=polars)


HOURS = [24, 72, 168, 336]
STEPS = [("visit", "demo_request"), ("download", "trial"), ("pricing_view", "demo_request"), ("webinar", "pricing_view"), ("email_click", "visit")]


def sequence(accounts: int, events: int, is_sorted: bool = True) -> Workload:
    """One kind of event, then another, not more than so many hours later."""
    cases = [(first, second, hours) for first, second in STEPS for hours in HOURS]
    rules = "\n".join(segment(i, f"sequence(events within last 30 days: kind = {first} then kind = {second}, all within {hours} hours)")
                      for i, (first, second, hours) in enumerate(cases))

    def sql(dialect: str) -> dict[str, str]:
        asked = outer(dialect, [f"n{i} >= 1" for i in range(COUNT_OF)])
        recent = f"occurred_at >= {instant(dialect, 30)}"
        if dialect == "clickhouse":
            way = "windowFunnel({micros}, 'strict_increase')(toUInt64(toUnixTimestamp64Micro(occurred_at)), kind = '{first}', kind = '{second}') >= 2 AS n{i}"
            inner = ", ".join(way.format(i=i, micros=hours * 3_600_000_000, first=first, second=second) for i, (first, second, hours) in enumerate(cases))
            return {"windowFunnel": f"SELECT {asked} FROM (SELECT {inner} FROM {{events}} WHERE {recent} GROUP BY account_id)"}
        firsts = ", ".join(f"max(CASE WHEN kind = '{first}' THEN occurred_at END) OVER before AS p{i}" for i, (first, _) in enumerate(STEPS))
        rows = f"SELECT account_id, kind, occurred_at, {firsts} FROM {{events}} WHERE {recent} WINDOW before AS (PARTITION BY account_id ORDER BY occurred_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        inner = ", ".join(f"count(*) FILTER (WHERE kind = '{second}' AND occurred_at - p{i // len(HOURS)} <= INTERVAL {hours} HOUR) AS n{i}" for i, (_, second, hours) in enumerate(cases))
        return {"window": f"SELECT {asked} FROM (SELECT {inner} FROM ({rows}) AS steps GROUP BY account_id)"}

    def polars(frames: dict) -> dict:
        import polars as pl

        rows = frames["events"].filter(pl.col("occurred_at") >= at(30)).sort("account_id", "occurred_at")
        time = pl.col("occurred_at")
        before = [pl.when(pl.col("kind") == first).then(time).forward_fill().shift(1).over("account_id").alias(f"p{i}") for i, (first, _) in enumerate(STEPS)]
        tests = [((pl.col("kind") == second) & (time - pl.col(f"p{i // len(HOURS)}") <= pl.duration(hours=hours))).any().alias(f"n{i}")
                 for i, (_, second, hours) in enumerate(cases)]
        asked = [pl.col(f"n{i}").sum() for i in range(COUNT_OF)]
        return {"forward fill": rows.with_columns(before).group_by("account_id").agg(tests).select(asked)}

    return event_workload("sequence", accounts, events, is_sorted, ["occurred_at", "kind"], rules=rules, sql=sql, polars=polars)


WORKLOADS = {"distinct": distinct, "latest": latest, "decay": decay, "sequence": sequence}
