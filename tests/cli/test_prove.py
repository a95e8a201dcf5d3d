"""`segue prove`: expectations proved and refuted, examples that are tests, findings, and what is kept."""
import pathlib
import re
import tempfile

from command import CommandTest

EXPECTING = """\
segment large {
  where employees >= 500
  expect not empty
}

segment small {
  where not employees >= 500
  expect disjoint from large
  expect subset of counted
}

segment counted {
  where employees is known
}
"""

RELATED = """\
segment reached {
  where count(contacts where active) >= 2
  expect subset of titled
}

segment titled {
  where any(contacts where title is known)
}

audience invited of contacts {
  where active
  expect disjoint from nameless
}

define nameless for contacts = title is missing

segment recent {
  where any(events within last 7 days)
  expect disjoint from quiet
}

segment quiet {
  where none(events within last 3 days)
}
"""


def parameters(count):
    return "define above(n: int) = employees >= n and employees >= 100\n\n" + "\n\n".join(
        f"segment s{n} {{\n  where above({n})\n}}" for n in count) + "\n"


class Proofs(CommandTest):
    def setUp(self):
        super().setUp()
        self.cache = tempfile.mkdtemp(dir=self.folder)

    def prove(self, rules, *words, **more):
        self.write("segments/rules.seg", rules)
        return self.segue("prove", *words, env=self.environment(SEGUE_CACHE_DIR=self.cache), **more)

    def test_each_expectation_has_an_answer(self):
        result = self.prove(EXPECTING, "--format", "json")
        self.assert_code(result, 1)
        document = result.json
        self.assertEqual((document["format"], document["diagnostics"]), ("segue.prove/1", []))
        verdicts = {(e["definition"], e["text"]): e["verdict"] for e in document["expectations"]}
        self.assertEqual(verdicts, {("large", "not empty"): "proved", ("small", "disjoint from large"): "proved", ("small", "subset of counted"): "refuted"})
        refuted = document["expectations"][2]
        self.assertEqual(refuted["example"]["accounts"], [{"name": None, "values": {"employees": "missing"}}])
        self.assertEqual((refuted["file"], refuted["line"]), ("segments/rules.seg", 9))

    def test_a_refuted_expectation_comes_with_a_test_that_fails(self):
        for rules in (EXPECTING, RELATED):
            tests = [e["test"] for e in self.prove(rules, "--format", "json", "--as-of", "2026-03-01").json["expectations"] if e["verdict"] == "refuted"]
            self.assertGreater(len(tests), 0)
            self.write("segments/tests.seg", "\n".join(tests))
            self.assert_code(self.segue("check"), 0)
            self.assert_code(self.segue("fmt", "--check"), 0)
            result = self.segue("test", "--no-data", "--format", "json")
            self.assert_code(result, 1)
            self.assertEqual((result.json["passed"], result.json["failed"]), (0, len(tests)))
            (self.folder / "segments/tests.seg").unlink()

    def test_related_rows_and_windows(self):
        verdicts = {e["definition"]: e["verdict"] for e in self.prove(RELATED, "--format", "json").json["expectations"]}
        self.assertEqual(verdicts, {"reached": "refuted", "invited": "refuted", "recent": "refuted"})

    def test_an_account_that_is_in_passes_its_test(self):
        [expectation] = self.prove("segment a {\n  where count(contacts where active) = 3 and employees between 7 and 8\n  expect not empty\n}\n",
                                   "--format", "json").json["expectations"]
        self.assertEqual(expectation["verdict"], "proved")
        self.write("segments/tests.seg", expectation["test"])
        self.assert_code(self.segue("test", "--no-data", "is not empty"), 0)

    def test_findings_fail_when_strict(self):
        rules = "segment a {\n  where employees >= 5 and employees >= 3\n}\n"
        result = self.prove(rules)
        self.assert_code(result, 0)
        self.assertIn("`employees >= 3` never matters in `a`: whatever meets `employees >= 5` meets it too", result.out)
        self.assertTrue(result.out.endswith("no expectations to prove; 1 finding\n"))
        self.assert_code(self.prove(rules, "--strict"), 1)
        self.assert_code(self.prove("segment a {\n  where employees >= 5\n}\n", "--strict"), 0)

    def findings(self, rules, *words):
        return [(f["kind"], f["definition"]) for f in self.prove(rules, "--format", "json", *words).json["findings"]]

    def test_what_never_and_always_holds(self):
        self.assertEqual(self.findings("segment a {\n  where any(contacts where active) and count(contacts) < 1\n}\n"), [("never-holds", "a")])
        self.assertEqual(self.findings("segment a {\n  where not customer or employees > 5 or customer\n}\n"), [("always-holds", "a")])
        self.assertEqual(self.findings("score a {\n  +1 when any(contacts) and none(contacts)\n}\n"), [("never-holds", "a")])

    def test_of_two_equal_clauses_one_is_told_of(self):
        self.assertEqual(self.findings("segment a {\n  where customer and employees > 3 and customer\n}\n"), [("never-matters", "a")])
        nested = "segment a {\n  where customer and (employees > 3 or (customer and employees > 5 and name is known))\n}\n"
        self.assertEqual(self.findings(nested), [("never-matters", "a")])

    def test_clauses_inside_related_rows_and_exceptions(self):
        self.assertEqual(self.findings('segment a {\n  where any(contacts where title = "CEO" and title != "CFO")\n}\n'), [("never-matters", "a")])
        result = self.prove("segment a {\n  where employees > 500\n  except employees < 100\n}\n")
        self.assertIn("`except` of `employees < 100` never matters in `a`: whatever meets `employees > 500` never meets it", result.out)

    def test_questions_about_presence_are_left_alone(self):
        self.assertEqual(self.findings("segment a {\n  where employees is known and employees > 3\n}\n"), [])

    def test_rows_that_are_never_reached(self):
        tiers = "tiers t {\n  a: employees >= 10\n  b: employees >= 20\n  c: not customer\n}\n"
        self.assertEqual(self.findings(tiers), [("shadowed-row", "t")])
        self.assertEqual(self.findings(tiers.replace("tiers", "stages")), [])
        total = "stages t {\n  a: customer\n  b: not customer\n  otherwise c\n}\n"
        self.assertEqual(self.findings(total), [("shadowed-row", "t")])

    def test_meanings(self):
        same = "segment a {\n  where employees >= 10 and not customer\n}\n\nsegment b {\n  where not (customer or not employees > 9)\n}\n"
        self.assertEqual(self.findings(same), [("same-meaning", "b")])
        self.assertEqual(self.findings("segment a {\n  where customer\n}\n\nsegment b {\n  where a\n}\n"), [])
        scores = "score a {\n  +1 when customer\n  +2 when employees > 3\n}\n\nscore b {\n  +2 when employees >= 4\n  +1 when customer\n}\n"
        self.assertEqual(self.findings(scores), [("same-meaning", "b")])

    def test_a_definition_with_parameters_is_told_of_what_is_so_for_each_use(self):
        self.assertEqual(self.findings(parameters([50, 200])), [])
        self.assertEqual([kind for kind, _ in self.findings(parameters([150, 200]))], ["never-matters"])

    def test_names_choose(self):
        document = self.prove(EXPECTING, "--format", "json", "large").json
        self.assertEqual([e["definition"] for e in document["expectations"]], ["large"])
        result = self.prove(EXPECTING, "larg")
        self.assert_code(result, 2)
        self.assertIn("did you mean `large`?", result.err)

    def test_errors_in_rules(self):
        result = self.prove("segment a {\n  where employes > 3\n}\n", "--format", "json")
        self.assert_code(result, 1)
        self.assertEqual(result.codes(), ["unknown-column"])

    def test_only_what_changed_is_proved_again(self):
        first = self.prove(RELATED, "--format", "json").json
        self.assertEqual(first["kept"], 0)
        moved = "# a line more\n\n" + RELATED.replace("segment titled", "segment named").replace("titled", "named")
        second = self.prove(moved, "--format", "json").json
        self.assertEqual((second["kept"], second["claims"]), (first["claims"], first["claims"]))
        self.assertEqual([e["verdict"] for e in second["expectations"]], [e["verdict"] for e in first["expectations"]])
        changed = self.prove(RELATED.replace(">= 2", ">= 3"), "--format", "json").json
        self.assertTrue(0 < changed["kept"] < changed["claims"])
        off = self.segue("prove", "--format", "json", env=self.environment(SEGUE_CACHE="off")).json
        self.assertEqual(off["kept"], 0)

    def test_damaged_proofs_are_made_anew(self):
        first = self.prove(RELATED, "--format", "json").json
        for file in pathlib.Path(self.cache).iterdir():
            content = file.read_bytes()
            file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        second = self.prove(RELATED, "--format", "json").json
        self.assertEqual((second["kept"], second["expectations"]), (0, first["expectations"]))

    def test_reviews(self):
        result = self.prove(EXPECTING, "--format", "github")
        self.assert_code(result, 1)
        self.assertTrue(re.match(r"::error file=segments/rules\.seg,line=9,.*title=refuted-expectation::", result.out))
        sarif = self.prove(EXPECTING, "--format", "sarif").json
        self.assertEqual([r["ruleId"] for r in sarif["runs"][0]["results"]], ["refuted-expectation"])

    def test_tests_say_what_is_proved_and_fail_on_data_only(self):
        self.write("segments/rules.seg", EXPECTING)
        self.write("data/accounts.csv", "account_id,name,industry,employees,customer,joined_on\nA1,Acme,Software,900,false,\n")
        result = self.segue("test")
        self.assert_code(result, 0)
        self.assertIn("proved      expect small: disjoint from large\nnot proved  expect small: subset of counted; ", result.out)
        self.assertTrue(result.out.endswith("3 passed, 0 failed\n"))
        proofs = self.segue("test", "--format", "json").json["proofs"]
        self.assertEqual(proofs[2], {"name": "expect small: subset of counted", "verdict": "refuted"})
        self.assertNotIn("proofs", self.segue("test", "large: not full", "--format", "json").out)
