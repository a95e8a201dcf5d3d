"""Every link from one document to another leads to a file, and to a heading that it has."""
import re

import pages
from command import ROOT

LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")


def prose(page):
    """The page without its blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(page):
    """Headings as the usual renderers make links of them: lower case, blanks to hyphens, no other signs."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def faults_of(page):
    found = []
    for path, anchor in LINK.findall(prose(page)):
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            found.append(f"{page}: {path} is not there")
        elif anchor and anchor not in anchors(target):
            found.append(f"{page}: {path}#{anchor} is no heading")
    return found


def run(segue, names, update):
    return [fault for page in pages.all_pages(ROOT) for fault in faults_of(page)]
