"""Runs clang-tidy over every source in a compile database that users run; what has not changed since it was clean is not read again.
Tests are compiled with all warnings and formatted, and are not read here: they would take as long again.

Usage: tidy.py ROOT BUILD [FILE…], where FILE may be a test. In a unity build sources are read by the dozen, as they are compiled, which takes a tenth of the time; FILE then stands for
all that are read with it. Clean results are kept in ROOT/.cache/tidy under a hash of the sources, of all headers of ours that they include, of their compile
command and of the configuration.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

TOOL = "clang-tidy-19"
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


@functools.cache
def contents(path):
    return path.read_bytes()


def closure(path, folders):
    """`path` and every file of ours that it includes, directly or not."""
    seen, todo = {path}, [path]
    while todo:
        current = todo.pop()
        for name in INCLUDE.findall(contents(current)):
            for folder in [current.parent, *folders]:
                header = folder / name.decode()
                if header.is_file():
                    if header not in seen:
                        seen.add(header)
                        todo.append(header)
                    break
    return sorted(seen)


def fingerprint(entry, root, build, configuration):
    digest = hashlib.sha256(configuration + entry["command"].encode())
    for path in closure(pathlib.Path(entry["file"]), [root, build / "generated"]):
        digest.update(str(path).encode() + b"\0" + contents(path))
    return digest.hexdigest()


def findings(entry, build):
    """What clang-tidy says about one entry; nothing when it is clean. Warnings of the compiler are g++'s to give."""
    run = subprocess.run([TOOL, "-p", str(build), "--quiet", "--warnings-as-errors=*", "--extra-arg=-w", entry["file"]],
                         capture_output=True, text=True)
    return "" if run.returncode == 0 else run.stdout + run.stderr


def sources(root, build, only):
    """The entries of the compile database that hold sources of ours; those of `only` where there are any, else all but tests."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        parts = [pathlib.Path(name.decode()) for name in INCLUDE.findall(contents(path))] if path.parent.name == "Unity" else [path]
        ours = all(part.is_relative_to(root) and not part.is_relative_to(root / "build") and not part.is_relative_to(build) for part in parts)
        if ours and (not only.isdisjoint(parts) if only else not parts[0].is_relative_to(root / "tests")):
            yield entry


def main():
    root, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    only = {pathlib.Path(name).resolve() for name in sys.argv[3:]}
    cache = root / ".cache" / "tidy"
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    configuration = version + contents(root / ".clang-tidy") + contents(pathlib.Path(__file__))
    todo = [(entry, cache / fingerprint(entry, root, build, configuration)) for entry in sources(root, build, only)]
    todo = [(entry, stamp) for entry, stamp in todo if not stamp.exists()]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(findings, entry, build): (entry, stamp) for entry, stamp in todo}
        for number, job in enumerate(concurrent.futures.as_completed(jobs), 1):
            entry, stamp = jobs[job]
            text = job.result()
            if text:
                failed += 1
                print(text, flush=True)
            else:
                stamp.touch()
            if sys.stderr.isatty():
                print(f"\rclang-tidy: {number} of {len(jobs)}", end="\n" if number == len(jobs) else "", file=sys.stderr)
    if failed:
        print(f"clang-tidy: {failed} of {len(jobs)} readings have findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
