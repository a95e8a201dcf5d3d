"""Starts one command and writes what it took as JSON: `launch.py REPORT LIMIT COMMAND…`.

A process of its own, and a small one: the peak memory that the system states of a process begins with that of the process that started it.
"""

import json
import os
import signal
import subprocess
import sys
import time


def main() -> None:
    report, limit, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def stop(number: int, frame: object) -> None:
        process.kill()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)
    is_late = []
    signal.signal(signal.SIGALRM, lambda number, frame: (is_late.append(True), process.kill()))
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    with open(report, "w", encoding="utf-8") as file:
        json.dump({"seconds": seconds, "processor_seconds": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * 1024, "code": os.waitstatus_to_exitcode(status),
                   "is_late": bool(is_late)}, file)


if __name__ == "__main__":
    main()
