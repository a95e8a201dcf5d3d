"""One comment, updated in place, on stand-ins of GitHub and GitLab."""
import json
import pathlib
import unittest

import findings
import hosts
from review_case import BROKEN, ReviewCase
from stand_in import StandIn

MARKER = "<!-- segue-review rules -->"


class Host(ReviewCase):
    kind = "github"

    def setUp(self):
        super().setUp()
        self.api = StandIn(self.kind)
        self.addCleanup(self.api.close)

    def run_here(self, *words, token="secret", **more):
        return self.review("--steps", "check", *words, **{**self.event(), "GITHUB_API_URL": self.api.url, "SEGUE_TOKEN": token, **more})

    def ours(self):
        return [comment for comment in self.api.comments if comment["body"].startswith(MARKER)]

    def assert_done(self, done, code=0):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def test_the_comment_is_written_once_and_then_changed_in_place(self):
        for i in range(130):
            self.api.add(f"comment {i}" if i else f"> {MARKER} quoted")
        self.assert_done(self.run_here())
        [comment] = self.ours()
        self.assertIn("no problems found", comment["body"])
        self.assertEqual(self.api.comments.index(comment), 130)
        self.api.add("later")
        self.write("rules/segments/bad.seg", BROKEN)
        self.assert_done(self.run_here(), 1)
        [changed] = self.ours()
        self.assertEqual(changed["id"], comment["id"])
        self.assertIn("unknown column", changed["body"])
        writes = len(self.api.calls)
        self.assert_done(self.run_here(), 1)
        self.assertEqual([method for method, _ in self.api.calls[writes:]], ["GET", "GET"])  # nothing to say anew

    def test_projects_have_comments_of_their_own(self):
        self.api.add("<!-- segue-review other -->\nanother project")
        self.assert_done(self.run_here())
        self.assertEqual(len(self.api.comments), 2)
        self.assertEqual(self.api.comments[0]["body"], "<!-- segue-review other -->\nanother project")

    def test_failures_that_pass_are_waited_for(self):
        self.api.failures = [("GET", 502, {}, False), ("GET", 429, {"Retry-After": "0"}, False), ("POST", 503, {}, False)]
        self.assert_done(self.run_here())
        self.assertEqual(len(self.ours()), 1)

    def test_a_write_that_failed_after_it_was_done_is_not_done_twice(self):
        self.api.failures = [("POST", 500, {}, True)]
        self.assert_done(self.run_here())
        self.assertEqual(len(self.ours()), 1)

    def test_failures_that_stay_end_it(self):
        self.api.failures = [("GET", 500, {}, False)] * 5
        done = self.run_here()
        self.assert_done(done, 2)
        self.assertIn("could not be reached in 5 attempts: 500", done.stderr)

    def test_a_token_that_is_not_valid(self):
        done = self.run_here(token="other")
        self.assert_done(done, 2)
        self.assertIn("the token is not valid", done.stderr)
        self.assertNotIn("other", done.stdout + done.stderr)

    def test_no_comment_where_none_is_wanted_or_no_token_is_there(self):
        self.assert_done(self.run_here("--comment", "no"))
        done = self.run_here(token="")
        self.assert_done(done)
        self.assertIn("no token", done.stdout)
        self.assertEqual(self.api.calls, [])

    def test_a_refusal_says_what_to_do(self):
        self.api.failures = [("POST", 403, {}, False)]
        done = self.run_here()
        self.assert_done(done, 2)
        self.assertIn({"github": "pull-requests: write", "gitlab": "the scope `api`"}[self.kind], done.stderr)


class GitHub(Host):
    def test_a_fork_gets_the_summary(self):
        self.api.failures = [("POST", 403, {}, False)]
        summary = self.folder / "summary.md"
        done = self.run_here(**self.event(head="stranger/rules"), GITHUB_STEP_SUMMARY=str(summary))
        self.assert_done(done)
        self.assertIn("comes from a fork", done.stdout)
        self.assertIn("no problems found", summary.read_text())

    def test_annotations_and_outputs(self):
        self.write("rules/segments/bad.seg", BROKEN)
        outputs = self.folder / "outputs"
        done = self.run_here(GITHUB_OUTPUT=str(outputs))
        self.assertIn("::error file=rules/segments/bad.seg,line=2,endLine=2,col=9,endColumn=17,title=unknown-column::unknown column `employes`",
                      done.stdout)
        self.assertIn("result=failed", outputs.read_text())
        self.assertTrue((self.folder / "segue-review/segue.sarif").exists())

    def test_what_is_no_pull_request_has_no_comment(self):
        event = pathlib.Path(self.event()["GITHUB_EVENT_PATH"])
        event.write_text(json.dumps({"ref": "refs/heads/main"}))
        done = self.review("--steps", "check", GITHUB_ACTIONS="true", GITHUB_EVENT_PATH=str(event), SEGUE_TOKEN="secret")
        self.assert_done(done)
        self.assertIn("no pull request here", done.stdout)

    def test_annotations_hold_what_the_runner_would_take_apart(self):
        finding = findings.Finding("failed-test", "note", "50%: a\nb", "a,b.seg", {"startLine": 1, "endLine": 3, "startColumn": 2}, "")
        self.assertEqual(hosts.annotation(finding), "::notice file=a%2Cb.seg,line=1,endLine=3,title=failed-test::50%25: a%0Ab")


class GitLab(Host):
    kind = "gitlab"

    def run_here(self, *words, token="secret", **more):
        variables = {"GITLAB_CI": "true", "CI_API_V4_URL": self.api.url, "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7",
                     "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.git("rev-parse", "main"), "CI_COMMIT_SHA": self.git("rev-parse", "HEAD")}
        return self.review("--steps", "check", *words, **{**variables, "SEGUE_TOKEN": token, **more})


del Host  # its tests run as those of the two
