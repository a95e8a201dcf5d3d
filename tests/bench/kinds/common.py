"""What the kinds share: projects of a size, Segue's answers, and peers that climb from small tables to large ones."""

import hashlib
import json
import sys
from pathlib import Path

import workloads
from measure import Failed, require_equal, run
from rows import QUICK_SHARE, Row

PEERS = Path(__file__).resolve().parents[1] / "peers.py"
SLOW = 15  # seconds; a run that takes longer is not repeated
AS_OF = "2026-11-20"


def scaled(sizes: dict, names: tuple[str, ...], share: float) -> dict:
    return {name: max(64, int(value * share)) if name in names else value for name, value in sizes.items()}


def full_sizes(row: Row, settings) -> dict:
    return scaled(row.sizes, row.scaled, QUICK_SHARE) if settings.quick else dict(row.sizes)


def project(workload: str, sizes: dict, settings, use: str = "") -> tuple:
    """The workload and the folder of its project, which is made when it is not there; one for each use that leaves something in it."""
    name = hashlib.sha256(json.dumps([workload, sizes, use], sort_keys=True).encode()).hexdigest()[:12]
    work = workloads.make(workload, sizes)
    folder = settings.data / f"{workload}-{name}"
    workloads.base.write_project(folder, work)
    return work, folder


def segue_in_memory(folder: Path, settings, *flags: str, threads: int = 1) -> dict:
    command = [settings.program("bench/project_bench"), str(folder), "--as-of", AS_OF, "--threads", str(threads), *flags]
    done = run(command, 1200, environment(settings))
    return done.json() | {"peak_bytes": done.peak_bytes}


def environment(settings, cached: bool = False) -> dict:
    """Compiled code is kept in a folder of the benchmark's own, or nowhere."""
    return {"SEGUE_CACHE_DIR": str(settings.data / "code"), "SEGUE_CACHE": "on" if cached else "off"}


def ask_peer(engine: str, workload: str, sizes: dict, folder: Path, settings, threads: int, mode: str, **rest) -> dict:
    request = {"engine": engine, "workload": workload, "sizes": sizes, "folder": str(folder), "threads": threads, "mode": mode, "attempt": None, "repeats": 3,
               "slow": SLOW, "limit": settings.limit} | rest
    return run([sys.executable, str(PEERS), json.dumps(request)], settings.limit * 6 + 240, {"POLARS_MAX_THREADS": str(threads)}).json()


class Truth:
    """Segue's answers by share of the full size, each asked once."""

    def __init__(self, row: Row, sizes: dict, settings, full: list[int] | None = None):
        self.row, self.sizes, self.settings = row, sizes, settings
        self.known = {1: full} if full else {}

    def at(self, share: float) -> tuple[dict, Path, list[int]]:
        sizes = self.sizes if share == 1 else scaled(self.sizes, self.row.scaled, share)
        _, folder = project(self.row.workload, sizes, self.settings)
        if share not in self.known:
            self.known[share] = segue_in_memory(folder, self.settings, "--repeats", "1", *self.row.flags)["sizes"]
        return sizes, folder, self.known[share]


def levels_of(row: Row, settings) -> tuple[float, ...]:
    return (1 / 20, 1 / 4, 1) if settings.quick else row.levels


def foretold(points: list[tuple[float, float]]) -> float:
    """Seconds at the full size from (share, seconds) of smaller tables: in proportion, but for what does not grow."""
    share, seconds = points[-1]
    if len(points) == 1:
        return seconds / share
    before, took = points[-2]
    return seconds + max(0.0, seconds - took) / (share - before) * (1 - share)


def climb(engine: str, row: Row, truth: Truth, settings, threads: int, mode: str) -> dict:
    """A peer's figure at the full size, or foretold from the two largest that it answers within the limit. All ways of asking are tried on the smallest
    tables, and those that are near the best on the larger ones; each must give Segue's answers."""
    attempts, figure, points = None, {}, []
    levels = levels_of(row, settings)
    for share, following in zip(levels, levels[1:]):
        sizes, folder, expected = truth.at(share)
        reply = ask_peer(engine, row.workload, sizes, folder, settings, threads, mode, attempts=attempts)
        require_equal(reply["sizes"], expected, engine)
        best = min(reply["attempts"], key=reply["attempts"].get)
        seconds = reply["attempts"][best]
        points.append((share, seconds))
        figure = {"seconds": foretold(points), "attempt": best, "share": share, "tried": figure.get("tried", {}) | {f"{share:g}": reply["attempts"]}, "failed": reply["failed"]}
        attempts = [label for label, took in reply["attempts"].items() if took <= 3 * seconds]
        next_seconds = seconds * following / share if len(points) == 1 else foretold(points)
        if next_seconds > (4 * settings.limit if len(points) == 1 else settings.limit):
            return figure
    sizes, folder, expected = truth.at(1)
    return measure_whole(engine, row, sizes, folder, expected, settings, threads, mode, figure)


def measure_whole(engine: str, row: Row, sizes: dict, folder: Path, expected: list[int], settings, threads: int, mode: str, before: dict) -> dict:
    """The best attempt at the full size; where it does not end in time or memory, what the smaller table foretells stands."""
    repeats = 1 if mode == "memory" or settings.quick or before["seconds"] > SLOW else 3
    replies = []
    try:
        for _ in range(repeats):  # from files each time in a new process
            replies.append(ask_peer(engine, row.workload, sizes, folder, settings, threads, mode, attempt=before["attempt"]))
            require_equal(replies[-1]["sizes"], expected, engine)
    except Failed as failure:
        return before | {"stopped": str(failure)}
    reply = sorted(replies, key=lambda one: one["seconds"])[len(replies) // 2]
    return before | {"seconds": reply["seconds"], "repeats": reply["repeats"] * repeats, "share": 1}


def all_peers(row: Row, truth: Truth, settings, threads: int, mode: str) -> dict:
    peers = {}
    for engine in row.peers:
        try:
            peers[engine] = climb(engine, row, truth, settings, threads, mode)
        except Failed as failure:
            peers[engine] = {"error": str(failure)}
    return peers
