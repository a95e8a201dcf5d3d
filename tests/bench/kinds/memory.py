"""Rows in memory: the tables are read before anything is timed."""


from kinds.common import Truth, all_peers, environment, full_sizes, project, segue_in_memory
from measure import Differs, Failed, require_equal, run


def by_threads(row, folder, settings, *flags: str) -> dict:
    measured = {str(threads): segue_in_memory(folder, settings, *flags, *row.flags, threads=threads) for threads in row.threads}
    first = next(iter(measured.values()))
    for threads, one in measured.items():
        require_equal(one["sizes"], first["sizes"], f"Segue on {threads} threads")
        if one.get("hand_agrees") is False:
            raise Differs("hand-written C++ differs from Segue")
    return measured


def memory(row, settings) -> dict:
    sizes = full_sizes(row, settings)
    work, folder = project(row.workload, sizes, settings)
    flags = ("--hand", str(folder / "hand.txt")) if row.hand and work.hand else ()
    measured = by_threads(row, folder, settings, *flags)
    expected = next(iter(measured.values()))["sizes"]
    peers = all_peers(row, Truth(row, sizes, settings, expected), settings, row.threads[0], "memory")
    return {"sizes": sizes, "segue": short(measured), "peers": peers, "definitions": len(expected)}


def short(measured: dict) -> dict:
    """Without the answers, of which the last three show that something was asked."""
    return {threads: {name: value for name, value in one.items() if name != "sizes"} | {"last_sizes": one["sizes"][-3:]} for threads, one in measured.items()}


def prepared(row, settings) -> dict:
    """The same question over tables that `segue prepare` stored, with the answers that reading the files gives."""
    sizes = full_sizes(row, settings)
    _, folder = project(row.workload, sizes, settings, "prepared")
    expected = segue_in_memory(folder, settings, "--repeats", "1")["sizes"]
    storing = run([settings.program("segue"), "prepare", str(folder), "--quiet"], 1200, environment(settings))
    measured = by_threads(row, folder, settings)
    one = next(iter(measured.values()))
    require_equal(one["sizes"], expected, "Segue on prepared tables")
    if not one["prepared"]:
        raise Failed("the prepared tables were not used")
    return {"sizes": sizes, "segue": short(measured), "definitions": len(expected), "prepare_s": storing.seconds}


def tiers(row, settings) -> dict:
    sizes = full_sizes(row, settings)
    done = run([settings.program("bench/native_bench"), "--only", "tiers", "--accounts", str(sizes["accounts"])], 600).json()
    if not done["agrees"]:
        raise Differs("hand-written C++ differs from Segue")
    return {"sizes": sizes, "segue": {"1": {"compile_s": 0, "run_s": done["run_s"], "run_cpu_s": done["run_cpu_s"], "hand_s": done["by_hand_s"]}}}


def roofline(row, settings) -> dict:
    return {"roofline": [run([settings.program("bench/roofline"), "--threads", str(threads)], 120).json() for threads in (1, 2)]}
