"""What the steps found, as SARIF, as a code-quality report of GitLab, and as one plain list."""
import dataclasses
import hashlib
import json
from urllib.parse import unquote

FORMAT_RULE = {"id": "unformatted", "name": "Unformatted", "shortDescription": {"text": "A file that is not laid out as `segue fmt` does."},
               "help": {"text": "Run `segue fmt`."}, "defaultConfiguration": {"level": "error"}}
SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


@dataclasses.dataclass
class Finding:
    rule: str
    level: str  # error, warning, note
    message: str
    path: str  # empty: no place
    region: dict
    fingerprint: str


def dump(document):
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def merged(documents):
    """One document with one run: code scanning takes no two runs of one tool. What two steps found alike stands once."""
    if not documents:
        return {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "runs": [{"tool": {"driver": {"name": "Segue", "rules": []}}, "columnKind": "unicodeCodePoints", "results": []}]}
    whole = json.loads(json.dumps(documents[0]))
    run = whole["runs"][0]
    run.pop("properties", None)
    rules, seen = run["tool"]["driver"]["rules"], {json.dumps(result, sort_keys=True) for result in without_index(run["results"])}
    for document in documents[1:]:
        other = document["runs"][0]
        run.setdefault("invocations", []).extend(other.get("invocations", []))
        known = {rule["id"] for rule in rules}
        rules += [rule for rule in other["tool"]["driver"].get("rules", []) if rule["id"] not in known]
        for result in without_index(other["results"]):
            text = json.dumps(result, sort_keys=True)
            if text not in seen:
                seen.add(text)
                run["results"].append(result)
    index_rules(run)
    return whole


def without_index(results):
    return [{key: value for key, value in result.items() if key != "ruleIndex"} for result in results]


def index_rules(run):
    """Points at rules by their place in the merged list."""
    places = {rule["id"]: i for i, rule in enumerate(run["tool"]["driver"]["rules"])}
    for result in run["results"]:
        result["ruleIndex"] = places[result["ruleId"]]
    for invocation in run.get("invocations", []):
        for told in invocation.get("toolExecutionNotifications", []):
            if "associatedRule" in told:
                told["associatedRule"]["index"] = places[told["associatedRule"]["id"]]


def with_format(sarif, unformatted):
    """The document, with a result for each file that `fmt --check` names."""
    run = sarif["runs"][0]
    if unformatted:
        run["tool"]["driver"]["rules"].append(FORMAT_RULE)
    for finding in of_format(unformatted):
        run["results"].append({"ruleId": finding.rule, "level": finding.level, "message": {"text": finding.message},
                               "locations": [{"physicalLocation": {"artifactLocation": {"uri": finding.path, "uriBaseId": "%SRCROOT%"},
                                                                   "region": finding.region}}],
                               "partialFingerprints": {"segueFinding/v1": finding.fingerprint}})
    index_rules(run)
    return sarif


def of_sarif(sarif):
    run, found = sarif["runs"][0], []
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        marks = result.get("partialFingerprints", {})
        found.append(Finding(result["ruleId"], result["level"], result["message"]["text"], unquote(place["artifactLocation"]["uri"]),
                             place.get("region", {}), next(iter(marks.values()), "")))
    for invocation in run.get("invocations", []):
        for told in invocation.get("toolExecutionNotifications", []):
            rule = told.get("associatedRule", {}).get("id", "segue")
            found.append(Finding(rule, told["level"], told["message"]["text"], "", {}, ""))
    return found


def of_format(unformatted):
    return [Finding("unformatted", "error", "not laid out as `segue fmt` does; run `segue fmt`", path, {"startLine": 1}, "unformatted:" + path)
            for path in unformatted]


def code_quality(found):
    """GitLab's report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""
    report = []
    for finding in found:
        if not finding.path:
            continue
        mark = hashlib.sha256(f"{finding.rule}\n{finding.path}\n{finding.fingerprint or finding.message}".encode()).hexdigest()
        report.append({"description": finding.message.split("\n")[0], "check_name": finding.rule, "fingerprint": mark,
                       "severity": SEVERITIES[finding.level],
                       "location": {"path": finding.path, "lines": {"begin": finding.region.get("startLine", 1)}}})
    return report
