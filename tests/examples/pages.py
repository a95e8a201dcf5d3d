"""What a Markdown page holds: its fenced blocks, with their language, attributes and place; and how a block is written anew.

A fence is ```LANGUAGE NAME=VALUE … word …; a word without a value is an attribute that is "yes".
"""
import dataclasses
import pathlib


@dataclasses.dataclass
class Block:
    page: pathlib.Path
    first: int  # index of the first line between the fences
    language: str
    attributes: dict
    lines: list

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)

    @property
    def place(self):
        return f"{self.page}:{self.first + 1}"


def attributes(words):
    pairs = (word.partition("=") for word in words)
    return {name: value or "yes" for name, _, value in pairs}


def blocks(page):
    """All fenced blocks with a language, in the order of the page."""
    found, open_at, info = [], None, ""
    lines = page.read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if open_at is None:
            open_at, info = i, line[3:].split()
            continue
        if info:
            found.append(Block(page, open_at + 1, info[0], attributes(info[1:]), lines[open_at + 1 : i]))
        open_at = None
    return found


def all_pages(root):
    """The documents, as people read them."""
    tops = sorted(root.glob("*.md"))
    return tops + [p for p in sorted((root / "docs").rglob("*.md")) if "generate" not in p.parts] + sorted((root / "examples").glob("*.md"))


def rewrite(page, changes):
    """Writes the page with other lines in some blocks; `changes` are pairs of a block and its lines."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for block, new in sorted(changes, key=lambda change: -change[0].first):
        lines[block.first : block.first + len(block.lines)] = new
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
