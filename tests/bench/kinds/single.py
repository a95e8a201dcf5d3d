"""One account a call, one change at a time, one definition more: what services ask."""

import csv
import importlib.metadata
import json
import shutil
import subprocess
import sys
from pathlib import Path

from kinds.common import AS_OF, environment, full_sizes, project, segue_in_memory
from measure import Failed, require_equal, run

HERE = Path(__file__).resolve().parents[1]
ACCOUNTS = 1000


def question(work, folder: Path) -> tuple[Path, Path]:
    """The rules in the peers' words, and the accounts as a CSV file."""
    import pyarrow.parquet

    bounds, chosen = [], []
    for line in work.hand.splitlines():
        word, *rest = line.split()
        if word == "condition":
            bounds.append(f"c{rest[0]} >= {rest[1]}")
        if word == "definition":
            chosen.append(list(map(int, rest)))

    def text(row: list[int], name) -> str:
        t = [name(i) for i in row]
        return f"{' and '.join(t[:5])} and ({t[5]} or {t[6]}) and not ({t[7]})"

    asked = {"conditions": bounds, "definitions": [text(row, lambda i: bounds[i]) for row in chosen], "named": [text(row, "t{}".format) for row in chosen],
             "graph": [text(row, "$.t{}".format) for row in chosen]}
    (folder / "question.json").write_text(json.dumps(asked), encoding="utf-8")
    rows = pyarrow.parquet.read_table(folder / "data" / "account.parquet").to_pylist()
    with open(folder / "accounts.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "question.json", folder / "accounts.csv"


def go_program(settings) -> tuple[str, str]:
    """Builds tests/bench/expr_lang, and says its versions."""
    go = shutil.which("go") or shutil.which("/usr/local/go/bin/go") or shutil.which("/usr/lib/go/bin/go")
    if go is None:
        raise Failed("there is no `go`; install the package golang-go")
    target = settings.data / "expr_lang"
    done = subprocess.run([go, "build", "-o", str(target), "."], cwd=HERE / "expr_lang", capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise Failed(f"go could not build tests/bench/expr_lang: {done.stderr[-500:]}")
    version = subprocess.run([go, "version"], capture_output=True, text=True).stdout.split()[2].removeprefix("go")
    wanted = next(line.split()[-1] for line in (HERE / "expr_lang" / "go.mod").read_text(encoding="utf-8").splitlines() if "expr-lang/expr " in line)
    return str(target), f"{wanted.removeprefix('v')}, Go {version}"


def peer(command: list[str], expected: list[int], who: str) -> dict:
    reply = run(command, 400).json()
    require_equal(reply["sizes"], expected, who)
    best = min(reply["ns_per_call"], key=reply["ns_per_call"].get)
    return {"ns_per_call": reply["ns_per_call"][best], "attempt": best, "tried": reply["ns_per_call"], "failed": reply.get("failed", {})}


def account(row, settings) -> dict:
    work, folder = project("shared", {"accounts": ACCOUNTS}, settings)
    expected = segue_in_memory(folder, settings, "--repeats", "1")["sizes"]
    asked = [str(path) for path in question(work, folder)]
    peers = {}
    for name, start in {"zen": lambda: ([sys.executable, str(HERE / "zen_rules.py"), *asked], importlib.metadata.version("zen-engine")),
                        "expr": lambda: (lambda built: ([built[0], *asked], built[1]))(go_program(settings))}.items():
        try:
            command, version = start()
            peers[name] = peer(command, expected, name) | {"version": version}
        except (Failed, subprocess.SubprocessError, importlib.metadata.PackageNotFoundError) as failure:
            peers[name] = {"error": str(failure)}
    ours = live("account", folder, settings)
    require_equal(ours["sizes"], expected, "Segue, asked for one account after another,")
    return {"definitions": len(expected), "segue": {name: value for name, value in ours.items() if name != "sizes"}, "peers": peers}


def live(mode: str, folder: Path, settings) -> dict:
    return run([settings.program("bench/live_bench"), str(folder), "--mode", mode, "--as-of", AS_OF], 300, environment(settings)).json()


def change(row, settings) -> dict:
    share = 10 if settings.quick else 1
    cells = live("change", project("shared", {"accounts": 100_000 // share}, settings)[1], settings)
    events = live("change", project("events", {"accounts": 20_000 // share, "events": 2_000_000 // share, "is_sorted": True}, settings)[1], settings)
    return {"cell": cells, "event": events}


def added(row, settings) -> dict:
    """The 1,001st definition over a prepared table, in a process that has answered the others."""
    _, folder = project("shared", full_sizes(row, settings), settings, "prepared")
    run([settings.program("segue"), "prepare", str(folder), "--quiet"], 600, environment(settings))
    command = [settings.program("bench/added_bench"), str(folder)]
    compiled = run(command, 300, environment(settings)).json()
    return run(command, 300, environment(settings, cached=True)).json() | {"compiled_s": compiled["first_result_s"]}
