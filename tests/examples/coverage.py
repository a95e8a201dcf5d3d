"""Every function, operator, aggregate and word of the language stands in an example that is run."""
import re
import sys

import pages
from command import ROOT

sys.path.insert(0, str(ROOT / "docs/generate"))
import generate  # noqa: E402


def examples():
    return "\n".join(block.text for page in pages.all_pages(ROOT) for block in pages.blocks(page) if block.language in ("conditions", "segue"))


def without_comments(text):
    return re.sub(r"#.*", "", text)


def occurs(name, text):
    """A name of letters as a whole word; of several words with blanks between."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) if name[0].isalpha() else f" {name} " in text or f"\n{name}" in text


def run(segue, names, update):
    text = without_comments(examples())
    words = generate.words("Reserved words") + generate.words("Words that mean something in their place only")
    wanted = [row[1] for row in generate.builtin_rows()] + words
    return [f"`{name}` stands in no example of the documents" for name in dict.fromkeys(wanted) if not occurs(name, text)]
