"""Reads files of cases, and compares diagnostics with what a case expects."""
import json
import pathlib
import re


class Check:
    """One line of a case: a condition or a score with its answers, or with the codes of its diagnostics."""

    def __init__(self, place, title, text, kind):
        self.place, self.title, self.text, self.kind = place, title, text, kind
        self.members, self.undetermined, self.scores, self.codes = [], 0, None, []
        self.name = self.complement = self.file = None
        self.named = False


class Setting:
    """What decides the answers beside the rules: schema, project, clock, options, files, shared rules."""

    def __init__(self, sections):
        self.schema = sections.get("schema", "")
        self.project = sections.get("project", "")
        self.rules = sections.get("shared", "")
        clock = sections.get("clock", "").strip()
        words = sections.get("options", "").split()
        self.check_data = "check-data" in words
        self.keep_order = "keep-order" in words
        self.options = (["--as-of", clock] if clock else []) + [w for w in words if w not in ("check-data", "keep-order")]
        self.check_options = (["--data"] + self.options) if self.check_data else []
        self.exit_code = int(sections["exit"]) if "exit" in sections else None
        self.data = [line for line in sections.get("data", "").splitlines() if line.strip()]
        self.files = {name.split()[0]: (text, name.endswith(" escaped")) for name, text in sections.items() if is_file(name)}
        self.any_order = not self.keep_order and not self.data
        self.needs_arrow = any(n.endswith((".parquet", ".arrow")) and not escaped and text.lstrip().startswith("{")
                               for n, (text, escaped) in self.files.items())

    def identity(self):
        return json.dumps([self.schema, self.project, self.rules, self.options, self.check_data, self.keep_order, self.exit_code, self.data,
                           list(self.files.items())])

    def data_problems(self, document):
        return [text for line in self.data for text in data_problem(line, document)]


def is_file(name):
    return "." in name


class Case:
    """A sentence of the language page with its lines."""

    def __init__(self, path, line, title, sections, number):
        self.place, self.line, self.title, self.number = f"{path.name}:{line}", line, title, number
        self.rules = sections.pop("rules", "")
        self.text = title
        self.file = f"case_{number:03}.seg"
        self.setting = Setting(sections)
        self.checks = []
        self.marks = {self.file: marks_of(self.rules)} if "#!" in self.rules else None


def marks_of(text):
    """The codes that `#! code code` at the end of a line expects there; `#!^ code` means the line above."""
    marks = {}
    for number, line in enumerate(text.splitlines(), 1):
        if "#!" in line:
            words = line.split("#!", 1)[1]
            above = words.startswith("^")
            marks.setdefault(number - above, []).extend(words.lstrip("^").split())
    return marks


def compare_codes(expected, diagnostics):
    """`ok` means no diagnostic at all; else all errors, and those warnings that are named, must be the ones expected."""
    got = [d["code"] for d in diagnostics]
    if expected == ["ok"]:
        return [f"expected nothing, got {d['code']}: {d['message']}" for d in diagnostics]
    problems = [f"expected {code}, got {' '.join(got) or 'nothing'}" for code in expected if code not in got]
    problems += [f"unexpected {d['code']}: {d['message']}" for d in diagnostics if d["severity"] == "error" and d["code"] not in expected]
    return problems


def compare_marks(case, found):
    problems = []
    for file, marks in case.marks.items():
        by_line = {}
        for d in found.get(file, []):
            by_line.setdefault(d.get("start", {}).get("line"), []).append(d)
        for line in sorted(set(marks) | set(by_line), key=lambda n: n or 0):
            problems += [f"line {line}: {text}" for text in compare_codes(marks.get(line, []), by_line.get(line, []))]
    return problems


def data_problem(line, document):
    """One line of a `data` section against the document; see the README."""
    what, _, rest = line.strip().partition(" ")
    if what == "accounts":
        return [] if document["accounts"] == int(rest) else [f"{document['accounts']} accounts, expected {rest}"]
    if what in ("rows", "bad_rows", "orphans"):
        table, number = rest.split()
        got = next((t.get(what) for t in document["data"] if t["table"] == table), None)
        return [] if got == int(number) else [f"{what} of {table} is {got}, expected {number}"]
    if what == "only":
        expected, got = sorted(rest.split()), sorted(d["code"] for d in document["diagnostics"])
        return [] if got == expected else [f"diagnostics {' '.join(got)}, expected {rest}"]
    return diagnostic_problem(what, rest, document)


def diagnostic_problem(code, rest, document):
    target, _, detail = rest.partition(" ")
    if target == "~":
        if any(d["code"] == code and detail in d["message"] for d in document["diagnostics"]):
            return []
        return [f"no {code} whose message has `{detail}`: " + "; ".join(f"{d['code']}: {d['message']}" for d in document["diagnostics"])]
    table, _, column = target.partition(".")
    for d in document["diagnostics"]:
        if d["code"] == code and d.get("table") == table and (d.get("column") or "") == column:
            cells = [[n.get("row"), n.get("value")] for n in d["notes"] if n.get("row") is not None]
            expected = json.loads(detail)
            if cells == expected and d.get("count") == len(expected):
                return []
            return [f"{code} of {target}: {d.get('count')} cells {json.dumps(cells, ensure_ascii=False)}, expected {detail}"]
    return [f"no {code} of {target}: " + ("; ".join(f"{d['code']} {d.get('table')}.{d.get('column')}: {d['message']}" for d in document["diagnostics"]) or "nothing")]


def parse_answer(check, text):
    for word in text.split():
        if word == "-":
            continue
        if re.fullmatch(r"\?\d+", word):
            check.undetermined = int(word[1:])
        elif "=" in word:
            key, _, number = word.rpartition("=")
            check.scores = check.scores or {}
            check.scores["else" if key in ("all", "else") else key] = number
        else:
            check.members.append(word)


def add_check(case, path, number, line):
    text, arrow, answer = line.rpartition(" => ")
    if not arrow:
        raise SystemExit(f"{path}:{number}: a line of a case needs ` => `: {line}")
    text, answer = text.strip(), answer.strip()
    wrong = text.startswith("!")
    check = Check(f"{path.name}:{number}", case.title, text.lstrip("! ") if wrong else text, "diagnostic" if wrong else "answer")
    check.name, check.file = f"line_{number}", f"line_{number}.seg"
    if wrong:
        check.codes = answer.split()
    else:
        parse_answer(check, answer)
        if text.startswith("@"):
            check.name, check.named, check.file = text[1:], True, case.file
        elif check.scores is None:
            check.complement = f"line_{number}_not"
    case.checks.append(check)


def read(path):
    """The cases of a file."""
    path = pathlib.Path(path)
    shared, cases, current, name, title_line = {}, [], None, None, 0
    sections = shared
    pending = []

    def finish():
        if current is not None:
            merged = {k: v for k, v in shared.items() if not any(is_file(k) and s.split(".")[0] == k.split(".")[0] and "/" not in k for s in current[2])}
            merged.update(current[2])
            case = Case(path, current[0], current[1], {k: v for k, v in merged.items() if v != "(none)\n"}, len(cases) + 1)
            for number, line in pending:
                add_check(case, path, number, line)
            cases.append(case)

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("=== "):
            finish()
            current, sections, name, pending = (number, line[4:].strip(), {}), {}, None, []
            current = (current[0], current[1], sections)
        elif line.startswith("--- "):
            name = line[4:].strip()
            sections[name] = ""
            if name == "expect":
                del sections[name]
                name = None
        elif name is None:
            if line.strip() and not line.startswith("# "):
                pending.append((number, line))
        else:
            sections[name] += line + "\n"
    finish()
    return cases
