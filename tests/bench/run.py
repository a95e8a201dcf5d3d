"""Prints the benchmark table: Segue, hand-written C++, ClickHouse, Polars and DuckDB on the same tables, one after another, in one run.

`./dev bench [--accounts N] [--events N] [--threads N] [--definitions N,N,…] [--json FILE]`

An answer that differs from Segue's makes the run fail: a figure counts only when the answers are equal. Times of Segue are the
best of three runs inside one process, those of peers the median of three (one when a run takes over 15 s); ratios compare them.
"""

import argparse
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCH = HERE.parents[1] / "build" / "release" / "bench" / "native_bench"
PEERS = {"clickhouse": ("ClickHouse", "chdb-core"), "polars": ("Polars", "polars"), "duckdb": ("DuckDB", "duckdb")}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=10_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--definitions", default="1,100,1000")
    parser.add_argument("--program", default=str(BENCH), help="the measuring program")
    parser.add_argument("--json", help="also writes every figure to this file")
    return parser.parse_args()


def segue(given: argparse.Namespace, *arguments: str) -> dict:
    command = [given.program, "--threads", str(given.threads), *arguments]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[0])


def peer(name: str, work: str, count: int, rows: int, threads: int) -> dict:
    command = [sys.executable, str(HERE / "peers.py"), name, work, str(count), str(rows), str(threads)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{name} failed on {work}:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(given: argparse.Namespace, work: str, count: int) -> dict:
    rows = given.events if work == "events" else given.accounts
    flags = ["--events", str(rows)] if work == "events" else ["--accounts", str(rows), "--definitions", str(count)]
    ours = segue(given, "--only", work, *flags)
    if not ours["agrees"]:
        sys.exit(f"Segue and hand-written C++ differ on {work}, {count}")
    figures = {"work": work, "count": count, "rows": rows, "segue": ours, "peers": {}}
    for name in PEERS if work != "tiers" else ():
        theirs = peer(name, work, count, rows, given.threads)
        if theirs.pop("sizes") != ours["sizes"]:
            sys.exit(f"{name} and Segue differ on {work}, {count}")
        figures["peers"][name] = theirs
    return figures


def titles(figures: dict) -> str:
    if figures["work"] == "events":
        return f"{figures['count']} counts over {figures['rows'] / 1e6:g} M events"
    if figures["work"] == "tiers":
        return f"tiers with top × {figures['rows'] / 1e6:g} M accounts"
    return f"{figures['count']:,} definitions × {figures['rows'] / 1e6:g} M accounts"


def print_row(figures: dict) -> None:
    ours = figures["segue"]
    cells = [f"{titles(figures):<36}", f"{ours['compile_s'] * 1e3:8.0f}", f"{ours['run_s'] * 1e3:9.1f}", f"{ours['by_hand_s'] / ours['run_s']:8.2f}×"]
    cells += [f"{theirs['seconds'] / ours['run_s']:10.1f}×" for theirs in figures["peers"].values()]
    print("  ".join(cells), flush=True)


def main() -> None:
    given = options()
    versions = [f"{title} {importlib.metadata.version(package)}" for title, package in PEERS.values()]
    print(f"On {given.threads} thread(s); peers: {', '.join(versions)}. A ratio says how often Segue's run fits into the other's; answers are equal.\n")
    head = [f"{'':<36}", f"{'compile':>8}", f"{'run (ms)':>9}", f"{'by hand':>9}"] + [f"{title:>11}" for title, _ in PEERS.values()]
    print("  ".join(head))
    rows = []
    for count in (int(text) for text in given.definitions.split(",")):
        rows.append(measure(given, "definitions", count))
        print_row(rows[-1])
    for work, count in (("events", 20), ("tiers", 4)):
        rows.append(measure(given, work, count))
        print_row(rows[-1])
    if given.json:
        Path(given.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
