"""The comment: a table of the steps, what `segue diff` says, and the findings, in at most as many characters as a host takes."""
import re

MOST_FINDINGS = 30
MARKS = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}
CUT = "\n\n*…cut here: a comment holds no more. The whole text is in the summary or the artifacts of the job.*\n"


def marker(project):
    """What the comment begins with, unseen: by it the comment is found again. Each project of a repository has its own."""
    return f"<!-- segue-review {re.sub(r'[^A-Za-z0-9._/-]', '_', project)} -->"


def plain(text):
    """A message in Markdown: what stands in back-quotes stays, outside of them nothing is a tag or a mention."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a back-quote without its other
        parts = [text.replace("`", "'")]
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"([<>&])", lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[m.group(1)], parts[i])
        parts[i] = re.sub(r"([\\*_~\[\]#|])", r"\\\1", parts[i]).replace("@", "@\u200b")
    return "`".join(parts)


def fenced(text):
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def place_of(finding):
    line = finding.region.get("startLine")
    return f"`{finding.path}{f':{line}' if line else ''}`: " if finding.path else ""


def finding_text(finding):
    first, _, rest = finding.message.partition("\n")
    text = f"- {MARKS[finding.level]} {place_of(finding)}{plain(first)}\n"
    if not rest:
        return text
    indented = "".join("  " + line + "\n" for line in fenced(rest).splitlines())
    return text + "\n" + indented + "\n"


def findings_text(found):
    shown = [finding for finding in sorted(found, key=lambda f: list(MARKS).index(f.level)) if finding.level != "note"]
    if not shown:
        return ""
    lines = "".join(finding_text(finding) for finding in shown[:MOST_FINDINGS])
    if len(shown) > MOST_FINDINGS:
        lines += f"- and {len(shown) - MOST_FINDINGS:,} more\n"
    is_open = " open" if any(finding.level == "error" for finding in shown) else ""
    return f"\n<details{is_open}><summary>What was found ({len(shown):,})</summary>\n\n{lines}\n</details>\n"


def logs_text(review):
    return "".join(f"\n`{step.name}` could not run:\n\n{fenced(step.log)}" for step in review.steps if step.log and step.code > 1)


def document(review, found, commit):
    code = review.exit_code()
    verdict = {0: "✅ no step fails", 1: "❌ look at what fails"}.get(code, "⚠️ not all of it could run")
    rows = "".join(f"| {step.mark} | `{step.name}` | {plain(step.about)} |\n" for step in review.steps)
    text = f"{marker(review.project)}\n## Segue review of `{review.project}`: {verdict}\n\n| | step | |\n|---|---|---|\n{rows}"
    text += logs_text(review)
    for step in review.steps:
        if step.markdown:
            text += "\n" + step.markdown.strip() + "\n"
    text += findings_text(found)
    return text + (f"\n<sub>For commit {commit}.</sub>\n" if commit else "")


def cut(text, longest):
    """Cut at the end of a line, with the fence and the folded parts that are open there closed."""
    if len(text) <= longest:
        return text
    kept = text[: longest - len(CUT) - 200]
    kept = kept[: kept.rfind("\n") + 1]
    fence = ""
    for line in kept.splitlines():
        opening = re.match(r"\s*(`{3,})", line)
        if opening:
            fence = "" if fence else opening.group(1)
    kept += fence + "\n" if fence else ""
    kept += "\n</details>\n" * max(0, len(re.findall(r"<details\b", kept)) - kept.count("</details>"))
    return kept + CUT
