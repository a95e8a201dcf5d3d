"""What the end-to-end tests share: a project in a temporary folder, and calls of the command."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SEGUE = pathlib.Path("segue")

SCHEMA = """\
account:
  key: account_id
  columns:
    account_id: text
    name: text
    industry: {type: enum, values: [Software, Fintech, Retail], optional: true}
    employees: int?
    customer: bool
    joined_on: date?
relations:
  contacts:
    of: account
    on: account_id
    key: contact_id
    columns: {contact_id: text, title: text?, active: bool}
  events:
    of: account
    on: account_id
    time: at
    known_at: at
    columns: {at: timestamp, kind: text}
"""

PROJECT = """\
language: 1
schema: schema.yaml
rules: [segments/**/*.seg]
timezone: Europe/Berlin
sources:
  account: data/accounts.csv
  contacts: data/contacts.csv
  events: data/events.csv
"""

RULES = """\
param min_employees: int = 200

define big = employees >= min_employees

## Whom we serve best.
segment icp "Ideal customer profile" {
  owner: "marketing-ops"
  where big and industry in [Software, Fintech]
  except customer
}

segment active "Seen this week" {
  where any(events within last 7 days)
}

score interest "Interest" {
  +10 * count(events within last 30 days)
  +0.5 when any(contacts where active)
}
"""

ACCOUNTS = """\
account_id,name,industry,employees,customer,joined_on
A1,Acme,Software,900,false,2026-01-05
A2,Beta,Fintech,250,false,
A3,Gamma,Retail,5000,false,2025-03-01
A4,Delta,Software,,false,2025-03-01
A5,Epsilon,Software,300,true,2024-02-29
"""

CONTACTS = """\
contact_id,account_id,title,active
C1,A1,CEO,true
C2,A1,,false
C3,A2,CFO,true
C4,A9,CFO,true
"""

EVENTS = """\
account_id,at,kind
A1,2026-02-27T10:00:00Z,demo
A1,2026-02-10 09:00,visit
A2,2026-01-01T00:00:00Z,visit
A3,2026-03-02T00:00:00Z,visit
"""

AS_OF = ["--as-of", "2026-03-01"]


class Result:
    """What a call gave: exit code, standard output and standard error as text."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()

    @property
    def json(self):
        return json.loads(self.out)

    def codes(self):
        return [d["code"] for d in self.json["diagnostics"]]


class CommandTest(unittest.TestCase):
    """Each test has a project of its own, which is the current folder."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="segue-cli-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write("segue.yaml", PROJECT)
        self.write("schema.yaml", SCHEMA)
        self.write("segments/rules.seg", RULES)
        self.write("data/accounts.csv", ACCOUNTS)
        self.write("data/contacts.csv", CONTACTS)
        self.write("data/events.csv", EVENTS)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def read(self, path):
        return (self.folder / path).read_text()

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG", "FORCE_COLOR")}
        return {**env, "LC_ALL": "C.UTF-8", **more}

    def segue(self, *words, cwd=None, stdin=b"", env=None, **more):
        done = subprocess.run([str(SEGUE), *words], cwd=cwd or self.folder, input=stdin, capture_output=True, timeout=120,
                              env=env or self.environment(), **more)
        return Result(done)

    def run_json(self, *words, **more):
        return self.segue("run", "--format", "json", *AS_OF, *words, **more)

    def definition(self, result, name):
        return next(d for d in result.json["definitions"] if d["name"] == name)

    def assert_code(self, result, code):
        self.assertEqual(result.code, code, result.out + result.err)
