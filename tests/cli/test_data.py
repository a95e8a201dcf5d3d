"""Bad rows, orphans and broken files, as `run` and `check --data` show them."""
import command
from command import AS_OF, CommandTest

BAD = command.ACCOUNTS.replace("250", "many").replace("A3,Gamma", "A1,Gamma").replace("Retail", "Retial")


class BadRows(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("data/accounts.csv", BAD)

    def test_they_end_the_run_with_one_diagnostic_for_each_column_and_kind(self):
        result = self.run_json("icp")
        self.assert_code(result, 1)
        document = result.json
        self.assertEqual(document["definitions"], [])
        self.assertEqual(document["accounts"], None)
        self.assertEqual(document["data"][0], {"table": "account", "rows": 5, "bad_rows": 2, "orphans": 0})
        found = {(d["code"], d["table"], d["column"], d["count"], d["severity"]) for d in document["diagnostics"]}
        self.assertEqual(found, {("bad-value", "account", "employees", 1, "error"), ("value-outside-enum", "account", "industry", 1, "error"),
                                 ("repeated-row-key", "account", "account_id", 1, "error")})
        bad = next(d for d in document["diagnostics"] if d["code"] == "bad-value")
        self.assertEqual(bad["file"], "data/accounts.csv")
        self.assertEqual((bad["notes"][0]["row"], bad["notes"][0]["value"], bad["notes"][0]["start"]), (2, "many", {"line": 3}))

    def test_skip_leaves_them_out_and_warns(self):
        result = self.run_json("icp", "--on-bad-row", "skip")
        self.assert_code(result, 0)
        self.assertEqual(result.json["accounts"], 3)
        self.assertEqual(result.json["data"][0]["bad_rows"], 2)
        self.assertEqual({d["severity"] for d in result.json["diagnostics"]}, {"warning"})

    def test_at_most_ten_examples_are_shown(self):
        rows = "".join(f"B{i},x,Software,n{i},false,\n" for i in range(25))
        self.write("data/accounts.csv", command.ACCOUNTS + rows)
        diagnostic = self.run_json("icp").json["diagnostics"][0]
        self.assertEqual((diagnostic["count"], len(diagnostic["notes"])), (25, 10))

    def test_people_see_row_and_value(self):
        result = self.segue("run", "icp", *AS_OF)
        self.assert_code(result, 1)
        self.assertIn("row 2", result.err)
        self.assertIn("many", result.err)
        self.assertEqual(result.out, "")

    def test_check_reads_data_only_when_asked(self):
        self.assert_code(self.segue("check"), 0)
        result = self.segue("check", "--data", "--format", "json", *AS_OF)
        self.assert_code(result, 1)
        self.assertIn("bad-value", result.codes())
        self.assertEqual(result.json["format"], "segue.check/1")

    def test_explain_ends_too(self):
        self.assert_code(self.segue("explain", "icp", "A1", *AS_OF), 1)
        self.assert_code(self.segue("explain", "icp", "A1", *AS_OF, "--on-bad-row", "skip"), 0)


class CheckData(CommandTest):
    def test_orphans_and_undetermined_accounts_are_notes(self):
        result = self.segue("check", "--data", "--format", "json", *AS_OF)
        self.assert_code(result, 0)
        notes = [d for d in result.json["diagnostics"] if d["severity"] == "note"]
        orphans = next(d for d in notes if d["code"] == "orphan-rows")
        self.assertEqual((orphans["table"], orphans["count"]), ("contacts", 1))
        decided = next(d for d in notes if d["code"] == "missing-decides")
        self.assertEqual((decided["file"], decided["start"]["line"]), ("segments/rules.seg", 6))
        self.assertIn("1 of 5 accounts", decided["message"])
        self.assertEqual({d["table"]: d["orphans"] for d in result.json["data"]}, {"account": 0, "contacts": 1, "events": 0})
        self.assertEqual({d["name"]: d["undetermined"] for d in result.json["definitions"] if d["kind"] == "segment"}, {"icp": 1, "active": 0})

    def test_warnings_about_missing_values_say_how_many_accounts_they_decide(self):
        self.write("segments/other.seg", "segment other {\n  where employees != 900\n}\n")
        result = self.segue("check", "--format", "json")
        self.assert_code(result, 0)
        [warning] = result.json["diagnostics"]
        self.assertEqual((warning["code"], warning["severity"], warning["start"]), ("missing-negated", "warning", {"line": 2, "column": 9}))
        self.assertEqual(warning["notes"], [])
        self.assertTrue(warning["fix"]["edits"])
        self.assert_code(self.segue("check", "--strict"), 1)
        for engine in ("native", "interpreter"):
            result = self.segue("check", "--data", "--format", "json", *AS_OF, "--engine", engine)
            [warning] = [d for d in result.json["diagnostics"] if d["code"] == "missing-negated"]
            self.assertEqual([note["message"] for note in warning["notes"]], ["in the data it decides 1 of 5 accounts"])

    def test_run_does_not_repeat_the_warnings_of_check(self):
        self.write("segments/other.seg", "segment other {\n  where employees != 900\n}\n")
        self.assertEqual(self.run_json().json["diagnostics"], [])

    def test_it_reads_all_columns(self):
        self.write("data/accounts.csv", command.ACCOUNTS.replace("2024-02-29", "yesterday"))
        result = self.segue("check", "--data", "--format", "json", *AS_OF)
        self.assert_code(result, 1)
        self.assertEqual(result.json["diagnostics"][0]["column"], "joined_on")


class BrokenFiles(CommandTest):
    def test_a_missing_file_is_the_callers_fault_and_a_broken_one_the_datas(self):
        (self.folder / "data/accounts.csv").unlink()
        result = self.run_json()
        self.assert_code(result, 2)
        self.assertEqual(result.codes(), ["unreadable-file"])
        self.write("data/accounts.csv", command.ACCOUNTS + 'A9,"never closed')
        result = self.run_json()
        self.assert_code(result, 1)
        self.assertEqual(result.codes(), ["broken-file"])
        self.assertIn("accounts.csv", result.json["diagnostics"][0]["message"])

    def test_a_file_that_is_not_what_it_claims_to_be(self):
        self.write("fake.parquet", command.ACCOUNTS)
        result = self.run_json("icp", "--source", "account=fake.parquet")
        self.assert_code(result, 1)
        self.assertIn("fake.parquet", result.json["diagnostics"][0]["message"])

    def test_a_column_that_the_data_lack(self):
        self.write("data/accounts.csv", command.ACCOUNTS.replace("employees", "employes"))
        result = self.run_json("icp")
        self.assert_code(result, 1)
        self.assertIn("employes", result.json["diagnostics"][0]["message"])
