"""`segue doc`: the catalogue as Markdown, HTML and JSON, and CODEOWNERS."""
import json
import re
import unittest

from command import CommandTest, PROJECT

SCHEMA = """\
account:
  key: account_id
  columns:
    account_id: text
    domain: text
    "size|class": {type: enum, values: [small, large], ordered: true, optional: true}
    revenue: {type: decimal(2), unit: EUR, optional: true}
    origin: {type: text, class: protected}
    customer: bool
    unused: text
    place: {type: point, lat: lat, lon: lon, optional: true}
relations:
  contacts:
    of: account
    on: account_id
    key: contact_id
    columns: {contact_id: text, title: text?, email: {type: text, class: personal}, faith: {type: text, class: sensitive, optional: true}}
"""

RULES = """\
use std.regions

## What a deal needs at least.
param least: int = 5

list named from "lists/named.csv" by domain
list few = ["a", "b"]

## # Not a heading of the page
## Takes a number: `n < 3`, <b>bold</b>.
define over(n: int) = revenue > n

define leader for contacts = title contains "chief"

## Whom we serve. <script>alert(1)</script>
segment icp "Ideal | <i>\\"customers\\"</i> `x`" {
  owner: "marketing ops"
  tags: [core, "a|b"]
  where over(least) and domain in named
  except customer
  expect size at least 1
}

audience invited "Leaders" of contacts {
  owner: "jane@acme.example"
  basis: "consent 2026"
  where account.icp and leader and email contains "@" and faith is missing
}

tiers value {
  owner: "@acme/sales, marketing ops"
  big "Big ones": customer top 10 by revenue
  local: place near (52.5, 13.4) within 50 km
  otherwise none_of_these
}

segment foreign { where origin not in few }
"""

TESTS = """\
test "an icp" {
  account { revenue: 6, domain: "x.example", customer: false, account_id: "A1" }
  expect icp
}
"""


class DocTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("segue.yaml", PROJECT.replace("  events: data/events.csv\n", ""))
        self.write("schema.yaml", SCHEMA)
        self.write("segments/rules.seg", RULES)
        self.write("segments/our tests.seg", TESTS)
        self.write("lists/named.csv", "domain\nx.example\ny.example\nx.example\n")

    def doc(self, *words, code=0):
        result = self.segue("doc", *words)
        self.assert_code(result, code)
        return result

    def catalogue(self):
        return self.doc("--format", "json").json

    def entry(self, document, name):
        return next(e for e in document["definitions"] if e["name"] == name)

    def names(self, document, places):
        return [document["definitions"][place]["name"] for place in places]

    def column(self, document, table, name):
        columns = next(t for t in document["tables"] if t["name"] == table)["columns"]
        return next(c for c in columns if c["name"] == name)

    # ---- the catalogue

    def test_entries_have_all_that_the_rules_say(self):
        document = self.catalogue()
        self.assertEqual("segue.doc/1", document["format"])
        icp = self.entry(document, "icp")
        self.assertEqual(("segment", 'Ideal | <i>"customers"</i> `x`', "marketing ops", ["core", "a|b"]), (icp["kind"], icp["title"], icp["owner"], icp["tags"]))
        self.assertEqual("Whom we serve. <script>alert(1)</script>", icp["doc"])
        self.assertEqual(["size at least 1"], icp["expectations"])
        self.assertTrue(icp["text"].startswith("segment icp") and icp["text"].endswith("}"))
        self.assertEqual(["least", "named", "over"], sorted(self.names(document, icp["uses"])))
        self.assertEqual(["invited"], self.names(document, icp["used_by"]))
        self.assertEqual(["an icp"], [document["tests"][place]["title"] for place in icp["tests"]])
        over = self.entry(document, "over")
        self.assertEqual([{"name": "n", "type": "int"}], over["parameters"])
        self.assertEqual("bool", over["type"])
        self.assertEqual(("contacts", "consent 2026"), (self.entry(document, "invited")["relation"], self.entry(document, "invited")["basis"]))
        self.assertEqual((2, "lists/named.csv", "domain"), tuple(self.entry(document, "named")[key] for key in ("values", "from", "by")))
        self.assertEqual(2, self.entry(document, "few")["values"])
        rows = self.entry(document, "value")["rows"]
        self.assertEqual([("big", "customer top 10 by revenue"), ("local", "place near (52.5, 13.4) within 50 km"), ("none_of_these", "otherwise")], [(row["name"], row["text"]) for row in rows])

    def test_columns_know_their_readers(self):
        document = self.catalogue()
        readers = lambda table, name: tuple(self.names(document, self.column(document, table, name)[key]) for key in ("read_by", "read_through"))
        self.assertEqual((["over", "value"], ["icp", "invited"]), readers("account", "revenue"))
        self.assertEqual((["icp"], ["invited"]), readers("account", "domain"))
        self.assertEqual((["value"], []), readers("account", "place"))
        self.assertEqual((["invited"], []), readers("contacts", "email"))
        self.assertEqual((["leader"], ["invited"]), readers("contacts", "title"))
        self.assertEqual(([], []), readers("account", "unused"))
        self.assertEqual(("personal", "sensitive"), tuple(self.column(document, "contacts", name)["class"] for name in ("email", "faith")))
        self.assertEqual((["small", "large"], True, ["key"]), (self.column(document, "account", "size|class")["values"], self.column(document, "account", "size|class")["ordered"], self.column(document, "account", "account_id")["roles"]))

    def test_the_prelude_is_shown_as_far_as_it_is_used(self):
        shown = lambda: [e["name"] for e in self.catalogue()["definitions"] if e.get("prelude")]
        self.assertEqual([], shown())
        self.write("segments/north.seg", "segment north { where domain in nordics }\n")
        self.assertEqual((["nordics"], ["std.regions"]), (shown(), self.catalogue()["prelude"]))

    def test_gaps(self):
        document = self.catalogue()
        self.assertEqual(["foreign"], self.names(document, document["gaps"]["owner"]))
        self.assertEqual(["invited", "value", "foreign"], self.names(document, document["gaps"]["test"]))
        self.assertNotIn("icp", self.names(document, document["gaps"]["doc"]))

    # ---- Markdown

    def test_markdown_escapes_what_users_wrote(self):
        text = self.doc().out
        self.assertIn('| [`icp`](#segment-icp) | segment | Ideal \\| \\<i\\>"customers"\\</i\\> \\`x\\` | marketing ops | core, a\\|b |', text)
        self.assertIn("> Whom we serve. \\<script>alert(1)\\</script>\n", text)
        self.assertIn("> **Not a heading of the page**\n> Takes a number: `n < 3`, \\<b>bold\\</b>.\n", text)
        self.assertIn("| `size\\|class` | `enum?`: small < large |", text)
        headings = re.findall(r"^#+ .*", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
        anchors = {re.sub(r"[^a-z0-9_ -]", "", heading.lstrip("# ").lower()).replace(" ", "-") for heading in headings}
        self.assertEqual(set(), set(re.findall(r"\]\(#([^)]*)\)", text)) - anchors)

    def test_markdown_draws_the_graph(self):
        graph = re.search(r"```mermaid\n(.*?)```", self.doc().out, re.S)[1]
        nodes = dict(re.findall(r'(n\d+)[\[(/]+"(\w+)"', graph))
        edges = {(nodes[a], nodes[b]) for a, b in re.findall(r"(n\d+) --> (n\d+)", graph)}
        self.assertEqual({("icp", "over"), ("icp", "least"), ("icp", "named"), ("invited", "icp"), ("invited", "leader"), ("foreign", "few")}, edges)

    def test_a_thousand_definitions_are_drawn_by_file(self):
        for file in range(10):
            self.write(f"segments/many{file}.seg", "\n".join(f"segment s{file}_{i} {{ where customer{f' and s{file - 1}_{i}' if file else ''} }}" for i in range(100)))
        text = self.doc().out
        graph = re.search(r"```mermaid\n(.*?)```", text, re.S)[1]
        self.assertIn('"segments/many9.seg: 100"', graph)
        self.assertLess(len(graph), 50_000)
        self.assertIn("-->|100|", graph)

    # ---- HTML

    def test_the_page_holds_its_data_and_nothing_breaks_out(self):
        page = self.doc("--format", "html").out
        self.assertIn("Content-Security-Policy", page)
        data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
        self.assertEqual(self.catalogue()["definitions"], json.loads(data)["definitions"])
        self.assertNotIn("<script>alert(1)", page)

    # ---- CODEOWNERS

    def test_owners_of_files(self):
        (self.folder / ".git").mkdir()
        text = self.doc("--format", "codeowners", "--owners", "@acme/{}").out
        self.assertEqual(["# no owner: /segments/our\\ tests.seg", "/segments/rules.seg @acme/marketing-ops @acme/sales jane@acme.example"], text.splitlines()[1:-1])
        one = self.doc("--format", "codeowners", "--owners", "marketing ops=@acme/mops", "--owners", "@org/{}").out
        self.assertIn("/segments/rules.seg @acme/mops @acme/sales jane@acme.example\n", one)

    def test_paths_are_those_of_the_repository(self):
        (self.folder / ".git").mkdir()
        self.write("go to/market/segue.yaml", "language: 1\nschema: schema.yaml\nrules: ['*.seg']\nsources: {account: a.csv}\n")
        self.write("go to/market/schema.yaml", "account: {key: id, columns: {id: text}}\n")
        self.write("go to/market/#a*[1].seg", 'segment a { owner: "@x" where id = "1" }\n')
        text = self.doc("--format", "codeowners", "go to/market").out
        self.assertIn("/go\\ to/market/\\#a\\*\\[1\\].seg @x\n", text)

    def test_an_owner_that_cannot_be_named_is_the_callers_fault(self):
        result = self.doc("--format", "codeowners", code=2)
        self.assertIn("cannot name `marketing ops`", result.err)
        self.assertEqual("", result.out)
        self.assertIn("takes `@acme/{}`", self.doc("--format", "codeowners", "--owners", "acme", code=2).err)
        self.assertIn("`--owners` needs `--format codeowners`", self.doc("--owners", "@a/{}", code=2).err)

    def test_the_rest_of_codeowners_stays(self):
        call = ["--format", "codeowners", "--owners", "@acme/{}", "--out", "CODEOWNERS"]
        self.write("CODEOWNERS", "* @acme/all")
        self.doc(*call, "--check", code=1)
        self.doc(*call)
        first = self.read("CODEOWNERS")
        self.assertTrue(first.startswith("* @acme/all\n\n# Owners of definitions"))
        self.doc(*call, "--check")
        self.write("CODEOWNERS", first + "/docs @acme/writers\n")
        self.write("segments/rules.seg", RULES.replace("jane@", "joe@"))
        self.doc(*call, "--check", code=1)
        self.doc(*call)
        self.assertEqual(first.replace("jane@", "joe@") + "/docs @acme/writers\n", self.read("CODEOWNERS"))

    # ---- files and calls

    def test_a_file_is_written_and_checked(self):
        call = ["--out", "segments.md"]
        self.assertIn("not up to date", self.doc(*call, "--check", code=1).err)
        self.assertEqual("wrote segments.md\n", self.doc(*call).err)
        self.assertEqual(self.doc().out, re.sub(r"\[(`[^`]+`, line \d+)\]\([^)]+\)", r"\1", self.read("segments.md")))
        self.assertEqual(self.doc().out, self.doc("--out", "-").out)
        self.assertIn("[`segments/our tests.seg`, line 1](segments/our%20tests.seg#L1)", self.read("segments.md"))
        self.write("docs/api/x.md", "")
        self.doc("--out", "docs/api/x.md")
        self.assertIn("](../../segments/rules.seg#L16)", self.read("docs/api/x.md"))
        self.doc(*call, "--check")
        self.write("segments/rules.seg", RULES + "# a comment alone changes nothing\n")
        self.doc(*call, "--check")
        self.write("segments/rules.seg", RULES.replace("Leaders", "Chiefs"))
        self.doc(*call, "--check", code=1)
        self.assertIn("no folder `nowhere`", self.doc("--out", "nowhere/x.md", code=2).err)
        self.assertIn("`--check` needs `--out PATH`", self.doc("--check", code=2).err)

    def test_errors_of_rules_are_told(self):
        self.write("segments/rules.seg", "segment icp { where custmer }\n")
        self.assertIn("custmer", self.doc(code=1).err)
        self.assertEqual(["unknown-column"], [d["code"] for d in self.doc("--format", "json", code=1).json["diagnostics"]])

    def test_no_data_are_read(self):
        (self.folder / "data/accounts.csv").unlink()
        self.doc()

    def test_an_empty_project_has_an_empty_catalogue(self):
        self.write("segments/rules.seg", "")
        self.write("segments/our tests.seg", "")
        self.assertIn("0 declarations", self.doc().out)
        self.assertEqual([], self.catalogue()["definitions"])


if __name__ == "__main__":
    unittest.main()
