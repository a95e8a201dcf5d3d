"""`segue test`: tests in the rules, expectations on the data, coverage, and tests from accounts."""
from command import AS_OF, CommandTest

TESTS = """\
test "a small software company" {
  as of 2026-03-01
  account {employees: 200, industry: Software, customer: false}
  expect icp
}

test "size and customers" {
  as of 2026-03-01
  account small {employees: 199, industry: Fintech, customer: false}
  account unknown {employees: missing, industry: Fintech, customer: false}
  account customer {employees: 900, industry: Fintech, customer: true}
  expect small: not icp
  expect unknown: not icp
  expect customer: not icp
}
"""


class Tests(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("segments/tests.seg", TESTS)

    def test_what_passes_is_counted(self):
        result = self.segue("test")
        self.assert_code(result, 0)
        self.assertEqual((result.out, result.err), ("2 passed, 0 failed\n", ""))

    def test_the_document(self):
        document = self.segue("test", "--format", "json").json
        self.assertEqual((document["format"], document["passed"], document["failed"], document["diagnostics"]), ("segue.test/1", 2, 0, []))
        self.assertEqual(document["tests"][1], {"name": "size and customers", "file": "segments/tests.seg", "line": 7, "passed": True, "failures": []})

    def test_both_engines(self):
        for engine in ("native", "interpreter"):
            self.assertEqual(self.segue("test", "--engine", engine).out, "2 passed, 0 failed\n")

    def test_a_failed_test_says_what_decided(self):
        self.write("segments/tests.seg", TESTS.replace("expect small: not icp", "expect small: icp, not big"))
        result = self.segue("test")
        self.assert_code(result, 1)
        self.assertIn("✗ size and customers (segments/tests.seg:7)", result.out)
        self.assertIn("`icp` was expected for account `small` and does not hold", result.out)
        self.assertIn("employees is 199", result.out)
        self.assertTrue(result.out.endswith("1 passed, 1 failed\n"))
        document = self.segue("test", "--format", "json")
        self.assert_code(document, 1)
        [failure] = document.json["tests"][1]["failures"]
        self.assertEqual((failure["code"], failure["account"], failure["start"]), ("failed-test", "small", {"line": 12, "column": 17}))
        self.assertFalse(failure["tree"]["value"])

    def test_names_choose(self):
        self.assertEqual(self.segue("test", "customers").out, "1 passed, 0 failed\n")
        self.assertEqual(self.segue("test", ".", "small", "customers").out, "2 passed, 0 failed\n")
        result = self.segue("test", "nothing like it")
        self.assert_code(result, 2)
        self.assertIn("no test has `nothing like it` in its name", result.err)

    def test_the_clock_is_the_tests_own(self):
        self.write("segments/clock.seg", """\
test "events of the last seven days" {
  as of 2020-02-29
  account today {events: [{at: today}]}
  account seventh {events: [{at: 6 days ago}]}
  account eighth {events: [{at: 7 days ago}]}
  account tomorrow {events: [{at: 1 day from now}]}
  account none {events: []}
  expect today: active
  expect seventh: active
  expect eighth: not active
  expect tomorrow: not active
  expect none: not active
}

test "what is known later does not exist yet" {
  as of 2020-02-29T12:00:00Z
  account {events: [{at: 2020-02-29T12:00:01Z}, {at: 2020-02-29T12:00:00Z}], contacts: []}
  expect interest = 10
}
""")
        self.assertEqual(self.segue("test", *AS_OF).out, "4 passed, 0 failed\n")

    def test_nested_rows(self):
        self.write("schema.yaml", """\
account:
  key: account_id
  columns: {account_id: text, customer: bool, parent_id: text?, location: {type: point, lat: lat, lon: lon, optional: true}, tags: list<text>}
  references: {parent: {to: account, by: parent_id}}
relations:
  contacts: {of: account, on: account_id, key: contact_id, columns: {contact_id: text, active: bool}}
  events: {of: {account: account_id, contacts: contact_id}, time: at, key: event_id, columns: {event_id: text, at: timestamp}}
""")
        self.write("segments/rules.seg", """\
score all_events { +1 * count(events) }
score contact_events { +1 * count(contacts.events) }
segment busy_contact { where any(contacts where active and count(events) >= 2) }
segment daughter { where parent.customer }
segment in_berlin { where location near (52.5, 13.4) within 30 km and tags has any ["a"] }
""")
        self.write("segments/tests.seg", """\
test "events of a contact are the account's too" {
  account {
    contacts: [{active: true, events: [{}, {}]}, {active: true, events: []}],
    events: [{}]
  }
  expect all_events = 3, contact_events = 2, busy_contact
}

test "references by the names of accounts" {
  account mother {customer: true, parent_id: missing}
  account child {customer: false, parent_id: "mother"}
  expect child: daughter
  expect mother: not daughter
}

test "references by key" {
  account mother {account_id: "M", customer: true, parent_id: missing}
  account child {customer: false, parent_id: "M"}
  expect child: daughter
}

test "points and lists" {
  account here {location: [52.51, 13.41], tags: ["a", "b"]}
  account there {location: [48.1, 11.6], tags: ["a"]}
  account nowhere {location: missing, tags: []}
  expect here: in_berlin
  expect there: not in_berlin
  expect nowhere: not in_berlin
}
""")
        for engine in ("native", "interpreter"):
            result = self.segue("test", "--engine", engine)
            self.assertEqual((result.out, result.err), ("4 passed, 0 failed\n", ""))

    def test_named_values_audiences_and_whole_populations(self):
        self.write("segments/more.seg", """\
segment largest { where not customer top 1 by employees }
tiers size_class {
  big: employees >= 1_000
  small: employees >= 10
  otherwise tiny
}
audience chiefs of contacts { where title starts with "C" and active }
""")
        self.write("segments/more_test.seg", """\
test "named values and ranks are among the accounts of the test" {
  account a {employees: 1_000, customer: false, contacts: [{title: "CFO", active: true}, {title: missing, active: true}]}
  account b {employees: 999, customer: false, contacts: []}
  account c {employees: missing, customer: false, contacts: []}
  account d {employees: 5_000, customer: true, contacts: []}
  expect a: largest, size_class = big, count(contacts where chiefs) = 1
  expect b: not largest, size_class = small
  expect c: size_class in [tiny]
  expect d: not largest
}
""")
        for engine in ("native", "interpreter"):
            self.assertEqual(self.segue("test", "--engine", engine).out, "3 passed, 0 failed\n")

    def test_rows_that_are_the_same_under_dedupe(self):
        self.write("segue.yaml", "language: 1\nschema: schema.yaml\nrules: [segments/*.seg]\nsources: {account: data/accounts.csv}\n")
        self.write("schema.yaml", """\
account:
  key: account_id
  columns: {account_id: text}
relations:
  visits: {of: account, on: account_id, dedupe: true, columns: {page: text, seconds: int}}
""")
        self.write("segments/rules.seg", "score visited { +1 * count(visits where page = \"a\") }\n")
        self.write("segments/tests.seg", """\
test "rows that say all and are equal are one" {
  account {visits: [{page: "a", seconds: 1}, {page: "a", seconds: 1}, {page: "a", seconds: 2}]}
  expect visited = 2
}

test "rows that do not say all may differ" {
  account {visits: [{page: "a"}, {page: "a"}]}
  expect visited = 2
}
""")
        self.assertEqual(self.segue("test").out, "2 passed, 0 failed\n")

    def test_params(self):
        self.assertIn("1 passed, 1 failed", self.segue("test", "--param", "min_employees=201").out)

    def test_expectations_on_the_data(self):
        self.write("segments/rules.seg", """\
segment software {
  where industry = Software
  expect size between 1 and 10
  expect size at most 2
  expect moved below 10%
}
""")
        self.write("segments/tests.seg", "")
        result = self.segue("test", *AS_OF)
        self.assert_code(result, 1)
        self.assertIn("expect software: size at most 2 (segments/rules.seg:4)", result.out)
        self.assertTrue(result.out.endswith("1 passed, 1 failed\n"))
        self.assertIn("not checked: expect software: moved below 10%", result.err)
        self.assertEqual(self.segue("test", *AS_OF, "--expect", "warn").code, 0)
        self.assertEqual(self.segue("test", *AS_OF, "between").out, "1 passed, 0 failed\n")
        left = self.segue("test", "--no-data")
        self.assertEqual((left.code, left.out), (0, "0 passed, 0 failed\n"))
        self.assertIn("not checked: expect software: size between 1 and 10", left.err)
        (self.folder / "data/accounts.csv").unlink()
        missing = self.segue("test")
        self.assert_code(missing, 2)
        self.assertIn("data/accounts.csv", missing.err)
        self.assertEqual(missing.out, "0 passed, 0 failed\n")

    def test_errors_in_rules_and_calls(self):
        self.write("segments/tests.seg", TESTS.replace("employees: 200, ", ""))
        result = self.segue("test", "--format", "json")
        self.assert_code(result, 1)
        self.assertEqual((result.codes(), result.json["tests"]), (["incomplete-test"], []))
        self.assertEqual(self.segue("check", "--format", "json").codes(), ["incomplete-test"])
        for words in (["--out", "x.seg"], ["--new", "icp"], ["--new", "icp", "A1", "--coverage"], ["--format", "markdown"], ["--layout", "wide"]):
            self.assert_code(self.segue("test", *words), 2)

    def test_no_tests_yet(self):
        self.write("segments/tests.seg", "")
        result = self.segue("test")
        self.assertEqual((result.code, result.out), (0, "0 passed, 0 failed\n"))
        self.assertIn("--new", result.err)

    def test_coverage(self):
        document = self.segue("test", "--coverage", "--format", "json").json["coverage"]
        conditions = {c["text"]: (c["true"], c["false"]) for d in document["definitions"] for c in d["conditions"]}
        self.assertEqual(conditions["employees >= min_employees"], (True, True))
        self.assertEqual(conditions["industry in [Software, Fintech]"], (True, False))
        self.assertEqual(conditions["customer"], (True, True))
        self.assertEqual(conditions["any(events within last 7 days)"], (False, False))
        self.assertEqual((document["conditions"], document["covered"]), (len(conditions), sum(t and f for t, f in conditions.values())))
        text = self.segue("test", "--coverage")
        self.assertIn("  ✓     4  define" if "  ✓     4  define" in text.out else "  ✓     3  define", text.out)
        self.assertIn("never false: industry in [Software, Fintech]", text.out)
        self.assertIn("conditions were true and false in tests", text.out)

    def test_a_test_from_an_account(self):
        for name, key in (("icp", "A1"), ("icp", "A4"), ("interest", "A1"), ("active", "A1"), ("big", "A3")):
            result = self.segue("test", "--new", name, key, *AS_OF, "--out", "segments/new_test.seg")
            self.assert_code(result, 0)
            self.assertIn("wrote segments/new_test.seg", result.err)
        self.assertEqual(self.segue("fmt", "--check", ".").code, 0)
        self.assertEqual(self.segue("test").out, "7 passed, 0 failed\n")
        printed = self.segue("test", "--new", "interest", "A1", *AS_OF)
        self.assertIn('test "interest: A1" {\n  as of 2026-03-01\n', printed.out)
        self.assertIn("expect interest = 20.5", printed.out)
        unknown = self.segue("test", "--new", "icp", "A42", *AS_OF)
        self.assert_code(unknown, 2)
        self.assertIn("no account has the key `A42`", unknown.err)
        self.assert_code(self.segue("test", "--new", "icpp", "A1", *AS_OF), 2)
