"""Runs what the documents show: run.py SEGUE pages|projects|generated|links|coverage [--update] [PAGE…].

pages      every marked block of README.md and docs/
projects   `check`, `fmt --check` and `run`, on both engines, of every project under examples/ and docs/examples/
generated  the pages that are made from the tables in the sources are up to date
links      every link between the documents leads somewhere
coverage   everything that the language has stands in an example

Marked blocks, by the language of the fence (`pages.py`):

conditions           a condition a line, with its answer for the accounts of docs/examples/accounts in a comment (`expected.py`)
segue                a file of rules by itself, laid out as `segue fmt` lays it out; answers stand in comments behind `{`. `project=FOLDER` takes the
                     schema and data of another project; `errors=CODES` says what `check` reports, where the rules are wrong
ANY file=PATH        a file of the page's own project, which `console` blocks run in; it starts empty, or as the project that a comment
                     `<!-- project: FOLDER -->` names, without its rules. `plain` rules are written only, not run by themselves; but for `messy` ones they stand as `segue fmt` lays them out
ANY shows=PATH       the text of a file of the page's own project, as it is by then
ANY same=PATH        the text of a file of the tree, as it stands there
console              calls of `segue`, and what they print; `…` stands for any lines. `exit=N`, `project=FOLDER` (instead of the page's own)

The page's own project may be a git repository, made by a script: `<!-- history: examples/abm-review/make_history.sh -->`. Then `git switch`, `git diff`
and `git branch` may be called, too; ids of commits in parentheses may differ.

Pages with `--update` get the answers that the command gives; read the diff.
"""
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import conditions  # noqa: E402
import console  # noqa: E402
import coverage  # noqa: E402
import links  # noqa: E402
import pages  # noqa: E402
import projects  # noqa: E402
import rules  # noqa: E402
from command import ROOT, call  # noqa: E402

RUNNERS = {"conditions": conditions.run, "segue": rules.run, "console": console.run}


def same(block):
    expected = (ROOT / block.attributes["same"]).read_text(encoding="utf-8")
    return [] if block.text == expected else [f"{block.place}: differs from {block.attributes['same']}"], expected.splitlines()


def page_blocks(segue, page, folder):
    """Faults of a page, and the changes that would right them."""
    faults, changes, count = [], [], 0
    console.start_page(page, folder / "page")
    for number, block in enumerate(pages.blocks(page)):
        if "same" in block.attributes:
            wrong, lines = same(block)
        elif block.language in RUNNERS and "plain" not in block.attributes:
            wrong, lines = RUNNERS[block.language](segue, block, folder / str(number), folder / "page")
        elif "shows" in block.attributes:
            wrong, lines = console.shown_file(block, folder / "page")
        elif "file" in block.attributes:
            wrong, lines = rules.plain(segue, block, folder), None
        else:
            continue
        if "file" in block.attributes:
            console.write_file(block, folder / "page")
        count += 1
        faults += wrong
        if lines is not None and lines != block.lines:
            changes.append((block, lines))
    return faults, changes, count


def run_pages(segue, names, update):
    found = pages.all_pages(ROOT)
    wanted = [page for page in found if not names or any(name in str(page) for name in names)]
    faults, total = [], 0
    for page in wanted:
        with tempfile.TemporaryDirectory(prefix="segue-docs-") as folder:
            wrong, changes, count = page_blocks(segue, page, pathlib.Path(folder))
        faults += wrong
        total += count
        if update:
            pages.rewrite(page, changes)
    print(f"{total} examples on {len(wanted)} pages")
    return faults if total or names else ["no page has an example"]


def run_generated(segue, names, update):
    words = [sys.executable, str(ROOT / "docs/generate/generate.py")] + ([] if update else ["--check"])
    done = call(words, ROOT)
    return [done.stdout + done.stderr] if done.returncode else []


def main():
    segue, suite, *rest = sys.argv[1:]
    suites = {"pages": run_pages, "projects": projects.run, "generated": run_generated, "links": links.run, "coverage": coverage.run}
    names = [word for word in rest if word != "--update"]
    faults = suites[suite](str(pathlib.Path(segue).resolve()), names, "--update" in rest)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
