"""Holds `segue sql` against `segue run`: run.py SEGUE [--engine duckdb] [--conformance FILE…] [--random SEGUE_DIFFERENTIAL --seed N --programs N] [FOLDER…].

Each definition of each project is asked of both, and every answer must be the same to the bit. Definitions that the dialect refuses are counted by
their reason; of a sum of floats only the order is the engine's own, so that answers which rest on one are compared up to rounding.
"""
import argparse
import collections
import csv
import json
import math
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "conformance"))
import engines  # noqa: E402
import tables  # noqa: E402


def call(*words, cwd=None):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, cwd=cwd, timeout=300)


class Tally:
    def __init__(self):
        self.programs = self.definitions = self.answers = 0
        self.refused, self.skipped = collections.Counter(), collections.Counter()
        self.failures = []


def same(kind, expected, got, is_loose):
    """One answer of `segue run --out`, as CSV text, and of the engine."""
    if got is None or expected == "":
        return got is None and expected == ""
    if kind == "bool":
        return (expected == "true") == bool(got)
    if kind == "float":
        a, b = float(expected), float(got)
        return a == b or (is_loose and (math.isinf(b) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)))
    return expected == str(got)


KINDS = {"segment": "bool", "score": "float"}


class Project:
    def __init__(self, segue, engine, folder, options, tally, label):
        self.segue, self.engine, self.folder, self.options, self.tally, self.label = segue, engine, folder, options, tally, label

    def fail(self, name, text):
        self.tally.failures.append(f"{self.label} {name}: {text}")

    def run(self):
        out = self.folder / "answers.csv"
        done = call(self.segue, "run", self.folder, *self.options, "--format", "json", "--out", out, "--on-bad-row", "fail", "--expect", "warn")
        if done.returncode != 0:
            self.tally.skipped["segue run fails"] += 1
            return
        document = json.loads(done.stdout)
        clock = document["as_of"]
        with open(out, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        expected = {name: {row[0]: row[i] for row in rows[1:]} for i, name in enumerate(rows[0])}
        self.exported = {row[0] for row in rows[1:]}
        self.is_suppressing = "suppress:" in (self.folder / "segue.yaml").read_text(encoding="utf-8")
        names = [d for d in document["definitions"] if d["kind"] != "audience"]
        if not names:
            return
        try:
            loaded = tables.load(self.folder)
        except tables.NotLoadable as error:
            self.tally.skipped["tables not loaded: " + re.sub(r"[:\d].*", "", str(error)).split(" ")[0]] += 1
            return
        try:
            self.engine.open(loaded)
        except engines.NotStorable as error:
            self.tally.skipped[f"tables not stored: {error}"[:150]] += 1
            return
        self.tally.programs += 1
        try:
            self.compare(names, expected, clock)
        finally:
            self.engine.close()

    def statements(self, names):
        done = call(self.segue, "sql", self.folder, *self.params(), "--dialect", self.engine.name, "--format", "json", *names)
        return json.loads(done.stdout) if done.stdout.strip() else {"statements": [], "diagnostics": [{"code": "crash", "message": done.stderr[:500]}]}

    def params(self):
        return [w for i, w in enumerate(self.options) if w == "--param" or (i and self.options[i - 1] == "--param")]

    def compare(self, definitions, expected, clock):
        """All at once; where something is refused, one after another."""
        whole = self.statements([d["name"] for d in definitions])
        groups = [definitions]
        if not whole["statements"]:
            groups, whole = [[d] for d in definitions], None
        for group in groups:
            document = whole or self.statements([d["name"] for d in group])
            self.tally.definitions += len(group)
            if not document["statements"]:
                for d in document["diagnostics"][:1]:
                    if d["code"] != "not-in-dialect":
                        self.fail(group[0]["name"], f"{d['code']}: {d['message']}")
                    self.tally.refused[re.sub(r"`[^`]*`", "`…`", d["message"])] += 1
                continue
            self.answer(group, document["statements"][0], expected, clock)

    def answer(self, group, statement, expected, clock):
        label = " ".join(d["name"] for d in group)
        try:
            header, rows = self.engine.ask(statement["sql"], clock)
        except Exception as error:  # noqa: BLE001: whatever an engine throws is the finding
            if len(group) > 1:
                for d in group:
                    again = self.statements([d["name"]])
                    if again["statements"]:
                        self.answer([d], again["statements"][0], expected, clock)
                return
            if self.engine.is_out_of_range(str(error)):
                self.tally.skipped[f"{self.engine.name} stops at floats out of range"] += 1
                return
            self.fail(label, f"{type(error).__name__}: {str(error).splitlines()[0][:300]}")
            return
        if self.is_suppressing:  # no file holds them; the statement does
            rows = [r for r in rows if str(r[0]) in self.exported]
        if len(rows) != len(next(iter(expected.values()))):
            self.fail(label, f"{len(rows)} rows, expected {len(next(iter(expected.values())))}")
            return
        for i, definition in enumerate(group, 1):
            is_loose = definition["name"] in statement["float_sums"]
            wanted = expected[definition["name"]]
            kind = KINDS.get(definition["kind"], "text")
            if is_loose and kind != "float":
                self.tally.skipped["conditions on sums of floats"] += 1
                continue
            self.tally.answers += len(rows)
            wrong = [(str(r[0]), wanted.get(str(r[0])), r[i]) for r in rows if not same(kind, wanted.get(str(r[0]), "?"), r[i], is_loose)]
            if wrong:
                self.fail(definition["name"], f"{len(wrong)} of {len(rows)} differ, such as {wrong[0][0]}: expected {wrong[0][1]!r}, got {wrong[0][2]!r}")


def conformance_projects(files, folder):
    import case_files
    import projects
    for path in files:
        batches = collections.defaultdict(list)
        for case in case_files.read(path):
            batches[case.setting.identity()].append(case)
        for i, group in enumerate(batches.values()):
            setting = group[0].setting
            if setting.exit_code or setting.check_data or (setting.needs_arrow and not projects.pyarrow):
                continue
            checks = [c for case in group for c in case.checks if c.kind == "answer"]
            if checks:
                yield projects.write(folder / f"{path.stem}_{i}", setting, group, checks), setting.options, f"{path.stem}_{i}"


def random_projects(differential, seed, programs, folder):
    done = call(differential, "--write", folder, "--seed", seed, "--iterations", programs)
    if done.returncode != 0:
        sys.exit(f"{differential} writes no programs: {done.stderr}")
    for path in sorted(folder.iterdir()):
        yield path, ["--as-of", (path / "clock.txt").read_text().strip()], f"seed {path.name}"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers are stopped on the way out
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("segue", type=pathlib.Path)
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    parser.add_argument("--engine", choices=sorted(engines.ENGINES), default="duckdb")
    parser.add_argument("--conformance", nargs="*", type=pathlib.Path, default=[])
    parser.add_argument("--random", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=int, default=40)
    parser.add_argument("--as-of", default=None)
    parser.add_argument("--most-refused", type=float, default=0.35, help="share of definitions that the dialect may refuse")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the projects, which stay there")
    arguments = parser.parse_args()
    segue, engine, tally = arguments.segue.resolve(), engines.ENGINES[arguments.engine](), Tally()
    with tempfile.TemporaryDirectory(prefix="segue-sql-") as scratch:
        folder = arguments.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        work = [(f, ["--as-of", arguments.as_of] if arguments.as_of else [], f.name) for f in arguments.folders]
        work += list(conformance_projects(arguments.conformance, folder))
        if arguments.random:
            work += list(random_projects(arguments.random.resolve(), arguments.seed, arguments.programs, folder / "random"))
        try:
            for path, options, label in work:
                Project(segue, engine, path, options, tally, label).run()
        finally:
            engine.stop()
    return report(arguments, tally)


def report(arguments, tally):
    for text in tally.failures[:60]:
        print("FAILED", text)
    for what, counter in (("refused", tally.refused), ("skipped", tally.skipped)):
        for reason, count in counter.most_common():
            print(f"{what} {count}: {reason}")
    refused = sum(tally.refused.values())
    share = refused / max(tally.definitions, 1)
    print(f"{arguments.engine}: {tally.programs} programs, {tally.definitions} definitions, {tally.answers} answers compared, {refused} refused ({share:.0%}), {len(tally.failures)} failed")
    if share > arguments.most_refused:
        print(f"more than {arguments.most_refused:.0%} are refused")
    return 1 if tally.failures or share > arguments.most_refused or not tally.answers else 0


if __name__ == "__main__":
    sys.exit(main())
