"""How time and memory grow: with definitions, accounts, events and threads; compiling by itself."""

import shutil
import sys
from pathlib import Path

from kinds.common import AS_OF, ask_peer, environment, project, segue_in_memory
from measure import Failed, median, require_equal, run

REALISTIC = Path(__file__).resolve().parents[1] / "realistic.py"


def compile_point(definitions: int, settings) -> dict:
    """The phases, and what a user waits for who runs the rules over a small table: without compiled code kept, and with."""
    folder = settings.data / f"realistic-{definitions}"
    run([sys.executable, str(REALISTIC), str(definitions), str(folder)], 300)
    phases = run([settings.program("bench/compile_bench"), str(folder / "segue.yaml"), "3"], 600, environment(settings)).json()
    command = [settings.program("segue"), "run", str(folder), "--as-of", AS_OF, "--format", "json", "--quiet", "--threads", "2"]
    shutil.rmtree(settings.data / "code", ignore_errors=True)
    # a broken expectation is no failure here
    cold = [run(command, 600, environment(settings), accepts=(0, 1)) for _ in range(3)]
    warm = [run(command, 600, environment(settings, cached=True), accepts=(0, 1)) for _ in range(4)][1:]
    return {"definitions": definitions, "phases": phases, "cold_s": median([one.seconds for one in cold]), "cached_s": median([one.seconds for one in warm]),
            "peak_bytes": cold[0].peak_bytes, "cached_peak_bytes": warm[0].peak_bytes}


def compiling(row, settings) -> dict:
    return {"points": [compile_point(count, settings) for count in (1, 10, 100, 1000, *(() if settings.quick else (10_000,)))]}


def peer_point(engine: str, workload: str, sizes: dict, folder, expected: list[int], settings) -> float | None:
    try:
        reply = ask_peer(engine, workload, sizes, folder, settings, 1, "memory", attempts=["named", "named, streaming", "grouped", "grouped, ordered"])
    except Failed:
        return None
    require_equal(reply["sizes"], expected, engine)
    return min(reply["attempts"].values())


def point(workload: str, sizes: dict, settings, engines: tuple[str, ...]) -> dict:
    _, folder = project(workload, sizes, settings)
    ours = segue_in_memory(folder, settings, "--repeats", "3")
    peers = {engine: peer_point(engine, workload, sizes, folder, ours["sizes"], settings) for engine in engines}
    return {"sizes": sizes, "run_s": ours["run_s"], "compile_s": ours["plan_s"] + ours["compile_s"], "peers": peers}


def growth(row, settings) -> dict:
    share = 1 / 10 if settings.quick else 1
    accounts = int(2_000_000 * share)
    quick_peers = ("polars", "clickhouse")
    definitions = [point("shared", {"accounts": accounts, "definitions": count, "conditions": 200 if count <= 1000 else 1000}, settings,
                         (*quick_peers, "duckdb") if count <= 100 else quick_peers) for count in (1, 10, 100, 1000, *(() if settings.quick else (5000,)))]
    tables = [point("shared", {"accounts": int(count * share)}, settings, quick_peers if count <= 1_000_000 else ()) for count in (100_000, 1_000_000, 10_000_000)]
    events = [point("events", {"accounts": int(count * share) // 100, "events": int(count * share), "is_sorted": True}, settings, quick_peers if count <= 2_000_000 else ())
              for count in (200_000, 2_000_000, 20_000_000)]
    return {"definitions": definitions, "accounts": tables, "events": events}


