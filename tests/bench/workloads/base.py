"""What a workload is, how its numbers are drawn, and how it becomes a project with Parquet files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

AS_OF = "2026-11-20"  # every question is asked at the end of this day, in UTC
CHUNK = 1 << 20  # rows that are made at once
GROUP = 1 << 19  # rows of a row group


def draws(seed: int, begin: int, end: int) -> np.ndarray:
    """Numbers `begin` to `end` of the generator splitmix64 (Steele, Lea, Flood 2014) from `seed` on."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed * 0x5851F42D4C957F2D & 0xFFFFFFFFFFFFFFFF) + np.uint64(0x9E3779B97F4A7C15) * np.arange(begin + 1, end + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def whole(seed: int, begin: int, end: int, below: int, kind=np.int16) -> np.ndarray:
    """Uniform whole numbers from 0 to `below` - 1."""
    return ((draws(seed, begin, end) >> np.uint64(32)) * np.uint64(below) >> np.uint64(32)).astype(kind)


@dataclass
class Table:
    name: str
    rows: int
    chunk: Callable[[int, int], dict]  # the columns of rows begin to end, as pyarrow or numpy arrays
    optional: tuple[str, ...] = ()  # the columns that may be missing


@dataclass
class Workload:
    """A question over tables. `sql` gives the statements, by the name of the attempt, that peers may answer it by: one row of counts, in the order of
    the rules; `{account}` stands for a table. `polars` gives lazy frames of one row likewise. `casts` are the column types, by dialect and table, that
    suit an engine better than those of the files. `sorted_by` names for a table the columns that its rows are sorted by."""

    name: str
    tables: list[Table]
    schema: str
    rules: str
    sql: Callable[[str], dict[str, str]]
    polars: Callable[[dict], dict]
    casts: dict = field(default_factory=dict)
    sorted_by: dict[str, str] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)  # the columns that the question needs
    hand: str = ""  # for project_bench --hand
    tables_key: str = ""  # the same for workloads that ask about the same tables


def write_table(path: Path, table: Table) -> None:
    writer = None
    for begin in range(0, max(table.rows, 1), CHUNK):
        part = pa.table(table.chunk(begin, min(begin + CHUNK, table.rows)))
        part = part.cast(pa.schema([field.with_nullable(field.name in table.optional) for field in part.schema]))
        writer = writer or pa.parquet.ParquetWriter(path, part.schema, store_decimal_as_integer=True)
        writer.write_table(part, row_group_size=GROUP)
    writer.close()


def project_file(sources: Iterable[str]) -> str:
    lines = "".join(f"  {name}: data/{name}.parquet\n" for name in sources)
    return f"language: 1\nschema: schema.yaml\nrules: [segments/*.seg]\nsources:\n{lines}"


def write_tables(folder: Path, workload: Workload) -> None:
    done = folder / "complete"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for table in workload.tables:
        write_table(folder / f"{table.name}.parquet", table)
    done.touch()


def write_project(folder: Path, workload: Workload) -> None:
    """A project as a user has it, beside the tables that several may share; nothing is done when it is there."""
    tables = folder.parent / "tables" / workload.tables_key
    write_tables(tables, workload)
    (folder / "segments").mkdir(parents=True, exist_ok=True)
    if not (folder / "data").is_symlink():
        (folder / "data").symlink_to(tables)
    (folder / "schema.yaml").write_text(workload.schema, encoding="utf-8")
    (folder / "segue.yaml").write_text(project_file(table.name for table in workload.tables), encoding="utf-8")
    (folder / "segments" / "all.seg").write_text(workload.rules, encoding="utf-8")
    (folder / "hand.txt").write_text(workload.hand, encoding="utf-8")


# ── definitions over named conditions, in SQL and Polars ──


def counts_by_name(conditions: list[str], definitions: list[str], source: str, count: str) -> str:
    """Each condition once, by name, in an inner query; the definitions over the names t0, t1, …"""
    inner = ", ".join(f"{condition} AS t{i}" for i, condition in enumerate(conditions) if condition)
    outer = ", ".join(count.format(definition) for definition in definitions)
    return f"SELECT {outer} FROM (SELECT {inner} FROM {source})"


COUNT = {"duckdb": "count(*) FILTER (WHERE {})", "clickhouse": "countIf({})"}
