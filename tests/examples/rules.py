"""Blocks of rules: each is a file of rules by itself, over the schema and data of a project."""
import re

import conditions
import expected
from command import call, copy_project, run as run_project, without_rules

OPENING = re.compile(r"^(segment|score|tiers|stages|grid|split|audience) (\w+)(.*)\{  #(.*)$")


def not_formatted(segue, block, folder):
    done = call([segue, "fmt", "-"], folder, stdin=block.text)
    return [] if done.returncode == 0 and done.stdout == block.text else [f"{block.place}: `segue fmt` writes it otherwise:\n{done.stdout}{done.stderr}"]


def plain(segue, block, folder):
    """Faults of a block that is not run by itself."""
    return [] if block.language != "segue" or "messy" in block.attributes else not_formatted(segue, block, folder)


def describe(diagnostics):
    return "".join(f"\n  {d['code']}: {d['message']}" for d in diagnostics)


def refused(block, diagnostics):
    found = sorted({d["code"] for d in diagnostics if d["severity"] == "error"})
    if found == sorted(block.attributes["errors"].split(",")):
        return []
    return [f"{block.place}: expected {block.attributes['errors']}, got{describe(diagnostics)}"]


def compared(block, answers):
    """Faults, and the block's lines with the right answers."""
    faults, new = [], []
    for line in block.lines:
        match = OPENING.match(line)
        if match is None:
            new.append(line)
            continue
        answer = expected.found_text(answers[match.group(2)], [])
        if expected.parse(match.group(4)) != expected.parse(answer):
            faults.append(f"{block.place}: {match.group(2)} says {match.group(4)}, is {answer}")
        new.append(line[: match.start(4)] + " " + answer)
    return faults, new


def warned(block, diagnostics):
    found = {d["code"] for d in diagnostics if d["severity"] == "warning"} - {"unused-definition", "no-rule-files"}
    wanted = set(block.attributes.get("warnings", "").split(",")) - {""}
    return [] if found == wanted else [f"{block.place}: expected the warnings {sorted(wanted)}, got{describe(diagnostics)}"]


def run(segue, block, folder, page_folder):
    without_rules(copy_project(block.attributes.get("project", conditions.HOME), folder))
    rules_folder = folder / "segments" if (folder / "segments").is_dir() else folder
    (rules_folder / "block.seg").write_text(block.text, encoding="utf-8")
    answers, diagnostics = run_project(segue, folder)
    if "errors" in block.attributes:
        return refused(block, diagnostics), None
    if answers is None:
        return [f"{block.place}: has errors{describe(diagnostics)}"], None
    faults, lines = compared(block, answers)
    return faults + warned(block, diagnostics) + not_formatted(segue, block, folder), lines
