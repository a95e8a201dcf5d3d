"""Blocks of conditions, each with its answer in a comment."""
import expected
from command import check, copy_project, run as run_project, without_rules

HOME = "docs/examples/accounts"
FILE = "segments/c{}.seg"


def entries(lines):
    """Conditions with their lines: one ends at the line that has a comment."""
    found, open_lines = [], []
    for line in lines:
        open_lines.append(line)
        if "#" in line:
            found.append(open_lines)
            open_lines = []
    return found, [line for line in open_lines if line.strip()]


def split(lines):
    body, _, comment = "\n".join(lines).rpartition("#")
    return body, comment.strip()


def write(folder, number, body):
    (folder / FILE.format(number)).write_text(f"segment c{number} {{\n  where {body.strip()}\n}}\n", encoding="utf-8")


def by_file(diagnostics, number):
    return [d for d in diagnostics if d["file"] == FILE.format(number)]


def project(folder):
    return without_rules(copy_project(HOME, folder))


def found_answers(segue, bodies, folder):
    """The right comment of each condition: first all are checked, then those without errors are run."""
    project(folder)
    for number, body in enumerate(bodies):
        write(folder, number, body)
    diagnostics = check(segue, folder)
    broken = [n for n in range(len(bodies)) if any(d["severity"] == "error" for d in by_file(diagnostics, n))]
    for number in broken:
        (folder / FILE.format(number)).unlink()
    answers, failure = run_project(segue, folder) if len(broken) < len(bodies) else ({}, [])
    if answers is None:
        raise RuntimeError(f"sound conditions do not run: {failure}")
    return [expected.found_text(answers.get(f"c{n}"), by_file(diagnostics, n)) for n in range(len(bodies))]


def run(segue, block, folder, page_folder):
    parsed, rest = entries(block.lines)
    if rest:
        return [f"{block.place}: a condition without its answer: {rest[0]}"], None
    texts = [split(lines) for lines in parsed]
    found = found_answers(segue, [body for body, _ in texts], folder)
    faults, new = [], []
    width = max(len(body.split("\n")[-1].rstrip()) for body, _ in texts) + 2
    for (body, comment), answer in zip(texts, found):
        if expected.parse(comment) != expected.parse(answer):
            faults.append(f"{block.place}: {body.strip()}\n  says  {comment}\n  is    {answer}")
        *upper, last = body.split("\n")
        new += [*upper, f"{last.rstrip():<{width}}# {answer}"]
    return faults, new
