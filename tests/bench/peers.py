"""The peers of the benchmark, each at its best for this work: all definitions in one statement over a table in its own memory.

Run as a process of its own, so that one engine's memory and threads never touch another's:
`peers.py ENGINE WORKLOAD DEFINITIONS ROWS THREADS` prints one JSON object: seconds (median of the repeats), repeats and sizes.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet

import workload

SLOW_SECONDS = 15  # a run longer than this is not repeated


def timed(ask: Callable[[], list[int]]) -> dict:
    """Asks once to warm up (unless that alone is slow), then three times."""
    seconds, sizes = [], []
    for _ in range(4):
        start = time.perf_counter()
        sizes = ask()
        seconds.append(time.perf_counter() - start)
        if seconds[-1] > SLOW_SECONDS:
            return {"seconds": seconds[-1], "repeats": 1, "sizes": sizes}
    return {"seconds": statistics.median(seconds[1:]), "repeats": 3, "sizes": sizes}


def sql_definition(terms: list[int], condition: Callable[[int], str]) -> str:
    c = [condition(i) for i in terms]
    return f"{c[0]} AND {c[1]} AND {c[2]} AND {c[3]} AND {c[4]} AND ({c[5]} OR {c[6]}) AND NOT {c[7]}"


def used(definitions: list[list[int]]) -> list[int]:
    return sorted({i for terms in definitions for i in terms})


def sql_for_definitions(definitions: list[list[int]], count: str) -> str:
    """Each condition once, by name, in an inner query; the definitions over the names."""
    bounds = workload.conditions()
    inner = ", ".join(f"{bounds[i][0]} >= {bounds[i][1]} AS t{i}" for i in used(definitions))
    outer = ", ".join(count.format(sql_definition(terms, "t{}".format)) for terms in definitions)
    return f"SELECT {outer} FROM (SELECT {inner} FROM data)"


def sql_for_events(count: str) -> str:
    inner = ", ".join(count.format(f"kind >= {bound}") + f" AS n{i}" for i, bound in enumerate(workload.event_bounds()))
    outer = ", ".join(count.format(f"n{i} >= {workload.EVENTS_AT_LEAST}") for i in range(workload.EVENT_SEGMENTS))
    return f"SELECT {outer} FROM (SELECT {inner} FROM data GROUP BY account)"


def duckdb(columns: dict, definitions: list[list[int]] | None, threads: int) -> dict:
    import duckdb as engine

    connection = engine.connect(config={"threads": threads})
    given = pa.table(columns)  # noqa: F841, DuckDB finds it by name
    connection.execute("CREATE TABLE data AS SELECT * FROM given")
    count = "count(*) FILTER (WHERE {})"
    statement = sql_for_definitions(definitions, count) if definitions else sql_for_events(count)
    return timed(lambda: list(connection.execute(statement).fetchone()))


def clickhouse(columns: dict, definitions: list[list[int]] | None, threads: int) -> dict:
    from chdb import session

    connection = session.Session()
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        pa.parquet.write_table(pa.table(columns), file.name)
        types = ", ".join(f"{name} Int32" for name in columns)
        connection.query("CREATE DATABASE IF NOT EXISTS bench")
        connection.query(f"CREATE TABLE bench.data ({types}) ENGINE = Memory")
        connection.query(f"INSERT INTO bench.data SELECT * FROM file('{file.name}', Parquet)")
    statement = sql_for_definitions(definitions, "countIf({})") if definitions else sql_for_events("countIf({})")
    settings = f"max_threads = {threads}, max_query_size = 100000000, max_ast_elements = 10000000, max_expanded_ast_elements = 10000000, compile_expressions = 1, min_count_to_compile_expression = 0"
    statement = statement.replace("FROM data", "FROM bench.data") + f" SETTINGS {settings}"
    return timed(lambda: json.loads(connection.query(statement, "JSONCompactEachRow").bytes()))


def polars(columns: dict, definitions: list[list[int]] | None, threads: int) -> dict:
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    frame = pl.from_arrow(pa.table(columns)).lazy()
    if definitions:
        bounds = workload.conditions()
        inner = frame.select([(pl.col(bounds[i][0]) >= bounds[i][1]).alias(f"t{i}") for i in used(definitions)])

        def expression(terms: list[int]) -> pl.Expr:
            t = [pl.col(f"t{i}") for i in terms]
            return (t[0] & t[1] & t[2] & t[3] & t[4] & (t[5] | t[6]) & ~t[7]).sum()

        query = inner.select([expression(terms).alias(f"d{n}") for n, terms in enumerate(definitions)])
    else:
        counts = frame.group_by("account").agg([(pl.col("kind") >= bound).sum().alias(f"n{i}") for i, bound in enumerate(workload.event_bounds())])
        query = counts.select([(pl.col(f"n{i}") >= workload.EVENTS_AT_LEAST).sum() for i in range(workload.EVENT_SEGMENTS)])
    return timed(lambda: list(query.collect().row(0)))


def main() -> None:
    engine, work, count, rows, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    if work == "definitions":
        result = globals()[engine](workload.account_columns(rows), workload.definitions(count), threads)
    else:
        result = globals()[engine](workload.event_columns(rows), None, threads)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
