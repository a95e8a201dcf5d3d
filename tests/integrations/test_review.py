"""The review script: what it runs, what it writes, and what it makes of failures."""
import json
import unittest

import findings
import markdown
import steps
from review_case import BROKEN, RULES, ReviewCase


class Review(ReviewCase):
    def test_a_sound_change(self):
        self.write("rules/segments/more.seg", "segment more {\n  where employees >= 10\n}\n")
        self.commit("more")
        done = self.review("--base", "main", "--as-of", "2026-01-01")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for part in ("no step fails", "| ✅ | `check` | no problems found |", "| ✅ | `test` | 1 passed, 0 failed |", "`more`"):
            self.assertIn(part, done.stdout)
        self.assertEqual(self.output("review.md"), done.stdout[:-1])

    def test_errors_stop_what_needs_sound_rules(self):
        self.write("rules/segments/bad.seg", BROKEN)
        self.commit("bad")
        done = self.review("--base", "main")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("| ❌ | `check` | 1 error |", done.stdout)
        self.assertEqual(done.stdout.count("left out: the rules have errors"), 3)
        self.assertIn("`rules/segments/bad.seg:2`: unknown column `employes`", done.stdout)
        [result] = json.loads(self.output("segue.sarif"))["runs"][0]["results"]
        self.assertEqual(result["ruleId"], "unknown-column")
        [entry] = json.loads(self.output("code-quality.json"))
        self.assertEqual((entry["check_name"], entry["severity"], entry["location"]),
                         ("unknown-column", "critical", {"path": "rules/segments/bad.seg", "lines": {"begin": 2}}))

    def test_layout_and_failed_tests(self):
        self.write("rules/segments/big.seg", RULES.replace("  where employees >= 200", " where employees>=400"))
        self.commit("change")
        done = self.review("--steps", "check, fmt test")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("| ❌ | `fmt` | 1 file to format: run `segue fmt` |", done.stdout)
        self.assertIn("| ❌ | `test` | 0 passed, 1 failed |", done.stdout)
        results = json.loads(self.output("segue.sarif"))["runs"][0]["results"]
        self.assertEqual([r["ruleId"] for r in results], ["failed-test", "unformatted"])
        self.assertEqual(results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "rules/segments/big.seg")

    def test_what_diff_fails_on(self):
        self.write("rules/segments/big.seg", RULES.replace("segment big", "segment large"))
        self.write("rules/segments/tests.seg", "")
        self.commit("rename")
        done = self.review("--base", "main", "--steps", "diff")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("| ❌ | `diff` | fails on breaking |", done.stdout)
        done = self.review("--base", "main", "--steps", "diff", "--fail-on", "nothing")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_data_that_are_not_there(self):
        (self.folder / "rules/data/accounts.csv").unlink()
        self.write("rules/segments/big.seg", RULES.replace("  except", "  except").replace("customer\n}", "customer\n  expect not empty\n}"))
        self.commit("no data")
        self.assertEqual(self.review("--steps", "test").returncode, 2)
        done = self.review("--steps", "check test", "--data", "no")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_base_that_is_not_in_the_clone(self):
        done = self.review("--base", "origin/main")
        self.assertEqual(done.returncode, 2)
        self.assertIn("`origin/main` is not in this clone; fetch the whole history (`fetch-depth: 0`", done.stderr)

    def test_a_command_that_is_not_there(self):
        done = self.review("--segue", "no-such-segue")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no command `no-such-segue` here; install it", done.stderr)

    def test_calls_that_are_wrong(self):
        self.assertIn("there is no step `tests`", self.review("--steps", "tests").stderr)
        self.assertIn("takes `yes` or `no`, not `perhaps`", self.review("--strict", "perhaps").stderr)


class Markdown(unittest.TestCase):
    def test_messages_hold_no_tags_and_no_mentions(self):
        self.assertEqual(markdown.plain("<b> of @acme | `a|<b>@` *x*"), "&lt;b&gt; of @\u200bacme \\| `a|<b>@` \\*x\\*")
        self.assertEqual(markdown.plain("an odd ` here"), "an odd ' here")

    def test_a_text_that_is_too_long_is_cut_where_all_is_closed(self):
        text = "<!-- m -->\n<details><summary>x</summary>\n\n```text\n" + "a line\n" * 20_000 + "```\n</details>\n"
        short = markdown.cut(text, 65_000)
        self.assertLessEqual(len(short), 65_000)
        self.assertIn("a line\n```\n\n</details>\n", short)
        self.assertIn("cut here", short)
        self.assertEqual(markdown.cut("short", 65_000), "short")

    def test_a_fence_is_longer_than_what_stands_in_it(self):
        self.assertEqual(markdown.fenced("a ```` b"), "`````text\na ```` b\n`````\n")

    def test_many_findings_are_counted(self):
        many = [findings.Finding("r", "error", f"m{i}", "a.seg", {"startLine": i}, "") for i in range(1, 41)]
        self.assertIn("- and 10 more\n", markdown.findings_text(many))


class Findings(unittest.TestCase):
    def document(self, *rules):
        return {"runs": [{"tool": {"driver": {"rules": [{"id": rule} for rule in rules]}}, "properties": {"passed": 1},
                          "results": [{"ruleId": rule, "ruleIndex": i, "level": "error", "message": {"text": rule},
                                       "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b.seg"}}}]}
                                      for i, rule in enumerate(rules)]}]}

    def test_documents_become_one_run_with_each_finding_once(self):
        [run] = findings.merged([self.document("a", "b"), self.document("c", "b")])["runs"]
        self.assertEqual([rule["id"] for rule in run["tool"]["driver"]["rules"]], ["a", "b", "c"])
        self.assertEqual([(r["ruleId"], r["ruleIndex"]) for r in run["results"]], [("a", 0), ("b", 1), ("c", 2)])
        self.assertNotIn("properties", run)

    def test_paths_are_read_back(self):
        [finding] = findings.of_sarif(self.document("a"))
        self.assertEqual((finding.path, finding.region), ("a b.seg", {}))

    def test_exit_codes(self):
        codes = lambda *all: steps.Review("p", [steps.Step("x", code, "") for code in all], []).exit_code()  # noqa: E731
        self.assertEqual([codes(), codes(0, 0), codes(0, 1), codes(1, 2), codes(70)], [0, 0, 1, 2, 2])
