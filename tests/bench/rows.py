"""The rows of the table: what is measured, at which sizes, and what is asked of it.

Sizes stand for a full run; `--quick` takes them through `quick`. `levels` are the shares of a size at which a peer is tried first: only what would end
within the limit goes on to the next, and what does not is foretold from there, which the table says.
"""

from dataclasses import dataclass, field

QUICK_SHARE = 1 / 20


@dataclass
class Row:
    key: str
    title: str
    kind: str  # the function of `kinds.py` that measures it
    workload: str = ""
    sizes: dict = field(default_factory=dict)
    scaled: tuple[str, ...] = ("accounts",)  # the sizes that levels and --quick make smaller
    threads: tuple[int, ...] = (1,)  # of Segue; peers are measured with the first
    hand: bool = False
    prepared: bool = False
    whole: bool = False  # the ratio is to plan, compile and run, for compiling looks at the data, too
    flags: tuple[str, ...] = ()
    levels: tuple[float, ...] = (1 / 200, 1 / 20, 1)
    peers: tuple[str, ...] = ("clickhouse", "polars", "duckdb")
    goal: dict = field(default_factory=dict)  # by engine, the least ratio
    peers_of: str = ""  # the row whose peers answer the same question
    note: str = ""


M = 1_000_000
EVENT_SIZES = {"accounts": 200_000, "events": 20 * M}
BOTH = ("accounts", "events")

ROWS = [
    Row("roofline", "memory and caches", "roofline"),
    Row("one", "1 definition of 8 terms × {accounts}", "memory", "shared", {"accounts": 10 * M, "definitions": 1}, threads=(1, 2), hand=True,
        goal={"hand": 0.8, "polars": 1}),
    Row("shared", "1,000 definitions over 200 conditions × {accounts}", "memory", "shared", {"accounts": 10 * M}, threads=(1, 2), hand=True,
        goal={"clickhouse": 25, "polars": 40, "duckdb": 400, "threads": 1.8}),
    Row("large", "5,000 definitions over 1,000 conditions × {accounts}", "memory", "shared", {"accounts": 10 * M, "definitions": 5000, "conditions": 1000},
        hand=True, peers=("polars",), goal={"decisions": 0.5}),
    Row("one_prepared", "1 definition, prepared", "prepared", "shared", {"accounts": 10 * M, "definitions": 1}, peers_of="one", goal={"polars": 3}),
    Row("shared_prepared", "1,000 definitions, prepared", "prepared", "shared", {"accounts": 10 * M}, threads=(1, 2), peers_of="shared",
        goal={"clickhouse": 60, "polars": 100, "duckdb": 1000}),
    Row("mixed", "200 mixed definitions × {accounts}", "memory", "mixed", {"accounts": 4 * M}, threads=(1, 2), whole=True, goal={"best": 10}),
    Row("events", "60 counts over 30 pairs × {events} events, sorted", "memory", "events", {"accounts": 2 * M, "events": 200 * M, "is_sorted": True},
        scaled=BOTH, hand=True, goal={"best": 10, "ns_pair": 0.5}),
    Row("events_unsorted", "60 counts over 30 pairs × {events} events, unsorted", "memory", "events", {"accounts": 2 * M, "events": 200 * M, "is_sorted": False},
        scaled=BOTH, goal={"best": 5}),
    Row("nested", "20 conditions about one contact's logins × {logins} logins", "memory", "nested", {"accounts": 200_000, "contacts": 2 * M, "logins": 20 * M},
        scaled=("accounts", "contacts", "logins"), goal={"best": 5}),
    Row("distinct", "20 counts of different topics × {events} events", "memory", "distinct", EVENT_SIZES, scaled=BOTH, goal={"best": 5}),
    Row("latest", "20 latest values × {events} events", "memory", "latest", EVENT_SIZES, scaled=BOTH, goal={"best": 5}),
    Row("decay", "20 scores with decay × {events} events", "memory", "decay", EVENT_SIZES, scaled=BOTH, goal={"best": 5}),
    Row("sequence", "20 sequences × {events} events", "memory", "sequence", EVENT_SIZES, scaled=BOTH, goal={"best": 5}),
    Row("tiers", "tiers with two `top` by a decaying score × {accounts}", "tiers", sizes={"accounts": 10 * M}),
    Row("parquet_shared", "1,000 definitions × {accounts}", "parquet", "shared", {"accounts": 20 * M}, threads=(2,), goal={"best": 10, "decode": 1.5}),
    Row("parquet_mixed", "200 mixed definitions × {accounts}", "parquet", "mixed", {"accounts": 4 * M}, threads=(2,), goal={"best": 5, "decode": 1.5}),
    Row("parquet_events", "60 counts × {events} events", "parquet", "events", EVENT_SIZES | {"is_sorted": True}, scaled=BOTH, threads=(2,),
        goal={"best": 5, "decode": 1.5}),
    Row("parquet_one", "1 definition of 4 terms × {accounts}", "parquet", "shared",
        {"accounts": 60 * M, "definitions": 1, "conditions": 40, "terms": 4, "columns": 4}, threads=(2,), goal={"best": 1.2, "decode": 1.5}),
    Row("compile", "compile 1 to 10,000 realistic definitions", "compiling"),
    Row("account", "one account, 1,000 definitions", "account", goal={"best": 25, "ns_definition": 12}),
    Row("change", "one changed row or event", "change", goal={"us_change": 5}),
    Row("added", "one definition added to 1,000 on a prepared table of {accounts}", "added", "shared", {"accounts": 1 * M}, goal={"ms_first": 5}),
    Row("stream", "1 to 100 M accounts × 20 columns, 1,000 definitions, memberships written, 2 GiB", "stream", "shared", {"accounts": 100 * M}, threads=(2,)),
    Row("growth", "growth over definitions, accounts, events and threads", "growth"),
]

BY_KEY = {row.key: row for row in ROWS}
