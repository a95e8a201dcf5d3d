"""Makes the pages that come from tables in the sources; with --check, says which ones differ from what it would make.

docs/language/functions.md   from stdlib/builtins.def
docs/language/words.md       from grammar/Segue.g4
docs/language/prelude.md     from the doc comments of stdlib/prelude
docs/diagnostics.md          from compiler/diagnostics/kinds.def and advice.txt, which has a line for each kind
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MARK = "<!-- Made by docs/generate/generate.py; change the table, not this page. -->\n"

GROUPS = {"kInfix": "Operators", "kPrefix": "Signs before a value", "kPostfix": "Questions after a value", "kFunction": "Functions", "kAggregate": "Aggregates"}
SHAPES = {
    "kAny": "any", "kBool": "bool", "kInt": "int", "kDecimal": "decimal", "kExact": "int or decimal", "kFloat": "float", "kNumber": "number",
    "kText": "text", "kDate": "date", "kTimestamp": "timestamp", "kDays": "days", "kMonths": "months", "kSpan": "exact time", "kEnum": "enum",
    "kOrderedEnum": "ordered enum", "kWeekday": "weekday", "kOrdered": "ordered", "kSet": "`[…]` or list", "kList": "list", "kRelation": "rows",
    "kSame": "the same type",
}
MISSING = {
    "kPropagates": "missing", "kFalse": "false", "kAsks": "answers", "kDefaults": "takes the other", "kSkips": "row does not count",
}


def unescape(text):
    return re.sub(r"\\(.)", r"\1", text)


def builtin_rows():
    text = (ROOT / "stdlib/builtins.def").read_text(encoding="utf-8")
    literal = r'"((?:[^"\\]|\\.)*)"'
    row = re.compile(r"^SEGUE_BUILTIN\((\w+), (\w+), " + literal + r", \(([^)]*)\), (\w+), (\w+), (.*?),\s*" + literal + r",\s*" + literal + r"\)$",
                     re.M | re.S)
    rows = [(m[2], unescape(m[3]), m[4].split(", "), m[5], m[6], unescape(m[8]), unescape(m[9])) for m in row.finditer(text)]
    assert len(rows) == len(re.findall(r"^SEGUE_BUILTIN\(", text, re.M)), "a row of builtins.def is not understood"
    return rows


def cell(text):
    return text.replace("|", "\\|")


def builtin_line(row):
    form, name, parameters, result, missing, doc, example = row
    takes = ", ".join(SHAPES[p] for p in parameters)
    return f"| {takes} | {SHAPES[result]} | {MISSING[missing]} | {cell(doc)} | `{cell(example)}` |\n"


def functions_page():
    rows = builtin_rows()
    text = MARK + (HERE / "functions_head.md").read_text(encoding="utf-8")
    for form, title in GROUPS.items():
        text += f"\n## {title}\n"
        for name in dict.fromkeys(row[1] for row in rows if row[0] == form):
            text += f"\n### `{name}`\n\n| takes | gives | where an operand is missing | | example |\n|---|---|---|---|---|\n"
            text += "".join(builtin_line(row) for row in rows if row[:2] == (form, name))
    return text


def words(section):
    """The quoted words of a section of the grammar, in its order."""
    grammar = (ROOT / "grammar/Segue.g4").read_text(encoding="utf-8")
    body = re.search(rf"// ---- {section} -+\n(.*?)// ---- ", grammar, re.S).group(1)
    return re.findall(r": '(\w+)'", body.split("\nUNIT :")[0])


def reserved_words():
    """Each with its use, from the table that messages are made of; the grammar must reserve the same words."""
    text = (ROOT / "compiler/syntax/parse.cpp").read_text(encoding="utf-8")
    found = dict(re.findall(r'ReservedWord\{"(\w+)", "([^"]*)"\}', text))
    if sorted(found) != sorted(words("Reserved words")):
        sys.exit("the reserved words of grammar/Segue.g4 and compiler/syntax/parse.cpp differ")
    return found


def words_page():
    text = MARK + (HERE / "words_head.md").read_text(encoding="utf-8")
    text += "| word | what it does |\n|---|---|\n" + "".join(f"| `{word}` | {use} |\n" for word, use in sorted(reserved_words().items()))
    text += (HERE / "words_free.md").read_text(encoding="utf-8")
    return text + " ".join(f"`{word}`" for word in sorted(words("Words that mean something in their place only"))) + "\n"


def kinds():
    text = (ROOT / "compiler/diagnostics/kinds.def").read_text(encoding="utf-8")
    return re.findall(r'^(?:// (.*)$|SEGUE_DIAGNOSTIC\(\w+, "([\w-]+)", k(\w+), "((?:[^"\\]|\\.)*)"\))', text, re.M)


def advice():
    lines = (HERE / "advice.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def diagnostics_page():
    text = MARK + (HERE / "diagnostics_head.md").read_text(encoding="utf-8")
    todo, seen, title = advice(), False, ""
    for comment, code, severity, meaning in kinds()[2:]:
        if comment:
            title = comment
            continue
        if title:
            text += f"\n## {title.rstrip('.')}\n\n| code | | means | what to do |\n|---|---|---|---|\n"
            title = ""
        if code not in todo:
            sys.exit(f"docs/generate/advice.txt has no line for {code}")
        text += f"| `{code}` | {severity.lower()} | {cell(unescape(meaning))} | {cell(todo.pop(code))} |\n"
    assert not todo, f"advice.txt speaks of kinds that do not exist: {sorted(todo)}"
    return text


def prelude_page():
    """Each part with its first comment, and a row for each declaration, whose doc comment must state a source."""
    text = MARK + (HERE / "prelude_head.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "stdlib/prelude").glob("*.seg")):
        part = path.read_text(encoding="utf-8")
        about = re.match(r"(?:# .*\n)+", part).group(0).replace("# ", "").replace("\n", " ").strip()
        text += f"\n## `use std.{path.stem}`\n\n{about}\n\n| | means |\n|---|---|\n"
        declarations = re.findall(r"^(?:list|define) (\w+)(\([^)]*\))?", part, re.M)
        documented = re.findall(r"^## (.*)\n(?:list|define) (\w+)(\([^)]*\))?", part, re.M)
        unsourced = {name for name, _ in declarations} - {name for doc, name, _ in documented if "Source:" in doc}
        if unsourced:
            sys.exit(f"{path.name} states no source of {sorted(unsourced)}")
        text += "".join(f"| `{name}{parameters}` | {cell(doc)} |\n" for doc, name, parameters in documented)
    return text


PAGES = {"docs/language/prelude.md": prelude_page, "docs/language/functions.md": functions_page, "docs/language/words.md": words_page, "docs/diagnostics.md": diagnostics_page}


def main():
    is_check, stale = "--check" in sys.argv[1:], []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if is_check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        if not is_check:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} differs from its table; run docs/generate/generate.py")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
