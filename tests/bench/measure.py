"""Runs one measurement in a process of its own, with a limit, and says what it took: time, processor time, peak memory."""

import json
import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path


class Failed(Exception):
    """A measurement that did not come about; the row says so and the others go on."""


class Differs(Exception):
    """An answer that is not the others'. A figure counts only when the answers are equal, so this ends the row with an error."""


@dataclass
class Done:
    output: str
    seconds: float
    processor_seconds: float
    peak_bytes: int
    code: int
    errors: str

    def json(self) -> dict:
        lines = [line for line in self.output.splitlines() if line.startswith("{")]
        if not lines:
            raise Failed(f"no result: {self.errors[-1000:]}")
        return json.loads(lines[-1])


def run(command: list[str], limit: float, environment: dict | None = None, folder: Path | None = None, accepts: tuple[int, ...] = (0,)) -> Done:
    """What came of a command. It is ended after `limit` seconds, which is a Failed, as is an exit code that is not among `accepts`."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL, cwd=folder, env=os.environ | (environment or {}))
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        is_late = not timer.is_alive()
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        done = Done(output.read().decode("utf-8", "replace"), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode,
                    errors.read().decode("utf-8", "replace"))
    name = " ".join(Path(part).name if part.startswith("/") else part for part in command)[:200]
    if is_late:
        raise Failed(f"{name}: stopped after {limit:.0f} s")
    if done.code not in accepts:
        raise Failed(f"{name}: exit code {done.code}: {(done.errors or done.output).strip()[-1500:]}")
    return done


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def require_equal(sizes: list[int], expected: list[int], who: str) -> None:
    if list(sizes) == list(expected):
        return
    first = next((i for i, (a, b) in enumerate(zip(sizes, expected)) if a != b), min(len(sizes), len(expected)))
    raise Differs(f"{who} differs from Segue: answer {first} of {len(expected)} is {sizes[first:first + 1]}, not {expected[first:first + 1]}")
