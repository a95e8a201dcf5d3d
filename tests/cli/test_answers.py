"""`segue run` over tiers, stages, grids, splits and audiences: the document, outputs, suppressed accounts, expectations, earlier outputs."""
import csv
import io
import unittest

import command
from command import AS_OF, CommandTest

try:
    import pyarrow.parquet
except ImportError:
    pyarrow = None

RULES = """\
segment icp "Ideal" {
  owner: "ops"
  tags: [abm, core]
  where employees >= 200 and industry in [Software, Fintech]
  except customer
}

segment customers {
  tags: [abm]
  where customer
}

score interest {
  +10 * count(events within last 30 days)
}

tiers coverage "Coverage" {
  one "Tier 1": icp top 1 by interest
  two "Tier 2": icp
}

stages journey {
  known: employees is known
  hot: any(events within last 30 days)
  otherwise cold
}

grid layers {
  by industry in [Software, Retail]
  by customer
}

split halves seed "2026" {
  control 50%
  treated 50%
}

audience chiefs "Chiefs" of contacts {
  owner: "field"
  where title in ["CEO", "CFO"] and active
}
"""


class AnswersTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("segments/rules.seg", RULES)

    def expect(self, definition, *lines):
        """The rules with expectations at the end of a definition."""
        head, tail = RULES.split(definition, 1)
        end = tail.index("\n}")
        self.write("segments/rules.seg", head + definition + tail[:end] + "".join(f"\n  expect {line}" for line in lines) + tail[end:])

    def found(self, result, name):
        return {key: value for key, value in self.definition(result, name).items() if key not in ("file", "line", "title", "kind", "name")}


class Document(AnswersTest):
    def test_each_kind_has_its_own_fields(self):
        result = self.run_json()
        self.assert_code(result, 0)
        self.assertEqual([(d["name"], d["kind"]) for d in result.json["definitions"]],
                         [("icp", "segment"), ("customers", "segment"), ("interest", "score"), ("coverage", "tiers"), ("journey", "stages"),
                          ("layers", "grid"), ("halves", "split"), ("chiefs", "audience")])
        self.assertEqual(self.found(result, "coverage"),
                         {"owner": "", "tags": [], "values": [{"name": "one", "title": "Tier 1", "size": 1}, {"name": "two", "title": "Tier 2", "size": 1},
                                                              {"name": None, "title": "", "size": 3}], "undetermined": 1, "suppressed": 0})
        self.assertEqual([(v["name"], v["size"]) for v in self.found(result, "journey")["values"]], [("cold", 1), ("known", 3), ("hot", 1)])
        self.assertEqual([(v["name"], v["size"]) for v in self.found(result, "layers")["values"]],
                         [("Software/true", 1), ("Software/false", 2), ("Retail/true", 0), ("Retail/false", 1), (None, 1)])
        self.assertEqual(sum(v["size"] for v in self.found(result, "halves")["values"]), 5)
        self.assertEqual(self.found(result, "chiefs"), {"owner": "field", "tags": [], "size": 2, "accounts": 2, "share": 0.4, "undetermined": 0, "suppressed": 0})
        self.assertEqual((self.found(result, "icp")["owner"], self.found(result, "icp")["tags"]), ("ops", ["abm", "core"]))

    def test_both_engines_give_the_same_document(self):
        words = ("--assess", "--audit", "--history", "weekly", "2")
        documents = {self.run_json(*words, "--engine", engine, "--threads", threads).out for engine, threads in (("native", "1"), ("native", "3"), ("interpreter", "1"))}
        self.assertEqual(len(documents), 1)

    def test_no_accounts_at_all(self):
        self.write("data/accounts.csv", command.ACCOUNTS.splitlines()[0] + "\n")
        self.write("data/contacts.csv", "contact_id,account_id,title,active\n")
        self.write("data/events.csv", "account_id,at,kind\n")
        for engine in ("native", "interpreter"):
            result = self.run_json("--engine", engine, "--assess", "--audit")
            self.assert_code(result, 0)
            self.assertEqual([v["size"] for v in self.found(result, "coverage")["values"]], [0, 0])

    def test_people_see_values_indented_with_bars(self):
        result = self.segue("run", *AS_OF)
        self.assert_code(result, 0)
        self.assertRegex(result.out, r"  tiers +title +accounts +share +undetermined\n  coverage +Coverage +2 +40\.0 % +1\n    one +Tier 1 +1 +20\.0 % +█+")
        self.assertRegex(result.out, r"    \(none\) +3 +60\.0 %")
        self.assertRegex(result.out, r"  chiefs +Chiefs +2 +contacts +2 +40\.0 % +█+\S* +field\n")
        self.assertRegex(result.out, r"  icp +Ideal +.* ops +abm, core\n")

    def test_many_values_are_cut_to_the_largest(self):
        values = ", ".join(f"v{i}" for i in range(60))
        self.write("schema.yaml", command.SCHEMA.replace("    name: text\n", f"    name: text\n    kind: {{type: enum, values: [{values}]}}\n"))
        self.write("data/accounts.csv", "account_id,name,kind,industry,employees,customer,joined_on\n" + "".join(f"A{i},x,v{i % 50},Software,5,false,\n" for i in range(70)))
        self.write("segments/rules.seg", "grid wide {\n  by kind\n}\n")
        result = self.segue("run", *AS_OF)
        self.assert_code(result, 0)
        self.assertIn("and 20 smaller values, 10 of them empty", result.out)
        self.assertEqual(len(self.run_json().json["definitions"][0]["values"]), 60)


class Expectations(AnswersTest):
    def held(self, result):
        return [e["holds"] for e in result.json["expectations"]]

    def test_each_value_and_one_value(self):
        self.expect("tiers coverage", "each size at least 1", "one size at most 1", "two size at least 2", "each size between 2 and 5")
        result = self.run_json()
        self.assert_code(result, 1)
        self.assertEqual(self.held(result), [True, True, False, False])
        messages = [d["message"] for d in result.json["diagnostics"]]
        self.assertIn("`coverage` was expected to have `two size at least 2`; it has 1 of 5 accounts, 20 % in `two`", messages)
        self.assertIn("`coverage` was expected to have `each size between 2 and 5`; it has 1 account in `one`, 1 account in `two`", messages)

    def test_sets_are_compared(self):
        self.expect("segment icp", "disjoint from customers", "subset of customers", "not empty")
        result = self.run_json("icp")
        self.assert_code(result, 1)
        self.assertEqual(self.held(result), [True, False, True])
        self.assertEqual(result.json["diagnostics"][0]["message"], "`icp` was expected to be `subset of customers`; it has 2 accounts outside `customers`")

    def test_an_audience_counts_rows(self):
        self.expect("audience chiefs", "size between 2 and 2", "share at most 40%", "undetermined below 1")
        self.assertEqual(self.held(self.run_json("chiefs")), [True, True, True])

    def test_moves_are_not_judged_without_an_earlier_output(self):
        self.expect("segment icp", "moved below 10%")
        result = self.run_json("icp")
        self.assert_code(result, 0)
        self.assertEqual(self.held(result), [None])
        self.assertIn("? icp: moved below 10% (needs an earlier output: `--previous PATH`)", self.segue("run", "icp", *AS_OF).out)

    def test_moves_are_judged_against_an_earlier_output(self):
        self.assert_code(self.segue("run", *AS_OF, "--out", "o.csv"), 0)
        self.expect("segment icp", "moved below 10%", "moved at most 1")
        self.write("data/accounts.csv", command.ACCOUNTS.replace("A2,Beta,Fintech,250", "A2,Beta,Fintech,100"))
        result = self.run_json("icp", "--previous", "o.csv")
        self.assert_code(result, 1)
        self.assertEqual(self.held(result), [False, True])
        self.assertIn("it has 1 moved of 5 accounts, 20 %", result.json["diagnostics"][0]["message"])


class Output(AnswersTest):
    def rows(self, path):
        return list(csv.reader(io.StringIO(self.read(path))))

    def test_values_are_texts(self):
        self.assert_code(self.segue("run", "icp", "coverage", "journey", *AS_OF, "--out", "o.csv"), 0)
        self.assertEqual(self.rows("o.csv"), [["account_id", "icp", "coverage", "journey"], ["A1", "true", "one", "hot"], ["A2", "true", "two", "known"],
                                              ["A3", "false", "", "known"], ["A4", "false", "", "cold"], ["A5", "false", "", "known"]])
        self.assert_code(self.segue("run", "icp", "coverage", *AS_OF, "--out", "l.csv", "--layout", "long"), 0)
        self.assertEqual(self.rows("l.csv"), [["account", "definition", "value"], ["A1", "icp", "true"], ["A1", "coverage", "one"], ["A2", "icp", "true"],
                                              ["A2", "coverage", "two"]])

    def test_a_single_file_leaves_audiences_out_with_a_note(self):
        result = self.run_json("--out", "o.csv")
        self.assert_code(result, 0)
        self.assertEqual([(d["code"], d["severity"]) for d in result.json["diagnostics"]], [("audience-left-out", "note")])
        self.assertNotIn("chiefs", self.rows("o.csv")[0])
        self.assertIn("`chiefs` is an audience", self.segue("run", *AS_OF, "--out", "o.csv").err)

    @unittest.skipIf(pyarrow is None, "needs the wheel's Python")
    def test_a_folder_gets_a_file_for_each_audience(self):
        result = self.run_json("--out", "all/")
        self.assert_code(result, 0)
        self.assertEqual(result.json["diagnostics"], [])
        self.assertEqual(sorted(p.name for p in (self.folder / "all").iterdir()), ["accounts.parquet", "chiefs.parquet"])
        self.assertEqual(pyarrow.parquet.read_table(self.folder / "all/chiefs.parquet").to_pydict(), {"contact_id": ["C1", "C3"], "account_id": ["A1", "A2"]})
        self.assertEqual(pyarrow.parquet.read_table(self.folder / "all/accounts.parquet").column("coverage").to_pylist(), ["one", "two", None, None, None])

    @unittest.skipIf(pyarrow is None, "needs the wheel's Python")
    def test_suppressed_accounts_are_in_no_file_and_are_told(self):
        self.write("out.csv", "A1\nA77\n")
        self.write("segue.yaml", command.PROJECT + "suppress: [out.csv]\n")
        result = self.run_json("--out", "all/")
        self.assert_code(result, 0)
        self.assertEqual(pyarrow.parquet.read_table(self.folder / "all/accounts.parquet").column("account_id").to_pylist(), ["A2", "A3", "A4", "A5"])
        self.assertEqual(pyarrow.parquet.read_table(self.folder / "all/chiefs.parquet").column("contact_id").to_pylist(), ["C3"])
        self.assertEqual((self.found(result, "icp")["size"], self.found(result, "icp")["suppressed"]), (2, 1))
        self.assertEqual((self.found(result, "chiefs")["size"], self.found(result, "chiefs")["suppressed"]), (2, 1))
        self.assertEqual(self.found(result, "coverage")["suppressed"], 1)
        self.assertEqual(result.json["suppressed"], {"accounts": 1, "lists": [{"path": "out.csv", "by": "account_id", "values": 2, "unmatched": 1, "accounts": 1}]})
        self.assertIn("suppressed by out.csv: 1 account; 1 value of `account_id` belongs to no account", self.segue("run", *AS_OF).err)

    def test_a_missing_suppress_list_ends_the_run(self):
        self.write("segue.yaml", command.PROJECT + "suppress: [nowhere.csv]\n")
        result = self.run_json("--out", "o.csv")
        self.assert_code(result, 2)
        self.assertFalse((self.folder / "o.csv").exists())


class Previous(AnswersTest):
    def later(self):
        """A2 is too small now, A4 has a size, A5 is gone, A6 is new."""
        self.write("data/accounts.csv", """\
account_id,name,industry,employees,customer,joined_on
A6,Zeta,Software,500,false,
A1,Acme,Software,900,false,2026-01-05
A2,Beta,Fintech,100,false,
A3,Gamma,Retail,5000,false,2025-03-01
A4,Delta,Software,400,false,2025-03-01
""")
        self.write("data/contacts.csv", command.CONTACTS.replace("C3,A2,CFO,true", "C3,A2,CFO,false").replace("C4,A9", "C4,A6"))

    def moves(self, result, name):
        return [(m["from"], m["to"], m["size"]) for m in self.definition(result, name)["moved"]]

    def test_accounts_enter_leave_and_move(self):
        self.assert_code(self.segue("run", *AS_OF, "--out", "before/"), 0)
        self.later()
        for previous in ("before/", "before"):
            result = self.run_json("--previous", previous)
            self.assert_code(result, 0)
            icp, customers, chiefs = (self.definition(result, name) for name in ("icp", "customers", "chiefs"))
            self.assertEqual((icp["entered"], icp["left"]), (2, 1))
            self.assertEqual((customers["entered"], customers["left"]), (0, 1))
            self.assertEqual((chiefs["entered"], chiefs["left"]), (1, 1))
            self.assertEqual(self.moves(result, "coverage"), [("two", None, 1), (None, "two", 2)])
            self.assertEqual(self.moves(result, "journey"), [("cold", "known", 1), ("known", None, 1), (None, "known", 1)])
            self.assertEqual(self.moves(result, "interest"), [(0.0, None, 1), (None, 0.0, 1)])
            self.assertEqual(result.json["diagnostics"], [])
        self.assertRegex(self.segue("run", *AS_OF, "--previous", "before").out, r"  icp .* \+2 -1 ")

    def test_all_kinds_and_layouts_of_files_are_read(self):
        for path, layout in (("a.csv", "wide"), ("b.csv", "long"), ("c.parquet", "wide"), ("d.arrow", "long")):
            self.assert_code(self.segue("run", *AS_OF, "--out", path, "--layout", layout), 0)
        self.later()
        for path in ("a.csv", "b.csv", "c.parquet", "d.arrow"):
            result = self.run_json("--previous", path)
            self.assert_code(result, 0)
            self.assertEqual((self.definition(result, "icp")["entered"], self.definition(result, "icp")["left"]), (2, 1))
            self.assertEqual(self.moves(result, "coverage"), [("two", None, 1), (None, "two", 2)])
            self.assertEqual([d["code"] for d in result.json["diagnostics"]], ["not-in-previous"])

    def test_what_the_earlier_output_lacks_is_said(self):
        self.assert_code(self.segue("run", "icp", *AS_OF, "--out", "o.csv"), 0)
        result = self.run_json("icp", "coverage", "--previous", "o.csv")
        self.assert_code(result, 0)
        self.assertNotIn("moved", self.definition(result, "coverage"))
        self.assertEqual((self.definition(result, "icp")["entered"], self.definition(result, "icp")["left"]), (0, 0))
        self.assertEqual(result.codes(), ["not-in-previous"])

    def test_accounts_that_are_suppressed_now_are_left_out(self):
        self.assert_code(self.segue("run", "icp", *AS_OF, "--out", "o.csv"), 0)
        self.write("out.csv", "A1\n")
        self.write("segue.yaml", command.PROJECT + "suppress: [out.csv]\n")
        self.assert_code(self.segue("run", "icp", *AS_OF, "--out", "p.csv"), 0)
        for previous in ("o.csv", "p.csv"):
            icp = self.definition(self.run_json("icp", "--previous", previous), "icp")
            self.assertEqual((icp["entered"], icp["left"]), (0, 0))

    def test_files_that_are_no_output(self):
        self.assert_code(self.run_json("--previous", "nowhere.csv"), 2)
        result = self.run_json("--previous", "data/contacts.csv")
        self.assert_code(result, 1)
        self.assertEqual(result.codes(), ["broken-file"])

    def test_values_that_are_gone_still_have_a_name(self):
        self.assert_code(self.segue("run", "journey", *AS_OF, "--out", "o.csv"), 0)
        self.write("segments/rules.seg", RULES.replace("  hot:", "  warm:"))
        self.assertEqual(self.moves(self.run_json("journey", "--previous", "o.csv"), "journey"), [("hot", "warm", 1)])
