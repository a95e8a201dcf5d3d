"""Calls of the command, and projects to call it on."""
import csv
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
AS_OF = "2026-03-18"  # the clock of the examples in the language's reference


def environment():
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "LANG", "LC_CTYPE", "COLUMNS")}
    return {**kept, "LC_ALL": "C.UTF-8"}


def call(words, folder, stdin=None, stderr=subprocess.PIPE):
    return subprocess.run(words, cwd=folder, input=stdin, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=stderr,
                          timeout=300, env=environment())


def copy_project(source, folder):
    """An example's files in a folder of its own, so that no example writes into the tree."""
    shutil.copytree(ROOT / source, folder, dirs_exist_ok=True)
    return folder


def without_rules(folder):
    for path in folder.rglob("*.seg"):
        path.unlink()
    return folder


@dataclasses.dataclass
class Answer:
    kind: str
    values: dict  # by account: whether it is a member, its score, or the name of its value, empty where it has none; of an audience nothing
    undetermined: int
    rows: int = 0  # of an audience
    accounts: int = 0

    @property
    def members(self):
        return [key for key, value in self.values.items() if value]


def parsed(kind, cell):
    if kind == "segment":
        return cell == "true"
    return float(cell) if kind == "score" else cell


def answers(document, rows):
    found = {}
    for d in document["definitions"]:
        if d["kind"] == "audience":  # a file of accounts has no place for it
            found[d["name"]] = Answer(d["kind"], {}, d.get("undetermined", 0), d["size"], d["accounts"])
            continue
        values = {list(row.values())[0]: parsed(d["kind"], row[d["name"]]) for row in rows}
        found[d["name"]] = Answer(d["kind"], values, d.get("undetermined", 0))
    return found


def run(segue, folder, as_of=AS_OF):
    """Answers by definition, and the diagnostics of `check`; answers are None when there are errors."""
    out = folder / "answers.csv"
    done = call([segue, "run", ".", "--as-of", as_of, "--expect", "warn", "--out", out.name, "--format", "json"], folder)
    document = json.loads(done.stdout)
    if done.returncode != 0:
        return None, document["diagnostics"] or [{"code": f"exit {done.returncode}", "severity": "error", "message": done.stderr}]
    with open(out, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return answers(document, rows), check(segue, folder)


def check(segue, folder):
    return json.loads(call([segue, "check", ".", "--format", "json"], folder).stdout)["diagnostics"]
