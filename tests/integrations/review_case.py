"""What the tests share: a git repository with a project, and calls of the review script."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEGUE = pathlib.Path("segue")

PROJECT = "language: 1\nschema: schema.yaml\nrules: [segments/*.seg]\nsources: {account: data/accounts.csv}\n"
SCHEMA = "account:\n  key: account_id\n  columns: {account_id: text, employees: int?, customer: bool}\n"
RULES = 'segment big "Big ones" {\n  where employees >= 200\n  except customer\n}\n'
TESTS = 'test "big" {\n  account one {employees: 300, customer: false}\n  expect one: big\n}\n'
DATA = "account_id,employees,customer\nA1,900,false\nA2,100,false\nA3,,true\n"
BROKEN = "segment bad {\n  where employes > 1\n}\n"


def clean_environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GITLAB_", "CI", "SEGUE_", "GIT_"))}
    return {**kept, "LC_ALL": "C.UTF-8", "SEGUE_REVIEW_PAUSE": "0.01", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **more}


class ReviewCase(unittest.TestCase):
    """Each test has a repository whose `main` holds a sound project in the folder `rules`, and which is on the branch `change`."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="segue-review-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for path, text in (("segue.yaml", PROJECT), ("schema.yaml", SCHEMA), ("segments/big.seg", RULES), ("segments/tests.seg", TESTS),
                           ("data/accounts.csv", DATA)):
            self.write("rules/" + path, text)
        self.git("init", "-q", "-b", "main")
        self.commit("start")
        self.git("switch", "-q", "-c", "change")

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def git(self, *words):
        done = subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *words], cwd=self.folder, text=True, capture_output=True,
                              env=clean_environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def review(self, *words, **environment):
        return subprocess.run([sys.executable, str(ROOT / "integrations/review/review.py"), "--segue", str(SEGUE), "--project", "rules", *words],
                              cwd=self.folder, text=True, encoding="utf-8", capture_output=True, env=clean_environment(**environment), timeout=120)

    def output(self, name):
        return (self.folder / "segue-review" / name).read_text(encoding="utf-8")

    def event(self, **more):
        """The variables of a pull request's job on GitHub."""
        request = {"number": 7, "base": {"sha": self.git("rev-parse", "main"), "repo": {"full_name": "acme/rules"}},
                   "head": {"sha": self.git("rev-parse", "HEAD"), "repo": {"full_name": "acme/rules"}}}
        for side, name in more.items():
            request[side]["repo"]["full_name"] = name
        event = self.folder / ".git" / f"event{'-'.join(more.values()).replace('/', '-')}.json"
        event.write_text(json.dumps({"pull_request": request}))
        return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event), "GITHUB_REPOSITORY": "acme/rules"}
