"""Rows from Parquet files: the whole process, from its start to its answer, files in the system's cache."""

import json
import shutil

from kinds.common import AS_OF, Truth, all_peers, ask_peer, environment, full_sizes, project, scaled
from measure import Failed, median, require_equal, run


def sizes_in(document: str) -> list[int]:
    """Of the segments, in the order of the rules."""
    return [one["size"] for one in json.loads(document)["definitions"] if "size" in one]


def run_command(folder, settings, threads: int, cached: bool, *flags: str, limit: float = 600):
    command = [settings.program("segue"), "run", str(folder), "--as-of", AS_OF, "--threads", str(threads), "--format", "json", "--quiet", *flags]
    return run(command, limit, environment(settings, cached))


def parquet(row, settings) -> dict:
    sizes = full_sizes(row, settings)
    _, folder = project(row.workload, sizes, settings)
    threads = row.threads[0]
    first = run_command(folder, settings, threads, False)  # also brings the files into the system's cache
    repeats = 2 if settings.quick or first.seconds > 10 else 5
    runs = {cached: [run_command(folder, settings, threads, cached) for _ in range(repeats)] for cached in (False, True)}
    expected = sizes_in(first.output)
    for one in (*runs[False], *runs[True]):
        require_equal(sizes_in(one.output), expected, "Segue, asked again,")
    decode = ask_peer("pyarrow", row.workload, sizes, folder, settings, threads, "memory", attempt="decode")
    segue = {"run_s": median([one.seconds for one in runs[False]]), "run_cpu_s": median([one.processor_seconds for one in runs[False]]),
             "cached_s": median([one.seconds for one in runs[True]]), "peak_bytes": first.peak_bytes, "compile_s": 0}
    peers = all_peers(row, Truth(row, sizes, settings, expected), settings, threads, "parquet")
    return {"sizes": sizes, "segue": {str(threads): segue}, "peers": peers, "decode_s": decode["seconds"], "definitions": len(expected)}


STREAMED = (1, 3, 10, 30, 100)  # hundredths of the full size


def stream(row, settings) -> dict:
    """Memberships of ever more accounts, written within a stated memory; each table and output is removed before the next."""
    points, budget = [], 1500.0
    for percent in STREAMED:
        sizes = scaled(full_sizes(row, settings), row.scaled, percent / 100)
        work, folder = project(row.workload, sizes, settings)
        out, smaller = folder / "out.arrow", folder / "out.parquet"
        try:
            done = run_command(folder, settings, row.threads[0], True, "--memory", "2GiB", "--out", str(out), limit=max(60, budget))
            budget -= done.seconds
            as_parquet = None
            if percent <= 10:  # encoding takes most of the time: small tables show how much
                as_parquet = run_command(folder, settings, row.threads[0], True, "--memory", "2GiB", "--out", str(smaller), limit=max(60, budget)).seconds
            points.append({"accounts": sizes["accounts"], "seconds": done.seconds, "cpu_s": done.processor_seconds, "peak_bytes": done.peak_bytes,
                           "out_bytes": out.stat().st_size, "parquet_s": as_parquet, "in_bytes": sum(file.stat().st_size for file in (folder / "data").glob("*.parquet"))})
        except Failed as failure:
            points.append({"accounts": sizes["accounts"], "error": str(failure)})
            break
        finally:
            out.unlink(missing_ok=True)
            smaller.unlink(missing_ok=True)
            shutil.rmtree(settings.data / "tables" / work.tables_key, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
        following = STREAMED[STREAMED.index(percent) + 1 :]
        if following and done.seconds * following[0] / percent > budget:
            points.append({"accounts": sizes["accounts"] * following[0] // percent, "error": "left out: it would take longer than the row may"})
            break
    if "error" in points[0]:
        raise Failed(points[0]["error"])
    return {"points": points}
