"""`--format github` and `--format sarif` of `segue check` and `segue test`."""
import subprocess

from command import RULES, CommandTest

WRONG = "segment bad {\n  where employes > 200\n}\n"
FAILING = 'test "small, is: not big" {\n  account one {employees: 5, industry: Retail, customer: false}\n  expect one: icp\n}\n'


class Github(CommandTest):
    def test_each_finding_is_a_line_and_the_verdict_stays(self):
        self.write("segments/bad.seg", WRONG)
        result = self.segue("check", "--format", "github")
        self.assert_code(result, 1)
        self.assertEqual((result.out, result.err), (
            "::error file=segments/bad.seg,line=2,endLine=2,col=9,endColumn=17,title=unknown-column::"
            "unknown column `employes` of `account`; did you mean `employees`?%0Afix: write `employees`\n1 error\n", ""))

    def test_paths_are_those_of_the_repository(self):
        self.write("segments/bad.seg", WRONG)
        for inside, expected in (("", "segments/bad.seg"), ("abm", "rules/abm/segments/bad.seg")):
            root = self.folder if not inside else self.folder / "other"
            if inside:
                (root / "rules").mkdir(parents=True)
                for name in ("segue.yaml", "schema.yaml", "segments", "data"):
                    (root / "rules" / inside).mkdir(exist_ok=True)
                    (self.folder / name).rename(root / "rules" / inside / name)
            subprocess.run(["git", "init", "-q", str(root)], check=True)
            result = self.segue("check", str(root / "rules" / inside if inside else root), "--format", "github", cwd="/")
            self.assertTrue(result.out.startswith(f"::error file={expected},"), result.out)

    def test_without_a_repository_paths_are_those_of_the_current_folder(self):
        self.write("segments/bad.seg", WRONG)
        self.assertIn(f"::error file={self.folder.name}/segments/bad.seg,",
                      self.segue("check", str(self.folder), "--format", "github", cwd=self.folder.parent).out)

    def test_a_failed_test_has_its_title_and_what_decided(self):
        self.write("segments/tests.seg", FAILING)
        result = self.segue("test", "--format", "github", "--no-data")
        self.assert_code(result, 1)
        line = result.out.splitlines()[0]
        self.assertTrue(line.startswith("::error file=segments/tests.seg,line=3,endLine=3,col=15,endColumn=18,title=small%2C is%3A not big::"), line)
        self.assertIn("%0A              employees is 5%0A", line)
        self.assertTrue(result.out.endswith("0 passed, 1 failed\n"))

    def test_broken_expectations_stand_where_they_are_written(self):
        self.write("segments/rules.seg", RULES.replace("  except customer\n", "  except customer\n  expect size at least 10\n"))
        result = self.segue("test", "--format", "github", "--as-of", "2026-03-01")
        self.assert_code(result, 1)
        self.assertIn("::error file=segments/rules.seg,line=10,endLine=10,", result.out)
        warned = self.segue("test", "--format", "github", "--as-of", "2026-03-01", "--expect", "warn")
        self.assert_code(warned, 0)
        self.assertIn("::warning file=segments/rules.seg,line=10,", warned.out)

    def test_what_ends_a_run_is_on_standard_error_too(self):
        result = self.segue("test", "--format", "github", "no such test")
        self.assert_code(result, 2)
        self.assertIn("::error title=unknown-definition::", result.out)
        self.assertIn("no test has `no such test`", result.err)

    def test_other_verbs_do_not_have_it(self):
        self.assertIn("`--format` takes `text` or `json`, not `github`", self.segue("run", "--format", "github").err)
        self.assertIn("`--format` takes `text`, `json`, `github` or `sarif`, not `xml`", self.segue("check", "--format", "xml").err)


class Sarif(CommandTest):
    def run_of(self, *words, code=1):
        result = self.segue(*words, "--format", "sarif")
        self.assert_code(result, code)
        document = result.json
        self.assertEqual((document["version"], document["$schema"]), ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json"))
        [run] = document["runs"]
        self.assert_sound(run)
        return run

    def assert_sound(self, run):
        """What SARIF 2.1.0 and code scanning require."""
        self.assertEqual(run["columnKind"], "unicodeCodePoints")
        rules = run["tool"]["driver"]["rules"]
        self.assertEqual(run["tool"]["driver"]["name"], "Segue")
        for rule in rules:
            self.assertTrue(rule["shortDescription"]["text"] and rule["help"]["text"], rule)
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            self.assertIn(result["level"], ("error", "warning", "note"))
            self.assertTrue(result["message"]["text"])
            self.assertTrue(result["partialFingerprints"])
            for location in result["locations"] + result.get("relatedLocations", []):
                place = location["physicalLocation"]
                self.assertFalse(place["artifactLocation"]["uri"].startswith("/"))
                region = place.get("region", {"startLine": 1})
                self.assertGreaterEqual(region["startLine"], 1)
                self.assertLessEqual((region["startLine"], region.get("startColumn", 1)),
                                     (region.get("endLine", region["startLine"]), region.get("endColumn", 10**9)))
        for invocation in run["invocations"]:
            self.assertIsInstance(invocation["executionSuccessful"], bool)

    def test_an_error_has_a_fix(self):
        self.write("segments/bad.seg", WRONG)
        [result] = self.run_of("check")["results"]
        [fix] = result["fixes"]
        [replacement] = fix["artifactChanges"][0]["replacements"]
        self.assertEqual(replacement, {"deletedRegion": {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 17},
                                       "insertedContent": {"text": "employees"}})

    def test_a_sound_project_has_no_results(self):
        run = self.run_of("check", code=0)
        self.assertEqual((run["results"], run["invocations"][0]["exitCode"]), ([], 0))

    def test_notes_with_a_place_are_related_locations(self):
        self.write("segments/twice.seg", "segment icp {\n  where customer\n}\n")
        [result] = self.run_of("check")["results"]
        self.assertEqual(result["relatedLocations"][0]["id"], 1)

    def test_tests_are_counted(self):
        self.write("segments/tests.seg", FAILING)
        run = self.run_of("test", "--no-data")
        self.assertEqual(run["properties"], {"passed": 0, "failed": 1})
        [result] = run["results"]
        self.assertEqual(result["ruleId"], "failed-test")
        self.assertTrue(result["message"]["text"].startswith("small, is: not big: "))

    def test_bad_data_have_rows(self):
        self.write("data/accounts.csv", "account_id,name,industry,employees,customer,joined_on\nA1,Acme,Software,many,false,2026-01-05\n")
        run = self.run_of("check", "--data", "--as-of", "2026-03-01")
        [result] = [r for r in run["results"] if r["level"] == "error"]
        self.assertEqual(result["properties"], {"table": "account", "column": "employees", "count": 1})
        self.assertEqual(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "data/accounts.csv")
        self.assertEqual(result["relatedLocations"][0]["message"]["text"], "row 1: `many`")

    def test_what_has_no_place_is_a_notification(self):
        run = self.run_of("test", "no such test", code=2)
        [invocation] = run["invocations"]
        self.assertEqual((run["results"], invocation["executionSuccessful"], invocation["exitCode"]), ([], False, 2))
        self.assertTrue(invocation["toolExecutionNotifications"][0]["message"]["text"])

    def test_proofs_are_counted(self):
        self.write("segments/rules.seg", RULES.replace("  except customer\n", "  except customer\n  expect disjoint from active\n"))
        run = self.run_of("prove")
        self.assertEqual({name: run["properties"][name] for name in ("proved", "refuted", "unknown")}, {"proved": 0, "refuted": 1, "unknown": 0})
        self.assertEqual(run["results"][0]["level"], "error")
