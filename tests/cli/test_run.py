"""`segue run`: the document, names, options, outputs, expectations."""
import csv
import gzip
import io
import os
import subprocess
import unittest

import command
from command import AS_OF, CommandTest

try:
    import pyarrow
    import pyarrow.ipc
    import pyarrow.parquet
except ImportError:
    pyarrow = None


class Document(CommandTest):
    def test_the_document_has_the_fields_and_the_order_of_the_page(self):
        result = self.run_json()
        self.assert_code(result, 0)
        document = result.json
        self.assertEqual(list(document), ["format", "as_of", "timezone", "accounts", "definitions", "expectations", "data", "diagnostics"])
        self.assertEqual(document["format"], "segue.run/1")
        self.assertEqual(document["as_of"], "2026-03-01T22:59:59.999999Z")
        self.assertEqual(document["timezone"], "Europe/Berlin")
        self.assertEqual(document["accounts"], 5)
        self.assertEqual(document["expectations"], [])
        self.assertEqual(document["definitions"], [
            {"name": "icp", "kind": "segment", "title": "Ideal customer profile", "file": "segments/rules.seg", "line": 6,
             "owner": "marketing-ops", "tags": [], "size": 2, "share": 0.4, "undetermined": 1, "suppressed": 0},
            {"name": "active", "kind": "segment", "title": "Seen this week", "file": "segments/rules.seg", "line": 12,
             "owner": "", "tags": [], "size": 1, "share": 0.2, "undetermined": 0, "suppressed": 0},
            {"name": "interest", "kind": "score", "title": "Interest", "file": "segments/rules.seg", "line": 16,
             "owner": "", "tags": [], "min": 0.0, "max": 20.5, "mean": 4.2}])
        self.assertEqual(document["data"], [
            {"table": "account", "rows": 5, "bad_rows": 0, "orphans": 0},
            {"table": "contacts", "rows": 4, "bad_rows": 0, "orphans": 1},
            {"table": "events", "rows": 4, "bad_rows": 0, "orphans": 0}])
        self.assertEqual(document["diagnostics"], [])
        self.assertEqual(result.err, "")

    def test_both_engines_and_all_threads_give_the_same_document(self):
        documents = {self.run_json("--engine", engine, "--threads", threads).out
                     for engine in ("native", "interpreter") for threads in ("1", "2", "7")}
        self.assertEqual(len(documents), 1)

    def test_named_definitions_come_alone_and_in_the_order_of_the_files(self):
        self.assertEqual([d["name"] for d in self.run_json("interest", "icp", "icp").json["definitions"]], ["icp", "interest"])

    def test_only_the_tables_that_are_needed_are_read(self):
        (self.folder / "data/events.csv").unlink()
        result = self.run_json("icp")
        self.assert_code(result, 0)
        self.assertEqual([d["table"] for d in result.json["data"]], ["account"])

    def test_only_the_columns_that_are_needed_are_checked(self):
        self.write("data/accounts.csv", command.ACCOUNTS.replace("2024-02-29", "yesterday"))
        self.assert_code(self.run_json(), 0)

    def test_unknown_names_are_the_callers_fault(self):
        result = self.run_json("ipc", "interest")
        self.assert_code(result, 2)
        self.assertEqual(result.codes(), ["unknown-definition"])
        self.assertIn("did you mean `icp`?", result.json["diagnostics"][0]["message"])
        self.assertIn("did you mean `icp`?", result.err)
        self.assertEqual(result.json["definitions"], [])
        self.assertIn("`big` is a `define`", self.segue("run", "big").err)

    def test_errors_in_rules_are_shown_and_nothing_is_evaluated(self):
        self.write("segments/bad.seg", "segment bad {\n  where employes > 5\n}\n")
        result = self.run_json("--out", "o.csv")
        self.assert_code(result, 1)
        diagnostic = result.json["diagnostics"][0]
        self.assertEqual((diagnostic["severity"], diagnostic["file"], diagnostic["start"]), ("error", "segments/bad.seg", {"line": 2, "column": 9}))
        self.assertEqual(result.json["definitions"], [])
        self.assertFalse((self.folder / "o.csv").exists())
        text = self.segue("run", *AS_OF)
        self.assert_code(text, 1)
        self.assertEqual(text.out, "")
        self.assertIn("segments/bad.seg:2:9", text.err)

    def test_no_accounts_at_all(self):
        self.write("data/accounts.csv", command.ACCOUNTS.splitlines()[0] + "\n")
        self.write("data/contacts.csv", "contact_id,account_id,title,active\n")
        self.write("data/events.csv", "account_id,at,kind\n")
        for engine in ("native", "interpreter"):
            result = self.run_json("--engine", engine, "--out", "o.csv")
            self.assert_code(result, 0)
            self.assertEqual(result.json["accounts"], 0)
            icp, interest = self.definition(result, "icp"), self.definition(result, "interest")
            self.assertEqual((icp["size"], icp["share"], icp["undetermined"]), (0, 0.0, 0))
            self.assertEqual((interest["min"], interest["max"], interest["mean"]), (None, None, None))
            self.assertEqual(self.read("o.csv"), "account_id,icp,active,interest\n")


class Clock(CommandTest):
    def as_of(self, text):
        return self.segue("run", "icp", "--as-of", text, "--format", "json").json["as_of"]

    def test_a_date_is_its_end_and_a_time_without_offset_is_wall_time(self):
        self.assertEqual(self.as_of("2026-07-01"), "2026-07-01T21:59:59.999999Z")
        self.assertEqual(self.as_of("2026-03-01T09:30"), "2026-03-01T08:30:00Z")
        self.assertEqual(self.as_of("2026-03-01 09:30:00.5"), "2026-03-01T08:30:00.5Z")
        self.assertEqual(self.as_of("2026-03-01T09:30:00Z"), "2026-03-01T09:30:00Z")
        self.assertEqual(self.as_of("2026-03-01T09:30:00+05:30"), "2026-03-01T04:00:00Z")

    def test_without_a_clock_it_is_the_time_of_the_run(self):
        self.assertRegex(self.segue("run", "icp", "--format", "json").json["as_of"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


class Options(CommandTest):
    def test_params_take_other_values(self):
        self.assertEqual(self.definition(self.run_json("--param", "min_employees=500"), "icp")["size"], 1)

    def test_wrong_params_are_the_callers_fault(self):
        for word, code in (("min_employes=5", "unknown-param"), ("min_employees=many", "param-value")):
            result = self.run_json("--param", word)
            self.assert_code(result, 2)
            self.assertEqual(result.codes(), [code])
            self.assertNotEqual(result.err, "")

    def test_a_source_is_relative_to_the_current_folder(self):
        self.write("data/other.csv", command.ACCOUNTS.replace("Retail", "Fintech"))
        result = self.segue("run", "..", "icp", *AS_OF, "--format", "json", "--source", "account=other.csv", cwd=self.folder / "data")
        self.assert_code(result, 0)
        self.assertEqual(result.json["definitions"][0]["size"], 3)

    def test_wrong_sources_are_the_callers_fault(self):
        result = self.run_json("--source", "acount=x.csv")
        self.assert_code(result, 2)
        self.assertEqual(result.codes(), ["unknown-table"])
        self.assertIn("did you mean `account`?", result.err)
        result = self.run_json("--source", "account=nowhere.csv")
        self.assert_code(result, 2)
        self.assertEqual(result.codes(), ["unreadable-file"])
        self.assertIn("nowhere.csv", result.err)

    def test_a_needed_table_without_a_source_is_the_projects_fault(self):
        self.write("segue.yaml", command.PROJECT.replace("  events: data/events.csv\n", ""))
        self.assert_code(self.run_json("icp"), 0)
        result = self.run_json("active")
        self.assert_code(result, 1)
        self.assertIn("missing-source", result.codes())
        self.assert_code(self.run_json("active", "--source", "events=data/events.csv"), 0)

    def test_quiet_leaves_results_only(self):
        result = self.segue("run", *AS_OF, "--quiet")
        self.assertEqual(result.err, "")
        self.assertIn("icp", result.out)


class Text(CommandTest):
    def test_people_see_sizes_shares_bars_and_undetermined_accounts(self):
        result = self.segue("run", *AS_OF)
        self.assert_code(result, 0)
        self.assertIn("5 accounts", result.out)
        self.assertIn("2026-03-01 23:59:59 Europe/Berlin", result.out)
        icp = next(line for line in result.out.splitlines() if line.startswith("  icp"))
        self.assertRegex(icp, r"^  icp +Ideal customer profile +2 +40\.0 % +█+\S* +1 +marketing-ops$")
        self.assertRegex(result.out, r"interest +Interest +0 +4\.2 +20\.5\n")
        self.assertNotIn("min_employees", result.out)

    def test_the_data_are_reported_on_standard_error(self):
        result = self.segue("run", *AS_OF)
        self.assertRegex(result.err, r"contacts +4 rows +1 without a parent")


class Expectations(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("segments/rules.seg", command.RULES.replace("  except customer\n", "  except customer\n  expect size between 5 and 10\n"
                                                                "  expect share at least 40%\n  expect undetermined below 2\n"))
        self.write("o.csv", "old")

    def test_a_broken_one_shows_results_writes_no_output_and_fails(self):
        result = self.run_json("--out", "o.csv")
        self.assert_code(result, 1)
        self.assertEqual(result.json["expectations"], [
            {"definition": "icp", "text": "size between 5 and 10", "holds": False},
            {"definition": "icp", "text": "share at least 40%", "holds": True},
            {"definition": "icp", "text": "undetermined below 2", "holds": True}])
        self.assertEqual(self.definition(result, "icp")["size"], 2)
        self.assertEqual(result.codes(), ["broken-expectation"])
        self.assertEqual(self.read("o.csv"), "old")
        text = self.segue("run", *AS_OF, "--out", "o.csv")
        self.assert_code(text, 1)
        self.assertIn("✗", text.out)
        self.assertIn("no output is written", text.err)
        self.assertEqual(self.read("o.csv"), "old")

    def test_expect_warn_writes_all_the_same(self):
        result = self.run_json("--out", "o.csv", "--expect", "warn")
        self.assert_code(result, 0)
        self.assertEqual([d["severity"] for d in result.json["diagnostics"]], ["warning"])
        self.assertTrue(self.read("o.csv").startswith("account_id,"))

    def test_those_of_other_definitions_do_not_matter(self):
        result = self.run_json("active")
        self.assert_code(result, 0)
        self.assertEqual(result.json["expectations"], [])


WIDE = [["account_id", "icp", "active", "interest"], ["A1", "true", "true", "20.5"], ["A2", "true", "false", "0.5"],
        ["A3", "false", "false", "0"], ["A4", "false", "false", "0"], ["A5", "false", "false", "0"]]
LONG = [["account", "definition", "value"], ["A1", "icp", "true"], ["A1", "active", "true"], ["A1", "interest", "20.5"], ["A2", "icp", "true"],
        ["A2", "interest", "0.5"], ["A3", "interest", "0"], ["A4", "interest", "0"], ["A5", "interest", "0"]]


class Output(CommandTest):
    def rows(self, path):
        return list(csv.reader(io.StringIO(self.read(path))))

    def same(self, rows, expected):
        number = lambda cell: float(cell) if cell.replace(".", "").isdigit() else cell
        self.assertEqual([[number(c) for c in row] for row in rows], [[number(c) for c in row] for row in expected])

    def test_csv_wide_and_long(self):
        self.assert_code(self.segue("run", *AS_OF, "--out", "wide.csv"), 0)
        self.same(self.rows("wide.csv"), WIDE)
        self.assert_code(self.segue("run", *AS_OF, "--out", "long.csv", "--layout", "long"), 0)
        self.same(self.rows("long.csv"), LONG)

    @unittest.skipIf(pyarrow is None, "needs the wheel's Python")
    def test_parquet_and_arrow_hold_the_same(self):
        for name, read in (("o.parquet", pyarrow.parquet.read_table),
                           ("o.arrow", lambda path: pyarrow.ipc.open_file(path).read_all())):
            self.assert_code(self.segue("run", *AS_OF, "--out", name), 0)
            table = read(self.folder / name)
            self.assertEqual(table.schema.names, WIDE[0])
            self.assertEqual(table.schema.field("icp").type, pyarrow.bool_())
            self.assertEqual(table.schema.field("interest").type, pyarrow.float64())
            self.assertEqual(table.column("account_id").to_pylist(), ["A1", "A2", "A3", "A4", "A5"])
            self.assertEqual(table.column("icp").to_pylist(), [True, True, False, False, False])
            self.assertEqual(table.column("interest").to_pylist(), [20.5, 0.5, 0, 0, 0])

    @unittest.skipIf(pyarrow is None, "needs the wheel's Python")
    def test_a_folder_gets_a_parquet_file(self):
        (self.folder / "there").mkdir()
        for path in ("there", "new/"):
            self.assert_code(self.segue("run", *AS_OF, "--out", path), 0)
            self.assertEqual(pyarrow.parquet.read_table(self.folder / path / "accounts.parquet").num_rows, 5)

    def test_paths_that_cannot_be_written_are_told_before_any_work(self):
        for path in ("o.xlsx", "nowhere/o.csv", "o"):
            result = self.run_json("--out", path)
            self.assert_code(result, 2)
            self.assertEqual(result.codes(), ["unwritable-file"])
            self.assertNotEqual(result.err, "")

    def test_nothing_is_left_beside_the_output(self):
        self.segue("run", *AS_OF, "--out", "o.csv")
        self.assertEqual([p.name for p in self.folder.glob("*o.csv*")], ["o.csv"])


class ManyShortRuns(CommandTest):
    @unittest.skipIf(pyarrow is None, "needs the wheel's Python")
    def test_two_hundred_runs_over_parquet_end_well(self):
        import pyarrow.csv
        table = pyarrow.csv.read_csv(io.BytesIO(command.ACCOUNTS.encode()))
        pyarrow.parquet.write_table(table, self.folder / "data/accounts.parquet", row_group_size=2)
        words = [str(command.SEGUE), "run", "icp", *AS_OF, "--threads", "4", "--source", "account=data/accounts.parquet", "--quiet"]
        for _ in range(int(os.environ.get("SEGUE_SHORT_RUNS", "200"))):
            done = subprocess.run(words, cwd=self.folder, capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
