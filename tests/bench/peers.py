"""One peer at one question, in a process of its own, so that one engine's memory and threads never touch another's.

`peers.py REQUEST` takes a JSON object {engine, workload, sizes, folder, threads, mode, attempt, attempts, repeats, slow, limit} and prints one JSON object. `mode` is
`memory` (the tables are read first, which does not count), or `parquet` (from the start of the engine to the answer). Without `attempt` each way of asking (of `attempts`, if any)
is timed once and all must agree; with it that one is timed, after one run to warm up, `repeats` times; a run of more than `slow` seconds is not repeated.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

import workloads
from workloads.base import Workload

Ask = Callable[[], list[int]]


def duckdb(work: Workload, request: dict) -> dict[str, Ask]:
    import duckdb as engine

    connection = engine.connect(config={"threads": request["threads"]})
    connection.execute("SET TimeZone = 'UTC'")
    names = {}
    for table in work.tables:
        file = f"'{request['folder']}/data/{table.name}.parquet'"
        casts = work.casts.get("duckdb", {}).get(table.name, {})
        replaced = f" REPLACE ({', '.join(casts.values())})" if casts else ""
        names[table.name] = file
        if request["mode"] == "memory":
            connection.execute(f"CREATE TABLE {table.name} AS SELECT *{replaced} FROM {file}")
            names[table.name] = table.name
    statements = {label: text.format(**names) for label, text in work.sql("duckdb").items()}
    return {label: (lambda text=text: list(map(int, connection.execute(text).fetchone()))) for label, text in statements.items()}


AS_WRITTEN = "schema_inference_make_columns_nullable = 'auto'"  # a column is nullable where the file says so
CLICKHOUSE = (
    AS_WRITTEN + ", "
    "max_query_size = 1000000000, max_ast_elements = 100000000, max_expanded_ast_elements = 100000000, max_ast_depth = 100000, max_parser_depth = 100000, "
    "max_parser_backtracks = 0, compile_expressions = {compiles}, min_count_to_compile_expression = 0, compile_aggregate_expressions = {compiles}, min_count_to_compile_aggregate_expression = 0, "
    "optimize_aggregation_in_order = {in_order}, max_threads = {threads}"
)


def clickhouse(work: Workload, request: dict) -> dict[str, Ask]:
    from chdb import session

    connection = session.Session()
    names, in_order = {}, {}
    connection.query("CREATE DATABASE IF NOT EXISTS bench")
    for table in work.tables:
        source = f"file('{request['folder']}/data/{table.name}.parquet', Parquet)"
        casts = work.casts.get("clickhouse", {}).get(table.name, {})
        names[table.name] = source
        if request["mode"] == "memory":
            replaced = f" REPLACE ({', '.join(casts.values())})" if casts else ""
            columns = ", ".join(work.columns[table.name])
            chosen = f"SELECT {columns} FROM (SELECT *{replaced} FROM {source})"
            connection.query(f"CREATE TABLE bench.{table.name} ENGINE = Memory AS {chosen} SETTINGS {AS_WRITTEN}")
            names[table.name] = f"bench.{table.name}"
            if table.name in work.sorted_by:
                key = work.sorted_by[table.name]
                connection.query(f"CREATE TABLE bench.{table.name}_ordered ENGINE = MergeTree ORDER BY {key} AS SELECT * FROM bench.{table.name}")
                in_order[table.name] = f"bench.{table.name}_ordered"

    def ask(text: str, ordered: int = 0, compiles: int = 1) -> list[int]:
        settings = CLICKHOUSE.format(in_order=ordered, compiles=compiles, threads=request["threads"])
        given = connection.query(f"{text} SETTINGS {settings}", "JSONCompactEachRow").bytes()
        return [int(value) for value in json.loads(given)]

    statements = work.sql("clickhouse")
    attempts = {f"{label}, not compiled": (lambda text=text.format(**names): ask(text, compiles=0)) for label, text in statements.items()}
    attempts |= {label: (lambda text=text.format(**names): ask(text)) for label, text in statements.items()}
    if in_order:
        attempts |= {f"{label}, ordered": (lambda text=text.format(**(names | in_order)): ask(text, 1)) for label, text in statements.items()}
    return attempts


def polars(work: Workload, request: dict) -> dict[str, Ask]:
    os.environ["POLARS_MAX_THREADS"] = str(request["threads"])
    import polars as pl

    frames = {}
    for table in work.tables:
        frame = pl.scan_parquet(f"{request['folder']}/data/{table.name}.parquet")
        casts = work.casts.get("polars", {}).get(table.name, {})
        if casts and request["mode"] == "memory":
            frame = frame.with_columns(**{name: pl.col(name).cast(eval(kind, {"pl": pl})) for name, kind in casts.items()})
        if request["mode"] == "memory":
            frame = frame.select(work.columns[table.name]).collect().lazy()
        if table.name in work.sorted_by:
            frame = frame.set_sorted(work.sorted_by[table.name])
        frames[table.name] = frame
    attempts = {}
    for label, query in work.polars(frames).items():
        attempts[label] = lambda query=query: [int(value) for value in query.collect().row(0)]
        attempts[f"{label}, streaming"] = lambda query=query: [int(value) for value in query.collect(engine="streaming").row(0)]
    return attempts


def pyarrow(work: Workload, request: dict) -> dict[str, Ask]:
    """No answer: the time in which the columns that the question needs are decoded, below which nothing that reads all of them can be."""
    pa.set_cpu_count(request["threads"])

    def decode() -> list[int]:
        for table in work.tables:
            pa.parquet.read_table(f"{request['folder']}/data/{table.name}.parquet", columns=work.columns[table.name])
        return []

    return {"decode": decode}


def timed(ask: Ask) -> tuple[float, list[int]]:
    start = time.perf_counter()
    sizes = ask()
    return time.perf_counter() - start, sizes


def probe(attempts: dict[str, Ask], limit: float, counts_first: bool) -> dict:
    """Every way of asking; what fails is said and left out. Attempts that come after the limit is used up are not made. The first run also compiles and warms
    up: it counts where a process asks but once."""
    seconds, failed, sizes, begun = {}, {}, None, time.perf_counter()
    for label, ask in attempts.items():
        if seconds and time.perf_counter() - begun > limit:
            break
        try:
            seconds[label], given = timed(ask)
            if not counts_first and seconds[label] < 30 and seconds[label] < 20 * min(seconds.values()):
                seconds[label] = min(seconds[label], timed(ask)[0])
        except Exception as error:  # noqa: BLE001, engines raise what they like
            failed[label] = f"{type(error).__name__}: {error}"[:2000]
            continue
        if sizes is not None and given != sizes:
            raise SystemExit(f"`{label}` gives other answers than the attempts before it: {given[:10]} … {sizes[:10]}")
        sizes = given
    if not seconds:
        raise SystemExit(f"no attempt succeeded: {failed}")
    return {"attempts": seconds, "failed": failed, "sizes": sizes}


def repeat(ask: Ask, request: dict) -> dict:
    seconds, sizes = [], []
    for _ in range(request["repeats"] + 1):
        took, sizes = timed(ask)
        seconds.append(took)
        if took > request["slow"]:
            return {"seconds": took, "repeats": 1, "sizes": sizes}
    return {"seconds": statistics.median(seconds[1:]), "repeats": request["repeats"], "sizes": sizes}


def main() -> None:
    request = json.loads(sys.argv[1])
    work = workloads.make(request["workload"], request["sizes"])
    begun = time.perf_counter()
    attempts = globals()[request["engine"]](work, request)
    if request["attempt"] is None:
        wanted = request.get("attempts") or list(attempts)
        result = probe({label: attempts[label] for label in wanted if label in attempts}, request["limit"], request["mode"] == "parquet")
    elif request["mode"] == "memory":
        result = repeat(attempts[request["attempt"]], request)
    else:
        sizes = attempts[request["attempt"]]()
        result = {"seconds": time.perf_counter() - begun, "repeats": 1, "sizes": sizes}
    print("\n" + json.dumps(result), flush=True)
    os._exit(0)  # some engines take long to give back their memory, or never end


if __name__ == "__main__":
    main()
