"""Golden tests of rules, layout and the command: run.py SUITE SEGUE [--update]. SUITE is rules, format, command, generated, coverage or all; see README.md."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
EXPECTATION = re.compile(r"#\s*(error|warning|note|fix): ")


def call(segue, words, cwd, stdin=b""):
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LANG", "LC_CTYPE", "FORCE_COLOR", "COLUMNS")}
    return subprocess.run([str(segue), *words], cwd=cwd, input=stdin, capture_output=True, timeout=120, env={**environment, "LC_ALL": "C.UTF-8"})


def read(path):
    return path.read_bytes().decode("utf-8", "surrogateescape")


def write(path, text):
    path.write_bytes(text.encode("utf-8", "surrogateescape"))


# ---- rules: a .seg file with what `check` says of each line below it


def without_expectations(text):
    lines = text.split("\n")
    return "\n".join(line for line in lines if not EXPECTATION.match(line))


def place(diagnostic):
    start, end = diagnostic.get("start"), diagnostic.get("end")
    if not start:
        return ""
    if end and end["line"] != start["line"]:
        return f"{start['column']}.. "
    return f"{start['column']}..{end['column']} " if end else f"{start['column']} "


def printable(text):
    """Bytes that no editor shows are written as escapes, so that a golden file with them stays as readable as can be."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def fix_text(fix, line, line_of):
    return f"#   fix: {fix['message']}: " + ", ".join(edit_text(e, line, line_of) for e in fix["edits"])


def edit_text(edit, line, line_of):
    start, end = edit["start"], edit["end"]
    other_line = "" if start["line"] == line else f"{line_of(start['line'])}:"
    return f"{other_line}{start['column']}..{end['column']} becomes {json.dumps(edit['text'], ensure_ascii=False)}"


def expectation_lines(diagnostic, own_file, line_of):
    file = diagnostic.get("file") or own_file
    elsewhere = "" if file == own_file else f"{file}:{diagnostic['start']['line']}:"
    lines = [f"# {diagnostic['severity']}: {diagnostic['code']} {elsewhere}{place(diagnostic)}{printable(diagnostic['message'])}"]
    for note in diagnostic.get("notes", []):
        where = ""
        if note.get("start"):
            file = "" if note["file"] == own_file else note["file"] + ":"
            line = note["start"]["line"] if file else line_of(note["start"]["line"])
            where = f"{file}{line}:{note['start']['column']} "
        lines.append(f"#   note: {where}{printable(note['message'])}")
    if diagnostic.get("fix"):
        lines.append(printable(fix_text(diagnostic["fix"], diagnostic["start"]["line"], line_of)))
    return lines


def with_expectations(bare, diagnostics, own_file):
    lines = bare.split("\n")
    by_line = {}
    for d in diagnostics:
        own = d.get("start") and d["file"] == own_file
        by_line.setdefault(d["start"]["line"] if own else 0, []).append(d)
    counts = {line: sum(1 + len(d.get("notes", [])) + bool(d.get("fix")) for d in ds) for line, ds in by_line.items()}

    def line_of(line):
        return line + sum(n for earlier, n in counts.items() if earlier < line)

    result = [x for d in by_line.get(0, []) for x in expectation_lines(d, own_file, line_of)]
    for number, line in enumerate(lines, 1):
        result.append(line)
        for d in by_line.get(number, []):
            result += expectation_lines(d, own_file, line_of)
    return "\n".join(result)


class RuleProject:
    """A folder with the schema and project of the rule goldens, in which one rule file is checked."""

    def __init__(self, segue):
        self.segue, self.folder = segue, pathlib.Path(tempfile.mkdtemp(prefix="segue-golden-"))
        shutil.copytree(HERE / "rules" / "project", self.folder, dirs_exist_ok=True)

    def check(self, name, text):
        write(self.folder / name, text)
        try:
            done = call(self.segue, ["check", "--format", "json"], self.folder)
        finally:
            (self.folder / name).unlink()
        return done, json.loads(done.stdout)["diagnostics"] if done.returncode in (0, 1, 2) else []


def offset_of(lines, place_):
    return sum(len(line) + 1 for line in lines[: place_["line"] - 1]) + place_["column"] - 1


def fixed(text, fix):
    lines = text.split("\n")
    for edit in sorted(fix["edits"], key=lambda e: (e["start"]["line"], e["start"]["column"]), reverse=True):
        start, end = offset_of(lines, edit["start"]), offset_of(lines, edit["end"])
        text = text[:start] + edit["text"] + text[end:]
    return text


def errors(diagnostics):
    return sum(d["severity"] == "error" for d in diagnostics)


def fix_problems(project, name, bare, diagnostics):
    """A fix must remove what it is offered for, and bring no more errors than there were."""
    problems = []
    for d in diagnostics:
        if not d.get("fix") or d.get("file") != name:
            continue
        _, after = project.check(name, fixed(bare.lstrip("\ufeff"), d["fix"]))
        key = (d["code"], d["start"])
        if key in [(a["code"], a.get("start")) for a in after] or errors(after) > errors(diagnostics):
            still = "; ".join(f"{a['code']}: {a['message']}" for a in after[:3])
            problems.append(f"line {d['start']['line']}: after the fix `{d['fix']['message']}` of {d['code']} there is: {still}")
    return problems


def rule_file(segue, path, update):
    text = read(path)
    bare = without_expectations(text)
    project = RuleProject(segue)
    try:
        done, diagnostics = project.check(path.name, bare)
        if done.returncode not in (0, 1):
            return [f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[:300]}"]
        problems = fix_problems(project, path.name, bare, diagnostics)
    finally:
        shutil.rmtree(project.folder, ignore_errors=True)
    if path.name.startswith("fail_") != (done.returncode == 1):
        problems.append("`fail_` must stand in the name exactly when a file has errors")
    expected = with_expectations(bare, diagnostics, path.name)
    return problems + difference(path, text, expected, update)


def difference(path, text, expected, update):
    if text == expected:
        return []
    if update:
        write(path, expected)
        print(f"{path.relative_to(HERE)}: rewritten")
        return []
    old, new = text.split("\n"), expected.split("\n")
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else "(nothing)"
        after = new[number] if number < len(new) else "(nothing)"
        if before != after:
            return [f"line {number + 1}: expected `{before}`, got `{after}`"]
    return []


# ---- format: a .seg file and its layout


def format_file(segue, path, update):
    done = call(segue, ["fmt", "-"], HERE, path.read_bytes())
    if done.returncode:
        return [f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[:300]}"]
    result = done.stdout.decode("utf-8", "surrogateescape")
    again = call(segue, ["fmt", "-"], HERE, done.stdout).stdout.decode("utf-8", "surrogateescape")
    problems = [] if again == result else ["formatting the result changes it again"]
    expected = path.with_suffix(".formatted")
    return problems + difference(expected, read(expected) if expected.exists() else "", result, update)


# ---- command: what calls print


def transcript_file(segue, path, update):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="segue-golden-"))
    try:
        shutil.copytree(HERE / "command" / "project", folder, dirs_exist_ok=True)
        result = [line for line in read(path).split("\n") if line.startswith("# ")]
        for line in read(path).split("\n"):
            if line.startswith("$ "):
                result += ["", line] + transcript(segue, shlex.split(line[2:])[1:], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return difference(path, read(path), "\n".join(result) + "\n", update)


def transcript(segue, words, folder):
    done = call(segue, words, folder)
    lines = done.stdout.decode(errors="replace").rstrip("\n").split("\n") if done.stdout else []
    lines += ["| " + line if line else "|" for line in done.stderr.decode(errors="replace").rstrip("\n").split("\n")] if done.stderr else []
    return lines + ([f"[exit code {done.returncode}]"] if done.returncode else [])


# ---- generated: what no file can show


def endless_definition():
    return "segment endless { where customer" + " or customer" * 600_000 + " }\n"


GENERATED = {"too-long": endless_definition, "file-too-large": lambda: "# a comment\n" * (6 << 20)}


def generated_problems(segue):
    problems = []
    project = RuleProject(segue)
    for code, text in GENERATED.items():
        done, diagnostics = project.check("fail_generated.seg", text())
        if done.returncode != 1 or [d["code"] for d in diagnostics] != [code]:
            problems.append(f"{code}: exit code {done.returncode}, " + "; ".join(f"{d['code']}: {d['message']}" for d in diagnostics[:3]))
    shutil.rmtree(project.folder, ignore_errors=True)
    return problems


# ---- coverage: every kind of diagnostic has a golden


# Kinds that neither files nor calls of the command can bring about, and why.
WITHOUT_GOLDEN = {
    "internal-failure": "a part of the installation that is missing",
    "invalid-clock": "for those who embed the library; the command refuses such a call before",
}


def kinds():
    table = (HERE.parent.parent / "compiler/diagnostics/kinds.def").read_text(encoding="utf-8")
    return re.findall(r'^SEGUE_DIAGNOSTIC\(\w+, "([a-z0-9-]+)"', table, re.M)


def coverage_problems():
    seen = set(GENERATED)
    for path in [*HERE.glob("rules/*.seg"), *HERE.glob("schema/*.yaml")]:
        seen.update(re.findall(r"(?m)^# (?:error|warning|note): ([a-z0-9-]+)", read(path)))
    for path in HERE.glob("command/*.txt"):
        seen.update(re.findall(r"(?m)^\|? ?(?:error|warning|note)\[([a-z0-9-]+)\]", read(path)))
        seen.update(re.findall(r"(?m)^::(?:error|warning|notice) .*title=([a-z0-9-]+)::", read(path)))
    return [f"the diagnostic `{code}` has no golden test" for code in kinds() if code not in seen and code not in WITHOUT_GOLDEN]


SUITES = {"rules": ("rules/*.seg", rule_file), "format": ("format/*.seg", format_file), "command": ("command/*.txt", transcript_file)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", choices=[*SUITES, "generated", "coverage", "all"])
    parser.add_argument("segue", type=pathlib.Path)
    parser.add_argument("--update", action="store_true", help="rewrite the files to what the command says now")
    arguments = parser.parse_args()
    failed, total = 0, 0
    for suite, (pattern, run) in SUITES.items():
        if arguments.suite not in (suite, "all"):
            continue
        paths = sorted(HERE.glob(pattern))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda path: run(arguments.segue.resolve(), path, arguments.update), paths))
        for path, problems in zip(paths, results):
            total, failed = total + 1, failed + bool(problems)
            for problem in problems:
                print(f"{path.relative_to(HERE)}: {problem}")
    for suite, problems_of in (("generated", lambda: generated_problems(arguments.segue.resolve())), ("coverage", coverage_problems)):
        if arguments.suite not in (suite, "all"):
            continue
        problems = problems_of()
        total, failed = total + 1, failed + bool(problems)
        print("\n".join(problems), end="\n" if problems else "")
    print(f"{total} golden files, {failed} failed")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
