"""Where a review happens: GitHub, GitLab, or a terminal. Each says what to compare with, shows the findings and keeps one comment."""
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

ATTEMPTS = 5
LONGEST_WAIT = 30.0  # seconds before a further attempt
MOST_PAGES = 100
TIMEOUT = 30


class Broken(Exception):
    """The host refuses, or cannot be reached."""


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


class Transient(Exception):
    """Worth another attempt, after `wait` seconds where the host says so."""

    def __init__(self, message, wait=None):
        super().__init__(message)
        self.wait = wait


def wait_of(headers):
    """What the host asks us to wait."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None


def is_transient(status, headers):
    is_limited = status == 403 and (headers.get("Retry-After") or headers.get("X-RateLimit-Remaining") == "0")
    return status >= 500 or status == 429 or bool(is_limited)


def message_of(body):
    try:
        found = json.loads(body)
        return str(found.get("message") or found.get("error") or found)
    except (ValueError, AttributeError):
        return body.decode("utf-8", "replace")[:200]


class Api:
    """JSON over HTTP."""

    def __init__(self, root, headers):
        self.root, self.headers = root.rstrip("/"), headers

    def once(self, method, path, content=None):
        data = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(self.root + path, data=data, method=method,
                                         headers={"User-Agent": "segue-review", "Content-Type": "application/json", **self.headers})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return json.loads(answer.read() or b"null"), answer.headers
        except urllib.error.HTTPError as error:
            body = error.read()
            if is_transient(error.code, error.headers):
                raise Transient(f"{error.code} {message_of(body)}", wait_of(error.headers)) from None
            raise Refused(error.code, message_of(body)) from None
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise Transient(str(getattr(error, "reason", error))) from None


def repeated(action, where):
    """Runs the action until it is neither refused for the moment nor out of attempts."""
    pause = float(os.environ.get("SEGUE_REVIEW_PAUSE", "1"))
    for attempt in range(ATTEMPTS):
        try:
            return action()
        except Transient as error:
            if attempt + 1 == ATTEMPTS:
                raise Broken(f"{where} could not be reached in {ATTEMPTS} attempts: {error}") from None
            time.sleep(min(LONGEST_WAIT, error.wait if error.wait is not None else pause * 2**attempt))
    raise AssertionError


class Thread:
    """The comments of one request. A host says how they are listed, written and changed."""

    def __init__(self, api, comments, changed, method):
        self.api, self.comments, self.changed, self.method = api, comments, changed, method

    def find(self, marker):
        """The comment that begins with the marker, looked for page by page."""
        for page in range(1, MOST_PAGES + 1):
            entries, _ = self.api.once("GET", f"{self.comments}?per_page=100&page={page}")
            for entry in entries:
                if not entry.get("system") and (entry.get("body") or "").startswith(marker):
                    return entry
            if len(entries) < 100:
                return None
        return None

    def put(self, marker, text):
        """Changes the comment, or writes it. An attempt that failed half-way is looked for before another is made, so that there is never a second one."""
        found = self.find(marker)
        if found is not None and found["body"] == text:
            return "is up to date"
        if found is not None:
            try:
                self.api.once(self.method, self.changed.format(found["id"]), {"body": text})
                return "is updated"
            except Refused as error:
                if error.status not in (404, 410):  # else it was taken away meanwhile
                    raise
        self.api.once("POST", self.comments, {"body": text})
        return "is written"


class Terminal:
    """No host: the Markdown goes to standard output."""

    longest = 65_000

    def base(self):
        return ""

    def commit(self):
        return ""

    def show(self, found, text):
        print(text)

    def set_outputs(self, outputs):
        pass

    def comment(self, marker, text):
        pass


def escaped(text, is_property=False):
    """As GitHub's runner wants messages and properties of workflow commands."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text


def annotation(finding):
    properties, region = [], finding.region
    if finding.path:
        properties.append(f"file={escaped(finding.path, True)}")
    if "startLine" in region:
        last = region.get("endLine", region["startLine"])
        properties.append(f"line={region['startLine']},endLine={last}")
        if last == region["startLine"] and "startColumn" in region:
            properties.append(f"col={region['startColumn']},endColumn={region.get('endColumn', region['startColumn'])}")
    properties.append(f"title={escaped(finding.rule, True)}")
    command = {"note": "notice"}.get(finding.level, finding.level)
    return f"::{command} {','.join(properties)}::{escaped(finding.message)}"


def append(variable, text):
    """Adds to a file that GitHub's runner names."""
    if os.environ.get(variable):
        with open(os.environ[variable], "a", encoding="utf-8") as file:
            file.write(text)


class GitHub:
    longest = 65_000  # GitHub takes 65,536 characters, and counts some of them twice
    longest_summary = 1_000_000  # bytes of a step

    def __init__(self, token):
        self.token, self.event = token, {}
        if os.environ.get("GITHUB_EVENT_PATH"):
            with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
                self.event = json.load(file)
        self.request = self.event.get("pull_request") or {}

    def base(self):
        return self.request.get("base", {}).get("sha", "") or self.event.get("merge_group", {}).get("base_sha", "")

    def commit(self):
        return self.request.get("head", {}).get("sha", "") or os.environ.get("GITHUB_SHA", "")

    def show(self, found, text):
        for finding in found:
            print(annotation(finding))
        summary = text.encode()[: self.longest_summary].decode("utf-8", "ignore")
        append("GITHUB_STEP_SUMMARY", summary + "\n")

    def set_outputs(self, outputs):
        append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs.items()))

    def is_fork(self):
        head, base = (self.request.get(side, {}).get("repo") or {} for side in ("head", "base"))
        return head.get("full_name") != base.get("full_name")

    def comment(self, marker, text):
        if not self.request:
            return print("segue review: no pull request here, so there is nothing to comment on; the text is in the job's summary")
        if not self.token:
            return print("::notice title=segue review::there is no token, so the review is in the job's summary only")
        api = Api(os.environ.get("GITHUB_API_URL", "https://api.github.com"),
                  {"Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"})
        repository = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
        thread = Thread(api, f"{repository}/{self.request['number']}/comments", repository + "/comments/{}", "PATCH")
        try:
            print(f"segue review: the comment {repeated(lambda: thread.put(marker, text), 'GitHub')}")
        except Refused as error:
            self.refused(error)

    def refused(self, error):
        if error.status == 403 and self.is_fork():
            return print("::notice title=segue review::the pull request comes from a fork, whose token may not comment; "
                         "the review is in the job's summary")
        reasons = {401: "the token is not valid, or has expired",
                   403: "the token may not comment; give the job `permissions: pull-requests: write`",
                   404: "the token does not see this repository, or the pull request is gone"}
        raise Broken(f"GitHub refuses the comment: {reasons.get(error.status, 'see its message')} ({error.status} {error.message})")


class GitLab:
    longest = 900_000  # GitLab takes 1,000,000 characters

    def __init__(self, token):
        self.token, self.variables = token, os.environ

    def base(self):
        return self.variables.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")

    def commit(self):
        return self.variables.get("CI_COMMIT_SHA", "")

    def show(self, found, text):
        print(text)

    def set_outputs(self, outputs):
        pass

    def comment(self, marker, text):
        number = self.variables.get("CI_MERGE_REQUEST_IID")
        if not number:
            return print("segue review: no merge request here, so there is nothing to comment on")
        if not self.token:
            return print("segue review: there is no token (SEGUE_TOKEN), so the review is in the job's log and artifacts only")
        project = self.variables.get("CI_MERGE_REQUEST_PROJECT_ID") or self.variables["CI_PROJECT_ID"]
        notes = f"/projects/{urllib.parse.quote(project, safe='')}/merge_requests/{number}/notes"
        thread = Thread(Api(self.variables["CI_API_V4_URL"], {"PRIVATE-TOKEN": self.token}), notes, notes + "/{}", "PUT")
        try:
            print(f"segue review: the note {repeated(lambda: thread.put(marker, text), 'GitLab')}")
        except Refused as error:
            reasons = {401: "the token is not valid, or has expired; a job token cannot write notes",
                       403: "the token may not write notes; it needs the scope `api` and the role Reporter",
                       404: "the token does not see this project, or the merge request is gone"}
            raise Broken(f"GitLab refuses the note: {reasons.get(error.status, 'see its message')} "
                         f"({error.status} {error.message})") from None


def host_of(arguments):
    name = arguments.host
    if not name:
        name = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "gitlab" if os.environ.get("GITLAB_CI") == "true" else "none"
    return {"github": GitHub, "gitlab": GitLab}[name](arguments.token) if name != "none" else Terminal()
