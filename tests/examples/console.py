"""Blocks of calls: `$ segue …` and what it prints, in the folder of the page's own project or in a copy of another."""
import re
import shlex
import subprocess

from command import ROOT, call, copy_project, without_rules


def start_page(page, folder):
    """The page's own project, before its blocks add to it."""
    folder.mkdir()
    text = page.read_text(encoding="utf-8")
    if named := re.search(r"^<!-- project: (\S+) -->$", text, re.M):
        without_rules(copy_project(named.group(1), folder))
    if history := re.search(r"^<!-- history: (\S+) -->$", text, re.M):
        done = call([str(ROOT / history.group(1)), str(folder)], ROOT)
        assert done.returncode == 0, done.stderr


def write_file(block, folder):
    path = folder / block.attributes["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def shown_file(block, folder):
    text = (folder / block.attributes["shows"]).read_text(encoding="utf-8")
    return [] if text == block.text else [f"{block.place}: {block.attributes['shows']} is now\n{text}"], text.splitlines()


def calls(lines):
    """Pairs of a call and the lines below it."""
    found = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


def words_of(segue, text):
    """`./dev demo` is what it runs when all is built; all else is the command."""
    words = shlex.split(text)
    if words == ["./dev", "demo"]:
        return [str(ROOT / "tools/bootstrap/demo.sh"), segue, str(ROOT / "examples/abm")]
    if words[:2] in (["git", "switch"], ["git", "diff"], ["git", "branch"]):
        return words
    if words[0] != "segue":
        raise ValueError(f"only `segue` is called in examples, not `{words[0]}`")
    return [segue, *words[1:]]


def without_commits(lines):
    """Ids of commits change with every file of the example."""
    return [re.sub(r"\([0-9a-f]{7,40}\)|^index [0-9a-f]+\.\.[0-9a-f]+", "(commit)", line) for line in lines]


def matches(shown, printed):
    """Whether the printed lines are those shown, where `…` stands for any lines."""
    shown, printed = without_commits(shown), without_commits(printed)
    parts = [r"(?:[^\n]*\n)*?" if line.strip() == "…" else re.escape(line.rstrip()) + "\n" for line in shown]
    return re.fullmatch("".join(parts), "".join(line.rstrip() + "\n" for line in printed)) is not None


def trimmed(lines):
    lines = list(lines)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def run(segue, block, folder, page_folder):
    where = copy_project(block.attributes["project"], folder) if "project" in block.attributes else page_folder
    faults, new = [], []
    for text, shown in calls(block.lines):
        words = words_of(segue, text)
        source = (where / words[-1]).read_text(encoding="utf-8") if "<" in words else None
        done = call(words if source is None else words[:-2], where, stdin=source, stderr=subprocess.STDOUT)
        printed = trimmed(done.stdout.splitlines())
        is_right = matches(trimmed(shown), printed)
        if not is_right:
            faults.append(f"{block.place}: `{text}` prints otherwise:\n{done.stdout}")
        if done.returncode != int(block.attributes.get("exit", 0)):
            faults.append(f"{block.place}: `{text}` returns {done.returncode}:\n{done.stdout}")
        new += ["$ " + text] + (shown if is_right or "…" in shown else [line.rstrip() for line in printed] + [""])
    return faults, trimmed(new)
