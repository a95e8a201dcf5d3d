"""Writes the project of a batch of cases: schema, project file, tables, and a rule file for each line that is checked."""
import csv
import gzip
import io
import json
import re

try:
    import pyarrow
    import pyarrow.ipc
    import pyarrow.parquet
except ImportError:
    pyarrow = None

MODES = {
    "native": ["--engine", "native"],
    "interpreter": ["--engine", "interpreter"],
    "reversed": ["--engine", "native", "--threads", "1"],
}
TABLE_ENDINGS = (".csv", ".csv.gz", ".parquet", ".arrow")


def reversed_csv(text):
    """The same table, its rows in reverse order. Rows are found by a scan for quotes, so that cells keep theirs."""
    rows, start, quoted = [], 0, False
    for i, c in enumerate(text):
        quoted ^= c == '"'
        if c == "\n" and not quoted:
            rows.append(text[start : i + 1])
            start = i + 1
    if start < len(text):
        rows.append(text[start:] + "\n")
    return "".join(rows[:1] + rows[:0:-1])


def unescaped(text):
    """Bytes of a section that is marked `escaped`: \\xNN, \\n, \\r, \\t, \\0 and \\\\; ends of lines count only where they are written."""
    joined = "".join(text.split("\n"))
    return re.sub(rb"\\(x[0-9a-fA-F]{2}|.)", replace_escape, joined.encode())


def replace_escape(match):
    word = match.group(1)
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}
    return plain[word] if word in plain else bytes.fromhex(word[1:].decode())


def arrow_type(text):
    """`decimal128(10,2)`, `timestamp(us,UTC)`, `list(string)`, `dictionary(int32,string)`, or a plain name such as `int8`."""
    name, _, inner = text.partition("(")
    inner = inner.removesuffix(")")
    words = [w.strip() for w in inner.split(",")] if inner else []
    if name in ("list", "large_list"):
        return {"list": pyarrow.list_, "large_list": pyarrow.large_list}[name](arrow_type(inner))
    if name == "dictionary":
        return pyarrow.dictionary(arrow_type(words[0]), arrow_type(words[1]))
    return getattr(pyarrow, name)(*[int(w) if w.lstrip("-").isdigit() else w for w in words])


def arrow_column(type_text, values):
    kind = arrow_type(type_text)
    base = kind.value_type if pyarrow.types.is_dictionary(kind) else kind
    if pyarrow.types.is_decimal(base):
        import decimal
        values = [None if v is None else decimal.Decimal(v) for v in values]
    elif pyarrow.types.is_temporal(base):
        return pyarrow.array(values, pyarrow.int64()).cast(pyarrow.int32() if base.bit_width == 32 else pyarrow.int64()).cast(kind)
    elif pyarrow.types.is_floating(base):
        values = [None if v is None else float(v) for v in values]
        return pyarrow.array(values, base, from_pandas=False)
    elif pyarrow.types.is_dictionary(kind):
        return pyarrow.array(values, base).dictionary_encode().cast(kind)
    return pyarrow.array(values, kind)


def write_arrow(path, text):
    columns = json.loads(text)
    table = pyarrow.table({name: arrow_column(*column) for name, column in columns.items()})
    if path.name.endswith(".parquet"):
        pyarrow.parquet.write_table(table, path)
    else:
        with pyarrow.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)


def write_section(folder, name, text, escaped, reverse):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if escaped:
        data = unescaped(text)
    elif name.endswith((".parquet", ".arrow")) and text.lstrip().startswith("{"):
        write_arrow(path, text)
        return
    else:
        data = (reversed_csv(text) if reverse and name.endswith((".csv", ".csv.gz")) and not name.startswith("lists/") else text).encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") and not escaped else data)


def project_file(setting):
    text = "" if re.search(r"(?m)^language:", setting.project) else "language: 1\n"
    text += "" if re.search(r"(?m)^schema:", setting.project) else "schema: schema.yaml\n"
    text += "" if re.search(r"(?m)^rules:", setting.project) else 'rules: ["*.seg"]\n'
    text += setting.project
    if not re.search(r"(?m)^sources:", setting.project):
        text += "sources:\n"
        for name in setting.files:
            table = name.split(".")[0]
            if "/" not in name and name.endswith(TABLE_ENDINGS):
                text += f"  {table}: {name}\n"
    return text


def rule_text(check):
    if check.kind == "answer" and check.scores is not None:
        return f"score {check.name} {{\n  {check.text}\n}}\n"
    if check.text.startswith("+"):
        return f"score {check.name} {{\n  {check.text}\n}}\n"
    text = f"segment {check.name} {{\n  where {check.text}\n}}\n"
    if check.kind == "answer" and check.complement:
        text += f"segment {check.complement} {{\n  where not ({check.text})\n}}\n"
    return text


def write(folder, setting, cases, checks, reverse=False, marked=False):
    """Writes all and returns the project's folder. `marked`: also the rules with marks, whose errors are expected."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.seg"):
        old.unlink()
    (folder / "schema.yaml").write_text(setting.schema, encoding="utf-8")
    (folder / "segue.yaml").write_text(project_file(setting), encoding="utf-8")
    for name, (text, escaped) in setting.files.items():
        write_section(folder, name, text, escaped, reverse)
    if setting.rules:
        (folder / "shared.seg").write_text(setting.rules, encoding="utf-8")
    for case in cases:
        if case.rules and (marked or case.marks is None):
            (folder / case.file).write_text(case.rules, encoding="utf-8")
    for check in checks:
        if not check.named:
            (folder / check.file).write_text(rule_text(check), encoding="utf-8")
    return folder
