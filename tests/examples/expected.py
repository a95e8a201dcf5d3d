"""What a comment beside an example says of its answer.

    # acme, birch                     the members of a segment
    # all    # none
    # acme; 1 undetermined            and for how many accounts a missing value leaves it open
    # acme 30, birch 2.5, others 0    the values of a score
    # acme first, others none         the values of tiers, stages, a grid or a split
    # 3 rows of 2 accounts            the size of an audience
    # error: unknown-name             what `segue check` reports instead
    # all; warning: always-holds      what it warns of, besides
"""
import dataclasses
import re


@dataclasses.dataclass
class Expected:
    answer: str = ""
    undetermined: int = 0
    errors: tuple = ()
    warnings: tuple = ()


def codes(text):
    return tuple(sorted(re.split(r",\s*", text)))


def parse(comment):
    expected = Expected()
    for part in (p.strip() for p in comment.split(";")):
        name, _, rest = part.partition(": ")
        if name in ("error", "warning"):
            setattr(expected, name + "s", codes(rest.strip()))
        elif match := re.fullmatch(r"(\d+) undetermined", part):
            expected.undetermined = int(match.group(1))
        else:
            expected.answer = part
    return expected


def members_text(answer):
    if len(answer.members) == len(answer.values):
        return "all"
    return ", ".join(answer.members) or "none"


def number(value):
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


def scores_text(answer):
    known = [f"{key} {number(value)}" for key, value in answer.values.items() if value]
    return ", ".join(known + ["others 0"] if len(known) < len(answer.values) else known)


def values_text(answer):
    return ", ".join([f"{key} {value}" for key, value in answer.values.items() if value] + (["others none"] if "" in answer.values.values() else []))


def answer_text(answer):
    if answer.kind == "audience":
        return f"{answer.rows} row{'' if answer.rows == 1 else 's'} of {answer.accounts} account{'' if answer.accounts == 1 else 's'}"
    texts = {"segment": members_text, "score": scores_text}
    return texts.get(answer.kind, values_text)(answer)


def found_text(answer, diagnostics):
    """The comment that would be right."""
    errors = sorted({d["code"] for d in diagnostics if d["severity"] == "error"})
    warnings = sorted({d["code"] for d in diagnostics if d["severity"] == "warning" and d["code"] != "unused-definition"})
    if errors:
        return "error: " + ", ".join(errors)
    parts = [answer_text(answer)]
    parts += [f"{answer.undetermined} undetermined"] if answer.undetermined else []
    parts += ["warning: " + ", ".join(warnings)] if warnings else []
    return "; ".join(parts)
