"""Every example project is sound, laid out, and answers the same on both engines."""
import json
import pathlib
import re
import tempfile

from command import ROOT, call, copy_project


def project_folders():
    return sorted(path.parent for top in ("examples", "docs/examples") for path in (ROOT / top).rglob("segue.yaml"))


def clock(folder):
    """The clock that the project file's comment names."""
    match = re.search(r"--as-of (\d{4}-\d\d-\d\d)", (folder / "segue.yaml").read_text(encoding="utf-8"))
    return match.group(1)


def faults_of(segue, folder, as_of):
    plain = [("check", [], "check", "."), ("check --data", [], "check", ".", "--data", "--as-of", as_of), ("fmt --check", [], "fmt", "--check", "."), ("test", [], "test", ".", "--as-of", as_of),
             ("test, native", [], "test", ".", "--no-data", "--engine", "native")]
    faults = []
    for title, _, *words in plain:
        done = call([segue, *words], folder)
        if done.returncode != 0:
            faults.append(f"{title} returns {done.returncode}:\n{done.stdout}{done.stderr}")
    return faults


def documents(segue, folder, as_of):
    run = [segue, "run", ".", "--as-of", as_of, "--format", "json"]
    return [call([*run, "--engine", engine], folder) for engine in ("native", "interpreter")]


def engine_faults(segue, folder, as_of):
    native, interpreter = documents(segue, folder, as_of)
    if native.returncode != 0 or not json.loads(native.stdout)["definitions"]:
        return [f"run returns {native.returncode}:\n{native.stdout}{native.stderr}"]
    return [] if native.stdout == interpreter.stdout else ["run: the engines differ"]


def run(segue, names, update):
    faults, folders = [], project_folders()
    for source in folders:
        with tempfile.TemporaryDirectory(prefix="segue-example-") as temporary:
            folder = copy_project(source.relative_to(ROOT), pathlib.Path(temporary) / "project")
            found = faults_of(segue, folder, clock(folder)) + engine_faults(segue, folder, clock(folder))
        faults += [f"{source.relative_to(ROOT)}: {fault}" for fault in found]
    print(f"{len(folders)} projects")
    return faults if folders else ["there is no example project"]
