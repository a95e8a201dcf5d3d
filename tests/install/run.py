"""Installs a build into a temporary folder, moves it elsewhere, builds the consumer against it, and compares what it and the installed
command answer.

Usage: run.py --cmake CMAKE --build BUILD --compiler COMPILER --project PROJECT
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

SEGMENT, AS_OF = "finance_engaged", "2026-11-20"


def run(*command):
    """What a command prints; its own words, and the end of the test, when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def install(options, folder):
    """The installed tree, not where it was installed: nothing in it may hold on to its place."""
    run(options.cmake, "--install", options.build, "--prefix", folder / "first")
    return (folder / "first").rename(folder / "second")


def build_consumer(options, prefix, folder):
    source = pathlib.Path(__file__).parent / "consumer"
    run(options.cmake, "-S", source, "-B", folder, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={options.compiler}")
    run(options.cmake, "--build", folder)
    return folder / "consumer"


def strays(program, options):
    """The libraries that a program would take out of the build tree."""
    return [line for line in run("ldd", program).splitlines() if options.build in line or "not found" in line]


def main():
    parser = argparse.ArgumentParser()
    for name in ("cmake", "build", "compiler", "project"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segue-install-") as name:
        folder = pathlib.Path(name)
        prefix = install(options, folder)
        consumer = build_consumer(options, prefix, folder / "build")
        for program in (consumer, prefix / "bin" / "segue", *prefix.glob("lib*/**/libsegue_*.so")):
            if found := strays(program, options):
                raise SystemExit(f"{program} is not bound to what is installed:\n" + "\n".join(found))
        size = int(run(consumer, options.project, SEGMENT, AS_OF))
        answer = json.loads(run(prefix / "bin" / "segue", "run", options.project, SEGMENT, "--as-of", AS_OF, "--format", "json"))
        expected = answer["definitions"][0]["size"]
        if size != expected or size == 0:
            raise SystemExit(f"the consumer counts {size} accounts, the installed command {expected}")
        print(f"{SEGMENT}: {size} accounts, by both")


if __name__ == "__main__":
    main()
