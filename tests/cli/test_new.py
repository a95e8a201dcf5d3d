"""`segue new`: a project from nothing, and from data whose types, keys and relations are told from their values."""
import gzip
import json
import os
import pathlib

from command import CommandTest

COMPANIES = "Company Id;Name;Region;Employees;Annual Revenue;Is Customer;Founded;Parent;Email\n" + "".join(
    f"C{i:02};Firm {i};{['emea', 'apac', 'north-america'][i % 3]};{'' if i % 5 == 0 else i * 10};{i}.50;{'Yes' if i % 2 else 'No'};"
    f"{i:02}.03.2020;{'C01' if i % 4 == 2 else ''};info@firm{i}.example\n" for i in range(1, 31))
CONTACTS = "contact_id,company_id,title,lat,lon\n" + "".join(
    f"{i},C{i % 30 + 1:02},{'CFO' if i % 2 else ''},{50 + i / 100},{10 + i / 100}\n" for i in range(1, 61))
EVENTS = "company_id,contact_id,occurred_at,kind,tags,code\n" + "".join(
    f"{'C99' if i == 7 else f'C{i % 30 + 1:02}'},{i % 60 + 1},2026-02-{i % 28 + 1:02}T10:00:00+01:00,{['demo', 'visit'][i % 2]},{['a;b', 'b;c', 'a'][i % 3]},00{i}\n"
    for i in range(1, 121))
REAL = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "data"


class New(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("in/companies.csv", COMPANIES)
        self.write("in/contacts.csv", CONTACTS)
        self.write("in/events.csv", EVENTS)

    def accept(self, folder):
        """The result is sound, laid out, and runs with the data as they are."""
        for call in (["check", folder, "--strict"], ["fmt", "--check", folder], ["run", folder], ["test", folder]):
            result = self.segue(*call)
            self.assertEqual(result.code, 0, f"{call}: {result.out}{result.err}")
        document = self.segue("check", folder, "--data", "--format", "json").json
        self.assertEqual([d for d in document["diagnostics"] if d["severity"] == "error"], [])

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def test_from_nothing(self):
        result = self.segue("new", "first")
        self.assert_code(result, 0)
        self.assertIn("segue run first", result.out)
        self.accept("first")

    def test_from_files(self):
        result = self.segue("new", "made", "--from", "in/companies.csv", "in/contacts.csv", "in/events.csv")
        self.assert_code(result, 0)
        schema = self.read("made/schema.yaml")
        for line in ('key: company_id', 'company_id: {type: text, from: "Company Id"}  # 30 values, all different',
                     'region: {type: enum, from: Region, values: [apac, north-america, emea]}' , 'employees: {type: int, from: Employees, optional: true}  # 24 different, 6 of 30 empty',
                     'annual_revenue: {type: decimal(2), from: "Annual Revenue"}', 'is_customer: {type: bool, from: "Is Customer", true_values: [Yes], false_values: [No]}',
                     'founded: {type: date, from: Founded, format: "%d.%m.%Y"}', 'email: {type: text, from: Email, class: personal}',
                     'parent_account: {to: account, by: parent}', 'title: text?', 'location: {type: point, lat: lat, lon: lon}', 'of: {account: company_id, contacts: contact_id}',
                     'time: occurred_at', 'occurred_at: timestamp', 'kind: {type: enum, values: [', 'tags: list<text>', 'code: text',
                     '119 of 120 rows find theirs, 1 do not'):
            with self.subTest(line):
                self.assertIn(line.split("[apac")[0], schema)
        self.assertIn('delimiter: ";"', self.read("made/segue.yaml"))
        self.assertIn("../in/companies.csv", self.read("made/segue.yaml"))
        self.accept("made")

    def test_a_folder_is_one_table_and_null_words_are_missing(self):
        self.write("parts/companies/1.csv", "id,size,note\na,5,x\nb,NULL,\n")
        self.write("parts/companies/2.csv", "id,size,note\nc,7,NULL\n")
        result = self.segue("new", "made", "--from", "parts/companies")
        self.assert_code(result, 0)
        self.assertIn('null_values: ["NULL"]', self.read("made/segue.yaml").replace("[NULL]", '["NULL"]'))
        self.assertIn("size: int?", self.read("made/schema.yaml"))
        self.accept("made")

    def test_the_document_and_what_is_left_out(self):
        self.write("in/weather.csv", "day,rain\n2026-01-01,5\n2026-01-02,6\n")
        document = self.segue("new", "made", "--from", "in/companies.csv", "--from", "in/weather.csv", "--format", "json").json
        self.assertEqual(document["format"], "segue.new/1")
        self.assertEqual([(t["table"], t["rows"], t["key"]) for t in document["tables"]], [("account", 30, "company_id"), (None, 2, "rain")])
        self.assertIn("is left out", self.read("made/schema.yaml"))
        self.accept("made")

    def test_the_account_may_be_named(self):
        self.write("in/firm_list.csv", "code,name\na,x\nb,x\n")
        self.assert_code(self.segue("new", "made", "--from", "in/firm_list.csv", "in/contacts.csv", "--account", "firm_list"), 0)
        self.accept("made")
        result = self.segue("new", "other", "--from", "in/companies.csv", "--account", "firms")
        self.assert_code(result, 2)
        self.assertFalse((self.folder / "other").exists())

    def test_calls_that_cannot_be_followed_leave_nothing(self):
        for call, code in ((["new"], 2), (["new", "a", "b"], 2), (["new", "in"], 2), (["new", "no/where"], 2), (["new", "x", "--from", "gone.csv"], 2),
                           (["new", "x", "--account", "y"], 2), (["new", "in/companies.csv"], 2)):
            with self.subTest(call):
                result = self.segue(*call)
                self.assert_code(result, code)
                self.assertTrue(result.err)
        self.write("in/twice.csv", "id,n\na,1\na,1\n")
        self.assert_code(self.segue("new", "x", "--from", "in/twice.csv"), 1)
        self.assertFalse((self.folder / "x").exists())
        self.assertEqual([p for p in os.listdir(self.folder) if p.endswith(".tmp")], [])

    def test_published_data(self):
        if not REAL.is_dir():
            self.skipTest("the folder of published data is not here")
        for folder in sorted(p for p in REAL.iterdir() if p.is_dir()):
            with self.subTest(folder.name):
                self.assert_code(self.segue("new", folder.name, "--from", *sorted(str(f) for f in folder.glob("*.csv"))), 0)
                self.accept(folder.name)
