"""What `segue diff` says of the data equals the set difference of two runs, whatever was changed; and `segue explain` for groups equals what is said of each account."""
import csv
import io
import json
import random
import re
import shutil

from command import AS_OF, CommandTest

SCHEMA = """\
account:
  key: account_id
  columns:
    account_id: text
    industry: {type: enum, values: [Software, Fintech, Retail], optional: true}
    country: {type: enum, values: [US, DE, SE, FI], optional: true}
    employees: int?
    revenue: decimal(2)?
    growth: float?
    tags: list<text>
    customer: bool
    mail: {type: text, optional: true, class: personal}
relations:
  contacts:
    of: account
    on: account_id
    key: contact_id
    columns: {contact_id: text, title: text?, active: bool}
"""

PROJECT = """\
language: 1
schema: schema.yaml
rules: [rules.seg]
sources: {account: accounts.csv, contacts: contacts.csv}
suppress: [out.csv]
"""

RULES = """\
param smallest: int = 200
list nordics = [SE, FI]

define big = employees >= smallest
define lead for contacts = active and title contains "C"

segment icp "Ideal" {
  where big and (industry in [Software, Fintech] or country in nordics)
  except customer
}

segment wide {
  where icp or revenue > 500 or count(contacts where active) >= 2
}

segment best {
  where icp and growth is known
    top 40 by growth
}

score fit {
  range 0..100
  +30 when icp
  +0.05 * employees
  +10 * count(contacts where lead)
  -20 when customer
}

tiers coverage {
  first: icp and growth > 0.5
  second: fit >= 40
  third: wide
}

stages journey {
  known: employees is known
  seen: any(contacts)
  met: any(contacts where lead)
}

grid cells {
  where not customer
  by industry in [Software, Fintech]
  by country
}

split parts of wide seed "s" {
  a 30%
  b 70%
}

audience leads of contacts {
  where account.wide and lead
}
"""

CHANGES = [
    ("smallest: int = 200", "smallest: int = 500"),
    ("[SE, FI]", "[SE]"),
    ("in [Software, Fintech] or country", "in [Software] or country"),
    ("or country in nordics", "and country in nordics"),
    ("  except customer\n", ""),
    ("revenue > 500", "revenue >= 250"),
    ("or count(contacts where active) >= 2", ""),
    ("top 40 by growth", "top 15 by growth"),
    ("growth is known", "growth < 0.9"),
    ("+30 when icp", "+35 when icp"),
    ("0.05 * employees", "0.02 * employees"),
    ("  -20 when customer\n", ""),
    ("growth > 0.5", "growth > 0.25"),
    ("  second: fit >= 40\n", ""),
    ("  third: wide\n", "  third: wide\n  otherwise rest\n"),
    ("employees is known", "big"),
    ("by country", "by country in [US, DE]"),
    ("a 30%\n  b 70%", "a 60%\n  b 40%"),
    ("contains \"C\"", "contains \"O\""),
    ("active and title", "title"),
    ("account.wide and lead", "account.icp and lead"),
    ("where icp or revenue", "where big or revenue"),
]


def table(rng, count=1100):
    """More accounts than a block holds, several values missing."""
    maybe = lambda value: "" if rng.random() < 0.15 else value
    accounts, contacts = [], []
    for i in range(count):
        tags = ";".join(t for t in ("a", "b", "c") if rng.random() < 0.3)
        accounts.append([f"K{i:04}", maybe(rng.choice(["Software", "Fintech", "Retail"])), maybe(rng.choice(["US", "DE", "SE", "FI"])), maybe(rng.randrange(1, 1000)),
                         maybe(f"{rng.randrange(0, 100000) / 100:.2f}"), maybe(round(rng.random(), 3)), tags, rng.choice(["true", "false", "false"]), maybe(f"m{i}@x")])
        for _ in range(rng.choice([0, 0, 1, 2, 3])):
            contacts.append([f"C{len(contacts):05}", f"K{i:04}", maybe(rng.choice(["CEO", "COO", "VP"])), rng.choice(["true", "false"])])
    return accounts, contacts


def csv_text(head, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


class MoversTest(CommandTest):
    def setUp(self):
        super().setUp()
        shutil.rmtree(self.folder / "segments")
        (self.folder / "segue.yaml").unlink()
        self.accounts, contacts = table(random.Random(7))
        self.project("base", RULES)
        self.write("base/accounts.csv", csv_text("account_id industry country employees revenue growth tags customer mail".split(), self.accounts))
        self.write("base/contacts.csv", csv_text("contact_id account_id title active".split(), contacts))

    def project(self, name, rules):
        self.write(f"{name}/schema.yaml", SCHEMA)
        self.write(f"{name}/segue.yaml", PROJECT)
        self.write(f"{name}/rules.seg", rules)
        self.write(f"{name}/out.csv", "account_id\nK0003\nK0100\n")

    def answers(self, name):
        """By definition the answer of each account, and the rows of the audience."""
        self.assert_code(self.segue("run", f"./{name}", *AS_OF, "--quiet", "--out", f"{name}.csv"), 0)
        with open(self.folder / f"{name}.csv") as file:
            rows = list(csv.DictReader(file))
        definitions = {column: {row["account_id"]: row[column] for row in rows} for column in rows[0] if column != "account_id"}
        return definitions

    def movers(self, head):
        result = self.segue("diff", "base", head, *AS_OF, "--quiet", "--format", "json", "--out", "movers.csv")
        self.assert_code(result, 0)
        with open(self.folder / "movers.csv") as file:
            return result.json, list(csv.DictReader(file))


class Movers(MoversTest):
    def expected(self, before, after):
        found = set()
        for name in set(before) | set(after):
            old, new = before.get(name), after.get(name)
            for key in (old or new):
                was, now = (old or {}).get(key, ""), (new or {}).get(key, "")
                if {was, now} <= {"true", "false", ""} and ("true" in (was, now) or "false" in (was, now)):
                    if (was == "true") != (now == "true"):
                        found.add((key, name, "entered" if now == "true" else "left", "", ""))
                elif was != now and name == "fit":
                    found.add((key, name, "rose" if float(now) > float(was) else "fell", was, now))
                elif was != now:
                    found.add((key, name, "moved", was, now))
        return found

    def test_movers_are_the_set_difference_of_two_runs(self):
        rng = random.Random(11)
        before = self.answers("base")
        # Each change once, in groups.
        changes = CHANGES[:]
        rng.shuffle(changes)
        for step in range(0, len(changes), 3):
            rules = RULES
            for old, new in changes[step:step + 3]:
                rules = rules.replace(old, new)
            self.project("head", rules)
            for data in ("accounts.csv", "contacts.csv"):
                self.write(f"head/{data}", self.read(f"base/{data}"))
            after = self.answers("head")
            document, movers = self.movers("head")
            found = [(m["account_id"], m["definition"], m["change"], m["from"], m["to"]) for m in movers if m["definition"] != "leads"]
            self.assertEqual(len(found), len(set(found)))
            self.assertEqual(set(found), self.expected(before, after), changes[step:step + 3])
            for definition in document["definitions"]:
                self.check_reasons(definition)

    def check_reasons(self, definition):
        """Reasons speak of each mover once, where all were asked."""
        text = json.dumps(definition)
        movement = definition.get("movement") or definition.get("data")
        if not movement or "reasons" not in movement or not movement.get("moved"):
            return
        if movement.get("has_all_reasons", movement.get("all_reasons", True)) and movement["reasons"]:
            self.assertEqual(sum(r["size"] for r in movement["reasons"]), movement["moved"], text)


    def head(self, rules=RULES, schema=SCHEMA):
        self.project("head", rules)
        self.write("head/schema.yaml", schema)
        for data in ("accounts.csv", "contacts.csv"):
            self.write(f"head/{data}", self.read(f"base/{data}"))

    def movement(self, document, name):
        return next(d for d in document["definitions"] if d["name"] == name)["movement"]

    def test_the_clause_that_decided_is_named_with_an_account(self):
        self.head(RULES.replace("int = 200", "int = 500"))
        document, movers = self.movers("head")
        movement = self.movement(document, "icp")
        [reason] = movement["reasons"]
        self.assertEqual((reason["change"], reason["size"], reason["kind"]), ("left", movement["left"], "redefined"))
        self.assertEqual([(c["after"], c["detail"], c["definition"]) for c in reason["clauses"]], [("employees >= smallest", "200 → 500", "big")])
        account = next(a for a in self.accounts if a[0] == reason["account"])
        self.assertEqual(reason["values"], [{"name": "employees", "value": str(account[3])}])
        self.assertTrue(200 <= account[3] < 500)
        self.assertEqual(reason["account"], next(m["account_id"] for m in movers if m["definition"] == "icp"))

    def test_two_changes_that_only_together_decide_are_told_together(self):
        self.head(RULES.replace("int = 200", "int = 500").replace("except customer", "except customer, country = DE"))
        kinds = {(r["kind"], len(r["clauses"])): r["size"] for r in self.movement(self.movers("head")[0], "icp")["reasons"]}
        clauses = {a[0]: (Groups.clauses(None, a), a) for a in self.accounts if a[0] not in ("K0003", "K0100")}
        left = [a for c, a in clauses.values() if Groups.is_in(None, c) and (a[3] < 500 or a[2] == "DE")]
        both = sum(a[3] < 500 and a[2] == "DE" for a in left)
        self.assertEqual(kinds[("several", 2)], both)
        self.assertEqual(sum(kinds.values()), len(left))

    def test_who_enters_for_want_of_a_value_is_counted(self):
        self.head(RULES.replace("define big = employees >= smallest", "define big = not (employees < smallest)"))
        document, _ = self.movers("head")
        movement = self.movement(document, "icp")
        self.assertTrue(movement["entered"] > 0)
        self.assertEqual((movement["entered_undetermined"], movement["left"]), (movement["entered"], 0))
        [reason] = movement["reasons"]
        self.assertEqual((reason["kind"], reason["missing"], reason["size"]), ("missing", ["employees"], movement["entered"]))
        self.assertIn("because `employees` is missing", self.segue("diff", "base", "head", *AS_OF, "--quiet").out)
        self.assertIn("are undetermined: they rest on a missing value", self.segue("diff", "base", "head", *AS_OF, "--quiet").out)

    def test_versions_that_read_the_data_differently_are_compared_by_keys(self):
        before = self.answers("base")
        self.head(RULES.replace("int = 200", "int = 300"), SCHEMA.replace("employees: int?", "employees: decimal(1)?").replace("account_id\n", "account_id\n"))
        self.write("head/rules.seg", self.read("head/rules.seg").replace("int = 300", "decimal(1) = 300.5"))
        after = self.answers("head")
        document, movers = self.movers("head")
        found = {(m["account_id"], m["definition"], m["change"], m["from"], m["to"]) for m in movers if m["definition"] != "leads"}
        self.assertEqual(found, self.expected(before, after))
        self.assertFalse(document["data"]["one_pass"])

    def test_a_column_that_the_data_lack_leaves_the_rest_to_be_compared(self):
        self.head(RULES.replace("int = 200", "int = 500") + "segment there { where founded is known }\n",
                  SCHEMA.replace("    customer: bool\n", "    customer: bool\n    founded: date?\n"))
        result = self.segue("diff", "base", "head", *AS_OF, "--quiet", "--format", "json")
        self.assertIn(result.code, (0, 1), result.err)
        self.assertIn("founded", result.out)


class Groups(MoversTest):
    """Against a reading of icp by hand."""

    def clauses(self, account):
        key, industry, country, employees, _, _, _, customer, _ = account
        return {
            "employees >= smallest": employees != "" and employees >= 200,
            "industry": industry in ("Software", "Fintech"),
            "country": country in ("SE", "FI"),
            "not customer": customer == "false",
        }

    def is_in(self, c):
        return c["employees >= smallest"] and (c["industry"] or c["country"]) and c["not customer"]

    def ask(self, *words):
        result = self.segue("explain", "./base", *words, *AS_OF, "--quiet", "--format", "json")
        self.assert_code(result, 0)
        return result.json

    def name_of(self, text):
        return text.split(" ")[0] if text.startswith(("industry", "country")) else text

    def test_nearly_is_who_fails_by_one_clause(self):
        expected = {}
        for account in self.accounts:
            clauses = self.clauses(account)
            if self.is_in(clauses):
                continue
            for name in clauses:
                if self.is_in({**clauses, name: not clauses[name]}):
                    expected.setdefault(name, []).append(account[0])
        for engine in ("native", "interpreter"):
            document = self.ask("icp", "--nearly", "--engine", engine)
            self.assertEqual({self.name_of(c["text"]): c["size"] for c in document["clauses"]}, {name: len(keys) for name, keys in expected.items()})
            for clause in document["clauses"]:
                keys = [k for k in expected[self.name_of(clause["text"])] if k not in ("K0003", "K0100")]
                self.assertEqual([f["account"] for f in clause["first"]], keys[:10])
            self.assertEqual(document["nearly"], len({k for keys in expected.values() for k in keys}))
        employees = next(c for c in document["clauses"] if c["text"] == "employees >= smallest")
        self.assertEqual({f["needs"] for f in employees["first"]}, {"at least 200"})

    def test_members_and_keys_are_counted_clause_by_clause(self):
        members = [a for a in self.accounts if self.is_in(self.clauses(a))]
        keys = [a for a in self.accounts if a[0] in ("K0001", "K0002", "K0555", "K1099")]
        for words, group in ((["icp", "--members"], members), (["icp", *(a[0] for a in keys)], keys)):
            document = self.ask(*words)
            self.assertEqual(document["format"], "segue.explain-group/1")
            self.assertEqual((document["group"]["size"], document["all"]["members"]), (len(group), len(members)))
            counts = {self.name_of(c["text"]): c for c in document["clauses"]}
            for name in self.clauses(group[0]):
                self.assertEqual(counts[name]["holds"], sum(self.clauses(a)[name] for a in group), name)
                self.assertEqual(counts[name]["all"]["holds"], sum(self.clauses(a)[name] for a in self.accounts), name)
            self.assertEqual(counts["employees >= smallest"]["undetermined"], sum(a[3] == "" for a in group))
            values = {v["text"]: v for v in document["values"]}
            industries = {v["value"]: v["size"] for v in values["industry"]["values"]}
            self.assertEqual(industries, {i: n for i in ("Software", "Fintech", "Retail") if (n := sum(a[1] == i for a in group))})
            known = sorted(a[3] for a in group if a[3] != "")
            self.assertEqual((values["employees"]["range"]["min"], values["employees"]["range"]["max"]), (known[0], known[-1]))
            self.assertEqual(values["employees"]["range"]["median"], known[(len(known) - 1) // 2])

    def test_undetermined_of_named_accounts_is_what_explain_says_of_each(self):
        keys = [a[0] for a in self.accounts[40:60]]
        document = self.ask("icp", *keys)
        each = [self.ask("icp", key) for key in keys]
        self.assertEqual(document["group"]["undetermined"], sum(e["undetermined"] for e in each))
        self.assertEqual(document["group"]["members"], sum(e["value"] for e in each))

    def test_why_not_has_a_funnel_and_the_fewest_clauses(self):
        document = self.ask("icp", "--why-not")
        remaining = self.accounts
        for step, test in zip(document["funnel"], (lambda c: c["employees >= smallest"], lambda c: c["industry"] or c["country"], lambda c: c["not customer"])):
            lost = [a for a in remaining if not test(self.clauses(a))]
            self.assertEqual(step["lost"], len(lost))
            remaining = [a for a in remaining if test(self.clauses(a))]
            self.assertEqual(step["remaining"], len(remaining))
        self.assertEqual(sum(s["size"] for s in document["sets"]) + document["other_sets"], len(self.accounts) - len(remaining))
        for account in self.ask("icp", "--why-not", "K0001", "K0002", "K0004")["accounts"]:
            clauses = self.clauses(next(a for a in self.accounts if a[0] == account["account"]))
            fails = (not clauses["employees >= smallest"]) + (not clauses["industry"] and not clauses["country"]) + (not clauses["not customer"])
            self.assertEqual((len(account["clauses"]), account["in"]), (fails, fails == 0))

    def test_values_of_tiers_scores_and_audiences(self):
        self.assertEqual(self.ask("coverage=first", "--members", )["value"], "first")
        document = self.ask("coverage", "K0001", "K0002")
        self.assertEqual(sum(a["size"] for a in document["answers"]), 2)
        self.assertEqual(len(self.ask("fit", "K0001", "K0002")["terms"]), 4)
        document = self.ask("leads", "--nearly")
        self.assertEqual(document["relation"], "contacts")
        self.assertTrue(all(re.match("C", f["row"]) for c in document["clauses"] for f in c["first"]))
        self.assertTrue(self.ask("cells=Software/US", "--nearly")["nearly"] > 0)

    def test_what_cannot_be_asked_says_what_to_write(self):
        for words, says in ((["fit", "--nearly"], "has no members"), (["coverage", "--nearly"], "coverage=VALUE"), (["coverage=frst", "--nearly"], "did you mean `first`?"),
                            (["parts=a", "--why-not"], "chooses the part"), (["icp=x", "--nearly"], "has no values"), (["icp", "K0001", "K9999"], "no account has the key `K9999`")):
            result = self.segue("explain", "./base", *words, *AS_OF)
            self.assert_code(result, 2)
            self.assertIn(says, result.err)
        result = self.segue("explain", "./base", "icp", "--nearly", "--why-not")
        self.assertEqual((result.code, "do not go together" in result.err), (2, True))

    def test_personal_data_are_counted_but_not_named(self):
        self.write("base/rules.seg", RULES + 'define mailed = mail contains "1" and employees >= 10\n')
        document = self.ask("mailed", "--members")
        mail = next(v for v in document["values"] if v["text"] == "mail")
        self.assertTrue(mail["withheld"])
        self.assertNotIn("@x", json.dumps(document))
        self.assertNotIn("@x", json.dumps(self.ask("mailed", "--nearly")))
