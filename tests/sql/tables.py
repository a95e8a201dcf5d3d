"""Reads a project's CSV files into typed columns, as docs/sql.md says the tables of a warehouse look."""
import datetime
import decimal
import gzip
import pathlib
import re
import zoneinfo

import pyarrow
import yaml

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class NotLoadable(Exception):
    """Data that the helper does not read: bad cells, formats of a column's own."""


def read_csv(text, delimiter):
    """Rows of cells; a cell is (text, was_quoted)."""
    rows, row, cell, quoted, inside, i = [], [], [], False, False, 0
    while i < len(text):
        c = text[i]
        if inside:
            if c == '"' and text[i + 1 : i + 2] == '"':
                cell.append('"')
                i += 1
            elif c == '"':
                inside = False
            else:
                cell.append(c)
        elif c == '"' and not cell:
            inside = quoted = True
        elif c == delimiter:
            row.append(("".join(cell), quoted))
            cell, quoted = [], False
        elif c == "\n":
            row.append(("".join(cell).removesuffix("\r"), quoted))
            rows.append(row)
            row, cell, quoted = [], [], False
        else:
            cell.append(c)
        i += 1
    if cell or quoted or row:
        rows.append(row + [("".join(cell), quoted)])
    return [r for r in rows if r != [("", False)]]


class Type:
    def __init__(self, spec):
        spec = {"type": spec} if isinstance(spec, str) else dict(spec)
        text = spec["type"].strip()
        self.optional = text.endswith(OPTIONAL) or spec.get("optional") == "true"
        text = text.removesuffix(OPTIONAL)
        self.is_list = text.startswith("list<")
        text = text.removeprefix("list<").removesuffix(">") if self.is_list else text
        self.name, _, rest = text.partition("(")
        self.scale = int(rest.removesuffix(")")) if rest else 0
        self.spec = spec

    def arrow(self):
        element = self.element()
        return pyarrow.list_(element) if self.is_list else element

    def element(self):
        return {"bool": pyarrow.bool_(), "int": pyarrow.int64(), "decimal": pyarrow.decimal128(18, self.scale), "float": pyarrow.float64(),
                "text": pyarrow.string(), "enum": pyarrow.string(), "date": pyarrow.int32(), "timestamp": pyarrow.int64()}[self.name]

    def finish(self, array):
        """Days and microseconds become dates and timestamps, beyond what Python's own types hold."""
        kinds = {"date": pyarrow.date32(), "timestamp": pyarrow.timestamp("us", "UTC")}
        if self.name not in kinds:
            return array
        if self.is_list:
            return pyarrow.ListArray.from_arrays(array.offsets, array.values.cast(kinds[self.name]), mask=array.is_null())
        return array.cast(kinds[self.name])


def days(text):
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    if not match:
        raise NotLoadable(f"date {text}")
    return datetime.date(*map(int, match.groups())).toordinal() - datetime.date(1970, 1, 1).toordinal()


def micros(text, zone):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)?", text)
    if not match:
        raise NotLoadable(f"timestamp {text}")
    date, hour, minute, second, fraction, offset = match.groups()
    local = ((days(date) * 24 + int(hour)) * 60 + int(minute)) * 60 + int(second or 0)
    if offset is None:
        naive = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=local)
        aware = naive.replace(tzinfo=zone, fold=0)
        shift = int(aware.utcoffset().total_seconds())
    else:
        shift = 0 if offset == "Z" else (1 if offset[0] == "+" else -1) * (int(offset[1:3]) * 60 + int(offset[4:6])) * 60
    return (local - shift) * 1_000_000 + int((fraction or "0").ljust(6, "0"))


def scalar(kind, text, zone):
    spec = kind.spec
    if kind.name == "bool":
        words = {w: True for w in spec.get("true_values", [])} | {w: False for w in spec.get("false_values", [])}
        words = words or {"true": True, "false": False}
        key = text if spec.get("true_values") else text.lower()
        if key not in words:
            raise NotLoadable(f"bool {text}")
        return words[key]
    if kind.name == "int":
        if not re.fullmatch(r"[+-]?\d+(\.0+)?", text):
            raise NotLoadable(f"int {text}")
        return int(text.split(".")[0])
    if kind.name == "decimal":
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text):
            raise NotLoadable(f"decimal {text}")
        return decimal.Decimal(text)
    if kind.name == "float":
        value = float(text)
        return None if value != value else value
    if kind.name == "date":
        return days(text)
    if kind.name == "timestamp":
        return micros(text, zone)
    return text


def cell(kind, text, quoted, nulls, zone):
    if not quoted and (text == "" or text in nulls):
        return [] if kind.is_list and not kind.optional else None
    if not kind.is_list:
        return scalar(kind, text, zone)
    parts = [p.strip(" ") for p in text.split(kind.spec.get("separator", ";"))]
    return [scalar(kind, p, zone) for p in parts if p]


class Table:
    """One table: its name, arrow columns, and for each column the kind that the schema gives it."""

    def __init__(self, name, data):
        self.name, self.data = name, data


def columns_of(table):
    columns = {}
    for name, spec in (table.get("columns") or {}).items():
        if isinstance(spec, dict) and spec["type"].rstrip(OPTIONAL) == "point":
            columns |= {spec["lat"]: Type({"type": "float", "optional": "true"}), spec["lon"]: Type({"type": "float", "optional": "true"})}
            continue
        kind = Type(spec)
        if kind.name == "money":
            kind.name, kind.scale = "decimal", int(spec.get("digits", 2))
            columns.setdefault(spec["currency"], Type({"type": "text", "optional": "true"}))
        if "format" in kind.spec or "on_bad" in kind.spec:
            raise NotLoadable(f"column {name}")
        columns[kind.spec.get("from", name)] = kind
    return columns


def parents_of(table):
    of = table["of"]
    return of if isinstance(of, dict) else {of: table["on"]}


def key_kind(tables, name):
    kind = Type(tables[name]["columns"][tables[name]["key"]])
    kind.optional = True
    return kind


# PyYAML does not take `{v: int?}`.
OPTIONAL = "§"


def read_yaml(path):
    return yaml.load(path.read_text(encoding="utf-8").replace("?", OPTIONAL), yaml.BaseLoader)


def load(folder):
    """The tables of a project."""
    folder = pathlib.Path(folder)
    project = read_yaml(folder / "segue.yaml")
    schema = read_yaml(folder / project["schema"])
    tables = {"account": schema["account"], **(schema.get("relations") or {})}
    zone = zoneinfo.ZoneInfo(project.get("timezone", "UTC"))
    loaded = []
    for name, table in tables.items():
        if name not in project["sources"]:
            raise NotLoadable(f"no source of {name}")
        columns = columns_of(table)
        if name != "account":
            for parent, join in parents_of(table).items():
                columns.setdefault(join, key_kind(tables, parent))
        loaded.append(Table(name, load_table(folder, project["sources"][name], columns, zone)))
    return loaded


def load_table(folder, source, columns, zone):
    source = source if isinstance(source, dict) else {"path": source}
    path = folder / source["path"]
    if not path.is_file() or not source["path"].endswith((".csv", ".csv.gz")):
        raise NotLoadable(source["path"])
    data = gzip.decompress(path.read_bytes()) if source["path"].endswith(".gz") else path.read_bytes()
    rows = read_csv(data.decode("utf-8-sig"), source.get("delimiter", ","))
    header = [text for text, _ in rows[0]]
    nulls = source.get("null_values", [])
    arrays, names = [], []
    for name, kind in columns.items():
        if name not in header:
            raise NotLoadable(f"no column {name}")
        at = header.index(name)
        try:
            values = [cell(kind, *row[at], nulls, zone) for row in rows[1:]]
            arrays.append(kind.finish(pyarrow.array(values, kind.arrow())))
        except (ValueError, IndexError, OverflowError, pyarrow.ArrowInvalid, pyarrow.ArrowException) as error:
            raise NotLoadable(f"{name}: {error}") from error
        names.append(name)
    return pyarrow.table(arrays, names=names)
