"""Measures Segue against its peers and hand-written C++, and makes the table and plots of docs/performance.md.

    ./dev bench                      every row, about 45 minutes on two cores
    ./dev bench --quick              smaller tables, under five minutes
    ./dev bench --only one,shared    these rows; --list names them
    ./dev bench --write-docs         also writes the figures into docs/performance.md, and the plots

Each row's figures are kept in build/bench/results, and a row that is there is not measured again unless --fresh is given: a run that was interrupted goes on
where it was. Answers must be equal: one that differs ends its row with an error, and the command with exit code 1.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import kinds  # noqa: E402
import table  # noqa: E402
from measure import Differs, Failed  # noqa: E402
from rows import BY_KEY, ROWS, Row  # noqa: E402

ENGINES = {"clickhouse": ("ClickHouse", "chdb-core"), "polars": ("Polars", "polars"), "duckdb": ("DuckDB", "duckdb")}


@dataclass
class Settings:
    build: Path
    data: Path
    results: Path
    quick: bool
    limit: float  # seconds that one run of a peer may take
    keep: bool

    def program(self, name: str) -> str:
        return str(self.build / name)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="tables of a twentieth")
    parser.add_argument("--only", default="", help="rows, separated by commas")
    parser.add_argument("--list", action="store_true", help="names the rows and ends")
    parser.add_argument("--fresh", action="store_true", help="measures again what was measured")
    parser.add_argument("--limit", type=float, help="seconds that one run of a peer may take; what takes longer is scaled up from a smaller table (60; --quick: 5)")
    parser.add_argument("--data", help="the folder for tables; what is made there is removed again (a folder of its own in the system's for temporary files)")
    parser.add_argument("--keep", action="store_true", help="leaves the tables there")
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), help="where segue and the measuring programs are")
    parser.add_argument("--json", help="also writes every figure to this file")
    parser.add_argument("--write-docs", action="store_true", help="writes figures and plots into docs/")
    parser.add_argument("--results", help="the folder of results (build/bench/results; --quick: build/bench/quick)")
    return parser.parse_args()


def processor() -> str:
    """What the processor is called, with its generation where the name does not say it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    said = {line.split(":")[0].strip(): line.split(":")[1].strip() for line in lines if ":" in line}
    name = said.get("model name", "unknown processor")
    return f"{name}, Zen 5" if (said.get("vendor_id"), said.get("cpu family")) == ("AuthenticAMD", "26") else name


def machine() -> dict:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"processor": processor(), "threads": os.cpu_count(), "memory_gib": round(memory / 2**30)}


def versions() -> dict:
    found = {title: importlib.metadata.version(package) for title, package in ENGINES.values()}
    found["pyarrow"] = importlib.metadata.version("pyarrow")
    return found


def revision() -> str:
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip()


def measure(row: Row, settings: Settings) -> dict:
    begun = time.time()
    result = {"key": row.key, "date": time.strftime("%Y-%m-%d"), "revision": revision(), "machine": machine(), "versions": versions(), "quick": settings.quick}
    try:
        result |= getattr(kinds, row.kind)(row, settings)
    except (Failed, Differs, subprocess.SubprocessError, OSError) as error:
        result |= {"error": f"{type(error).__name__}: {error}"}
    result["took_s"] = round(time.time() - begun, 1)
    return result


def load(settings: Settings) -> dict[str, dict]:
    found = {}
    for row in ROWS:
        path = settings.results / f"{row.key}.json"
        if path.exists():
            found[row.key] = json.loads(path.read_text(encoding="utf-8"))
    return found


def main() -> int:
    given = options()
    if given.list:
        print("\n".join(f"{row.key:18} {row.title}" for row in ROWS))
        return 0
    results = Path(given.results) if given.results else ROOT / "build" / "bench" / ("quick" if given.quick else "results")
    data = Path(given.data) if given.data else Path(os.environ.get("TMPDIR", "/tmp")) / f"segue-bench-{os.getuid()}"
    settings = Settings(Path(given.build), data, results, given.quick, given.limit or (5 if given.quick else 60), given.keep)
    unknown = [key for key in given.only.split(",") if key and key not in BY_KEY]
    if unknown:
        sys.exit(f"bench: there is no row {', '.join(unknown)}; --list names them")
    asked = [BY_KEY[key] for key in given.only.split(",") if key] or ROWS
    results.mkdir(parents=True, exist_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    failed = False
    try:
        for row in asked:
            path = results / f"{row.key}.json"
            kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            if given.fresh or not kept or "error" in kept:
                print(f"bench: {row.key} …", file=sys.stderr, flush=True)
                kept = measure(row, settings)
                path.with_suffix(".new").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
                path.with_suffix(".new").replace(path)
            failed |= "error" in kept
            print(table.line(row, kept, load(settings)), flush=True)
    finally:
        if not settings.keep:
            shutil.rmtree(data, ignore_errors=True)
    found = load(settings)
    if len(asked) > 1:
        print("\n" + table.text(found))
    if given.json:
        Path(given.json).write_text(json.dumps(list(found.values()), indent=1) + "\n", encoding="utf-8")
    if given.write_docs:
        import plots

        plots.write(found, ROOT / "docs" / "plots")
        table.write_page(found, ROOT / "docs" / "performance.md")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
