"""Runs conformance cases: run.py SEGUE FILE… [--only WORD] [--keep FOLDER]. The README says how cases are written.

Each file of cases runs on both engines, and once more with all rows in reverse order, on one thread, over rules that the formatter has rewritten.
Prints one line for each case that fails, and a count at the end.
"""
import argparse
import concurrent.futures
import csv
import pathlib
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
import case_files  # noqa: E402
import command  # noqa: E402
import projects  # noqa: E402


def same_number(expected, got):
    """Scores are compared to the last bit; `nan` never occurs in an answer."""
    return got not in ("", None) and float(expected).hex() == float(got).hex()


def expected_members(check, keys):
    """`all`, keys, and `first..last` for the keys between the two as texts; a bound need not be a key."""
    expected = set()
    for word in check.members:
        if word == "all":
            expected |= set(keys)
        elif ".." in word:
            first, last = word.split("..")
            expected |= {k for k in keys if first <= k <= last}
        else:
            expected.add(word)
    return expected


def compare_members(check, column, keys, undetermined):
    """What is wrong with one segment, as texts."""
    expected, got = expected_members(check, keys), {k for k in keys if column[k] == "true"}
    problems = []
    if strangers := expected - set(keys):
        problems.append("the case names accounts that are not there: " + " ".join(sorted(strangers)))
    if expected != got:
        wrong = [f"lacks {k}" for k in keys if k in expected - got] + [f"has {k}" for k in keys if k in got - expected]
        problems.append(", ".join(wrong))
    if undetermined != check.undetermined:
        problems.append(f"{undetermined} undetermined, expected {check.undetermined}")
    return problems


def compare_scores(check, column, keys):
    wanted = dict(check.scores)
    rest = wanted.pop("else", None)
    problems = [f"the case names an account that is not there: {k}" for k in wanted if k not in keys]
    for key in keys:
        expected = wanted.get(key, rest)
        if expected is None:
            problems.append(f"no expected score of {key}")
        elif not same_number(expected, column[key]):
            problems.append(f"{key} has {column[key]}, expected {expected}")
    return problems


def compare_values(check, column, keys, undetermined):
    """Tiers, stages, grids and splits: the name of each account's value, `-` where it has none."""
    wanted = dict(check.scores)
    rest = wanted.pop("else", None)
    problems = [f"the case names an account that is not there: {k}" for k in wanted if k not in keys]
    for key in keys:
        expected, got = wanted.get(key, rest), column[key] or "-"
        if expected is None:
            problems.append(f"no expected value of {key}")
        elif expected != got:
            problems.append(f"{key} has {got}, expected {expected}")
    if undetermined != check.undetermined:
        problems.append(f"{undetermined} undetermined, expected {check.undetermined}")
    return problems


def compare_audience(check, definition):
    """An audience by its counts; its rows are looked at with `any(R where …)`."""
    problems = [f"{name} is {definition[name]}, expected {value}" for name, value in check.scores.items() if str(definition[name]) != value]
    if definition["undetermined"] != check.undetermined:
        problems.append(f"{definition['undetermined']} undetermined, expected {check.undetermined}")
    return problems


MOST_EXPLAINED = 6  # accounts of a case that are all explained


class Answers:
    """What one run gave: a column of texts for each definition, and the counts of the document."""

    def __init__(self, document, table):
        with open(table, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        self.keys = [row[0] for row in rows[1:]]
        self.columns = {name: {row[0]: row[i] for row in rows[1:]} for i, name in enumerate(rows[0])}
        self.definitions = {d["name"]: d for d in document["definitions"]}
        self.undetermined = {d["name"]: d.get("undetermined") for d in document["definitions"]}
        self.document = document


def judge(check, answers):
    definition = answers.definitions[check.name]
    if definition["kind"] == "audience":
        return compare_audience(check, definition)
    column = answers.columns[check.name]
    if definition["kind"] in ("tiers", "stages", "grid", "split"):
        return compare_values(check, column, answers.keys, answers.undetermined[check.name])
    if check.scores is not None:
        return compare_scores(check, column, answers.keys)
    problems = compare_members(check, column, answers.keys, answers.undetermined[check.name])
    if check.complement:
        opposite = answers.columns[check.complement]
        if both := [k for k in answers.keys if opposite[k] == column[k]]:
            problems.append("`not` is not the complement for " + " ".join(both))
        if answers.undetermined[check.complement] != answers.undetermined[check.name]:
            problems.append("`not` has another number of undetermined accounts")
    return problems


class Batch:
    """The cases of one file that share schema, data and options: one project, few processes."""

    def __init__(self, segue, setting, cases, folder, explains=0):
        self.segue, self.setting, self.cases, self.folder, self.explains = segue, setting, cases, folder, explains
        self.problems, self.mode = [], ""

    def complain(self, check, text):
        self.problems.append((check.place, check.title, self.mode, f"{check.text}: {text}"))

    def complain_of_case(self, case, text):
        self.problems.append((case.place, case.title, self.mode, text))

    def run(self):
        checks = [c for case in self.cases for c in case.checks if c.kind == "answer"]
        wrong = [c for case in self.cases for c in case.checks if c.kind == "diagnostic"]
        marked = [case for case in self.cases if case.marks is not None]
        if checks or not (wrong or marked):
            self.run_answers(checks)
        if wrong or marked:
            self.run_diagnostics(wrong, marked)
        return self.problems

    # ---- answers

    def run_answers(self, checks):
        for mode, arguments in projects.MODES.items():
            if mode == "reversed" and not self.setting.any_order:
                continue
            self.evaluate(mode, arguments, checks)

    def evaluate(self, mode, arguments, checks):
        self.mode = mode
        project = projects.write(self.folder / f"{mode}", self.setting, self.cases, checks, reverse=mode == "reversed")
        if mode == "reversed":
            done = command.call(self.segue, "fmt", ".", cwd=project)
            if done.code:
                self.blame(checks, f"`fmt` gives {done.code}: {done.summary()}")
                return
        out = project / "answers.csv"
        done = command.call(self.segue, "run", "--format", "json", "--quiet", "--out", out.name, *self.setting.options, *arguments, cwd=project)
        if done.crashed() or done.document is None:
            self.bisect(mode, arguments, checks, f"exit code {done.code}: {done.summary()}")
        elif (broken := self.broken_rules(done, checks)) and self.setting.exit_code is None:
            for check in checks:
                for message in broken.get(check.file, []):
                    self.complain(check, message)
            rest = [c for c in checks if c.file not in broken]
            if others := [m for file, messages in broken.items() if file not in {c.file for c in checks} for m in messages]:
                self.blame(rest, "; ".join(others))
            elif len(rest) < len(checks) and rest:
                self.evaluate(mode, arguments, rest)
        else:
            self.judge_run(mode, done, out, checks)

    def judge_run(self, mode, done, out, checks):
        expected = self.setting.exit_code or 0
        if done.code != expected:
            self.blame(checks, f"exit code {done.code}, expected {expected}: {done.summary()}")
            return
        for text in self.setting.data_problems(done.document):
            self.complain_of_case(self.cases[0], text)
        if expected:
            return
        answers = Answers(done.document, out)
        for check in checks:
            for text in judge(check, answers):
                self.complain(check, text)
        if self.explains and mode == "native":
            self.compare_explanations(out.parent, answers, checks)

    def compare_explanations(self, project, answers, checks):
        """`explain` must give the answers of `run`: tried for one line of every case (or of each `explains`-th), on all accounts or, of many, the first and the last."""
        first_of_title = {check.title: check for check in reversed(checks)}
        for check in list(first_of_title.values())[:: self.explains]:
            if check.name not in answers.columns:
                continue
            is_all = len(answers.keys) <= MOST_EXPLAINED
            keys = answers.keys if is_all else [answers.keys[0], answers.keys[-1]]
            undetermined = sum(self.compare_explanation(project, answers, check, key) for key in keys)
            if is_all and check.scores is None and undetermined != answers.undetermined[check.name]:
                self.complain(check, f"`explain` finds {undetermined} undetermined, `run` {answers.undetermined[check.name]}")

    def compare_explanation(self, project, answers, check, key):
        """Whether `explain` calls the account undetermined."""
        done = command.call(self.segue, "explain", "--format", "json", *self.setting.options, "--", check.name, key, cwd=project)
        got, value = done.document and done.document.get("value"), answers.columns[check.name][key]
        kind = answers.definitions[check.name]["kind"]
        same = same_number(value, got) if kind == "score" else (value == "true") is got if kind == "segment" else value == (got or "")
        if done.code or not same:
            self.complain(check, f"`explain` of {key} gives {got}, `run` {value}: {done.summary() if done.code else ''}")
        return bool(done.document and done.document.get("undetermined"))

    def broken_rules(self, done, checks):
        files = {}
        for d in done.document["diagnostics"]:
            if d["severity"] == "error" and (d.get("file") or "").endswith(".seg"):
                line = d.get("start", {}).get("line", 0)
                files.setdefault(d["file"], []).append(f"{d['code']} in line {line}: {d['message']}")
        return files

    def bisect(self, mode, arguments, checks, text):
        """Finds the lines that bring the command down."""
        if len(checks) <= 1:
            self.blame(checks, text)
            return
        before = len(self.problems)
        half = len(checks) // 2
        self.evaluate(mode, arguments, checks[:half])
        self.evaluate(mode, arguments, checks[half:])
        if len(self.problems) == before:
            self.blame(checks[:1], text + " (only when all cases run together)")

    def blame(self, checks, text):
        for case in self.cases[:1] if not checks else []:
            self.complain_of_case(case, text)
        for check in checks[:1]:
            self.complain(check, text + (f" (and {len(checks) - 1} more)" if len(checks) > 1 else ""))

    # ---- diagnostics

    def run_diagnostics(self, checks, marked):
        self.mode = ""
        project = projects.write(self.folder / "check", self.setting, self.cases, checks, marked=True)
        done = command.call(self.segue, "check", "--format", "json", *self.setting.check_options, cwd=project)
        if done.crashed() or done.document is None:
            self.bisect_diagnostics(checks, marked, done)
            return
        if done.code == 2 and self.setting.exit_code != 2:
            self.blame(checks, f"exit code 2: {done.summary()}")
        found = {}
        for d in done.document["diagnostics"]:
            found.setdefault(d.get("file"), []).append(d)
        for check in checks:
            for text in case_files.compare_codes(check.codes, found.get(check.file, [])):
                self.complain(check, text)
        for case in marked:
            for text in case_files.compare_marks(case, found):
                self.complain_of_case(case, text)
        for text in self.setting.data_problems(done.document):
            self.complain_of_case(self.cases[0], text)
        expected = {c.file for c in checks} | {f for case in marked for f in case.marks}
        for file, diagnostics in found.items():
            if file not in expected and not self.setting.data and any(d["severity"] == "error" for d in diagnostics):
                self.blame(checks, f"unexpected in {file}: {diagnostics[0]['code']}: {diagnostics[0]['message']}")

    def bisect_diagnostics(self, checks, marked, done):
        text = f"exit code {done.code}: {done.summary()}"
        if len(checks) + len(marked) <= 1:
            self.problems.append(((checks + marked)[0].place, (checks + marked)[0].title, "", (checks or marked)[0].text + ": " + text))
            return
        before = len(self.problems)
        pieces = [(checks, []), ([], marked)] if checks and marked else [(half, []) for half in halves(checks)] + [([], half) for half in halves(marked)]
        for some_checks, some_marked in pieces:
            if some_checks or some_marked:
                self.run_diagnostics(some_checks, some_marked)
        if len(self.problems) == before:
            self.blame(checks, text + " (only when all cases run together)")


def halves(items):
    return [items[: len(items) // 2], items[len(items) // 2 :]]


def run_file(segue, path, only, folder, explains):
    cases = [c for c in case_files.read(path) if not only or only in c.title or only == str(c.line)]
    batches = {}
    for case in cases:
        batches.setdefault(case.setting.identity(), []).append(case)
    problems, skipped = [], 0
    for i, group in enumerate(batches.values()):
        if group[0].setting.needs_arrow and not projects.pyarrow:
            skipped += len(group)
            continue
        problems += Batch(segue, group[0].setting, group, folder / f"{path.stem}_{i}", explains).run()
    return cases, sum(len(c.checks) + (len(c.marks) if c.marks else 0) for c in cases), problems, skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("segue", type=pathlib.Path)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--only", help="cases whose title has this text, or that stand in this line")
    parser.add_argument("--explain", type=int, nargs="?", const=1, default=0, metavar="N", help="also compare `explain` with `run`, for one line of every N-th case")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the projects, which stay there")
    arguments = parser.parse_args()
    folder = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="segue-conformance-"))
    segue = arguments.segue.resolve()
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda path: run_file(segue, path, arguments.only, folder, arguments.explain), arguments.files))
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    failed = {}
    for _, _, problems, _ in results:
        for place, title, mode, text in problems:
            failed.setdefault((place, title), {}).setdefault(text, []).append(mode)
    for (place, title), texts in failed.items():
        told = [text if len(modes) == len(projects.MODES) or not modes[0] else f"[{', '.join(modes)}] {text}" for text, modes in texts.items()]
        print(f"{place}: {title}: " + " · ".join(told))
    cases, checks, skipped = sum(len(r[0]) for r in results), sum(r[1] for r in results), sum(r[3] for r in results)
    note = f", {skipped} not run: they need pyarrow" if skipped else ""
    print(f"{cases} cases, {checks} checks, {len(failed)} failed{note}")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
