"""Runs one measurement in a process of its own, with a limit, and says what it took: time, processor time, peak memory."""

import json
import os
import subprocess
import sys
import tempfile
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


LAUNCH = str(Path(__file__).resolve().parent / "launch.py")


def run(command: list[str], limit: float, environment: dict | None = None, folder: Path | None = None, accepts: tuple[int, ...] = (0,)) -> Done:
    """What came of a command. It is ended after `limit` seconds, which is a Failed, as is an exit code that is not among `accepts`."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, tempfile.NamedTemporaryFile(suffix=".json") as report:
        launched = [sys.executable, "-S", "-E", LAUNCH, report.name, str(limit), *command]
        process = subprocess.Popen(launched, stdout=output, stderr=errors, stdin=subprocess.DEVNULL, cwd=folder, env=os.environ | (environment or {}))
        try:
            process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        output.seek(0)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
        if process.returncode != 0:
            raise Failed(f"{command[0]} could not be started: {said.strip()[-500:]}")
        took = json.loads(Path(report.name).read_text(encoding="utf-8"))
        done = Done(output.read().decode("utf-8", "replace"), took["seconds"], took["processor_seconds"], took["peak_bytes"], took["code"], said)
    name = " ".join(Path(part).name if part.startswith("/") else part for part in command)[:200]
    if took["is_late"]:
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
