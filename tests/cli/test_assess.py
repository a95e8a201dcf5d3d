"""`segue run --assess`, `--audit` and `--history`."""
import command
from command import AS_OF, CommandTest

SCHEMA = command.SCHEMA.replace("    joined_on: date?\n", "    joined_on: date?\n    ownership: {type: enum, values: [public, private, family], optional: true, class: protected}\n"
                                "    region: {type: text, case: insensitive, class: protected}\n    founded: {type: int, class: protected}\n")

RULES = """\
segment large {
  tags: [size]
  where employees >= 200
}

segment very_large {
  tags: [size]
  where employees >= 1_000
}

segment chief_known {
  where any(contacts where title = "CEO" and active)
}

segment seen {
  where any(events within last 30 days)
}

tiers level {
  top: very_large
  middle: large
}

split pilot of large seed "x" {
  some 50%
  others 50%
}

grid by_owner {
  where very_large
  by ownership
}

audience chiefs of contacts {
  where title = "CEO"
}
"""


def accounts():
    """100 accounts: 40 public in Nord, 40 private in Süd, 15 family (5 in each), 5 without ownership; public ones are large."""
    lines = ["account_id,name,industry,employees,customer,joined_on,ownership,region,founded"]
    for i in range(100):
        ownership = "public" if i < 40 else "private" if i < 80 else "family" if i < 95 else ""
        employees = "" if i % 10 == 9 else 5000 if i < 10 else 300 if i < 40 or i % 4 == 0 else 50
        lines.append(f"A{i},n,Software,{employees},false,,{ownership},{'nord' if i % 2 else 'Nord'},1990")
    return "\n".join(lines) + "\n"


class AssessTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("schema.yaml", SCHEMA)
        self.write("segments/rules.seg", RULES)
        self.write("data/accounts.csv", accounts())
        self.write("data/contacts.csv", "contact_id,account_id,title,active\nC1,A1,CEO,true\nC2,A2,,true\nC3,A3,,false\nC4,A50,CEO,false\n")

    def assess(self, *words):
        result = self.run_json("--assess", *words)
        self.assert_code(result, 0)
        return result.json["assess"]


class Assess(AssessTest):
    def test_the_column_that_decides_is_named_with_its_accounts(self):
        found = {d["name"]: (d["undetermined"], [(c["column"], c["undetermined"]) for c in d["decided_by"]]) for d in self.assess()["definitions"]}
        self.assertEqual(found["large"], (10, [("employees", 10)]))
        self.assertEqual(found["level"], (10, [("employees", 10)]))
        self.assertEqual(found["pilot"], (10, [("employees", 10)]))
        self.assertEqual(found["by_owner"], (10, [("employees", 10), ("ownership", 1)]))
        self.assertEqual(found["chief_known"], (1, [("contacts.title", 1)]))
        self.assertEqual(found["chiefs"], (2, [("contacts.title", 2)]))
        self.assertEqual(found["seen"], (0, []))

    def test_overlaps_say_who_contains_whom(self):
        overlaps = {(o["left"], o["right"]): o for o in self.assess()["overlaps"]}
        pair = overlaps["large", "very_large"]
        self.assertEqual((pair["relation"], pair["left_size"], pair["right_size"], pair["both"]), ("contains", 51, 9, 9))
        self.assertAlmostEqual(pair["jaccard"], 9 / 51)
        self.assertEqual(overlaps["very_large", "level = top"]["relation"], "equal")
        self.assertEqual(overlaps["chief_known", "chiefs"]["relation"], "within")
        self.assertEqual(overlaps["very_large", "level = middle"]["relation"], "disjoint")
        self.assertNotIn(("level = top", "level = middle"), overlaps)

    def test_families_count_accounts_in_none_one_and_several(self):
        families = self.assess()["families"]
        self.assertEqual([(f["family"], f["none"], f["one"], f["several"]) for f in families], [(None, 49, 42, 9), ("size", 49, 42, 9)])
        self.assertEqual(families[1]["segments"], ["large", "very_large"])

    def test_reach_counts_accounts_with_a_row_of_an_audience(self):
        reach = {(r["definition"], r["audience"]): (r["accounts"], r["share"]) for r in self.assess()["reach"]}
        self.assertEqual(reach["very_large", "chiefs"], (1, 1 / 9))
        self.assertEqual(reach["chief_known", "chiefs"], (1, 1.0))

    def test_people_see_it_as_tables(self):
        text = self.segue("run", *AS_OF, "--assess").out
        self.assertRegex(text, r"  large +51 +51\.0 % +10 +10\.0 % +employees 10\n")
        self.assertRegex(text, r"  large +contains +very_large +9 +17\.6 % +100\.0 % +0\.18\n")
        self.assertRegex(text, r"  size \(large, very_large\) +49 +42 +9\n")
        self.assertIn("no account in common", text)

    def test_many_sets_list_the_closest_only(self):
        self.write("segments/rules.seg", "".join(f"segment s{i} {{\n  where employees >= {i + 1}\n}}\n\n" for i in range(120)))
        found = self.assess()
        self.assertFalse(found["all_overlaps"])
        self.assertLess(len(found["overlaps"]), 120 * 20)
        self.assertEqual(found["families"][0]["several"], 90)


class AuditTest(AssessTest):
    def audit(self, *words):
        result = self.run_json("--audit", *words)
        self.assert_code(result, 0)
        return result, {(t["definition"], t["value"], t["column"]): {g["value"]: g for g in t["groups"]} for t in result.json["audit"]}

    def test_rates_ratios_and_flags(self):
        _, tables = self.audit()
        groups = tables["large", None, "ownership"]
        self.assertEqual(list(groups), ["public", "private", "family", None])
        self.assertEqual((groups["public"]["accounts"], groups["public"]["selected"], groups["public"]["rate"], groups["public"]["ratio"]), (40, 36, 0.9, 1.0))
        self.assertFalse(groups["public"]["flagged"] or groups["public"]["small"])
        self.assertEqual((groups["private"]["accounts"], groups["private"]["selected"], groups["private"]["flagged"], groups["private"]["small"]), (40, 10, True, False))
        self.assertTrue(groups["family"]["small"] and groups["family"]["flagged"])
        self.assertTrue(groups[None]["small"])

    def test_texts_are_grouped_as_rules_compare_them(self):
        _, tables = self.audit("large")
        self.assertEqual(list(tables["large", None, "region"]), ["Nord"])
        self.assertEqual(tables["large", None, "region"]["Nord"]["accounts"], 100)

    def test_each_tier_and_the_accounts_of_audiences_are_audited(self):
        _, tables = self.audit()
        self.assertEqual(tables["level", "top", "ownership"]["public"]["selected"], 9)
        self.assertEqual(tables["chiefs", None, "ownership"]["private"]["selected"], 1)

    def test_numbers_are_left_out_with_a_note(self):
        result, tables = self.audit("large")
        self.assertEqual(result.codes(), ["not-audited"])
        self.assertEqual({key[2] for key in tables}, {"ownership", "region"})

    def test_nothing_protected_is_said(self):
        self.write("schema.yaml", command.SCHEMA)
        self.write("segments/rules.seg", "segment large {\n  where employees >= 200\n}\n")
        result = self.run_json("--audit")
        self.assert_code(result, 0)
        self.assertEqual((result.codes(), result.json["audit"]), (["not-audited"], []))

    def test_people_see_the_rule_and_its_source(self):
        text = self.segue("run", "large", *AS_OF, "--audit").out
        self.assertRegex(text, r"  private +40 +10 +25\.0 % +0\.28  below four fifths\n")
        self.assertRegex(text, r"  family .*below four fifths, but of fewer than 30 accounts\n")
        self.assertIn("(the four-fifths rule, EEOC 1978)", text)


class HistoryTest(AssessTest):
    def setUp(self):
        super().setUp()
        self.write("data/events.csv", "account_id,at,kind\n" + "".join(f"A{i},2025-{month:02}-15T10:00:00Z,demo\n" for month in range(1, 13) for i in range(month)))

    def points(self, *words, as_of="2025-12-31"):
        result = self.segue("run", "--as-of", as_of, "--format", "json", "seen", *words)
        self.assert_code(result, 0)
        return result, [(p["as_of"][:10], p["definitions"][0]["size"]) for p in result.json["history"]]

    def test_months_go_back_to_the_same_day_or_the_last(self):
        result, points = self.points("--history", "monthly", "3")
        self.assertEqual(points, [("2025-09-30", 9), ("2025-10-31", 10), ("2025-11-30", 11), ("2025-12-31", 12)])
        self.assertEqual(result.json["diagnostics"], [])

    def test_days_weeks_and_quarters(self):
        self.assertEqual([p[0] for p in self.points("--history", "daily", "2")[1]], ["2025-12-29", "2025-12-30", "2025-12-31"])
        self.assertEqual([p[0] for p in self.points("--history", "weekly", "1")[1]], ["2025-12-24", "2025-12-31"])
        self.assertEqual([p[0] for p in self.points("--history", "quarterly", "2")[1]], ["2025-06-30", "2025-09-30", "2025-12-31"])

    def test_what_was_not_known_then_does_not_count(self):
        self.assertEqual(self.points("--history", "daily", "1", as_of="2025-06-15T09:59:59Z")[1], [("2025-06-14", 0), ("2025-06-15", 0)])
        self.assertEqual(self.points("--history", "daily", "1", as_of="2025-06-15T10:00:00Z")[1], [("2025-06-14", 0), ("2025-06-15", 6)])

    def test_without_known_at_it_is_said(self):
        result = self.segue("run", "--as-of", "2025-12-31", "--format", "json", "large", "--history", "monthly", "2")
        self.assertEqual([d["code"] for d in result.json["diagnostics"]], ["no-history"])

    def test_people_see_a_column_a_point(self):
        self.assertRegex(self.segue("run", "--as-of", "2025-12-31", "seen", "--history", "monthly", "1").out,
                         r"  history +2025-11-30 +2025-12-31\n  accounts +100 +100\n  seen +11 +12\n")

    def test_calls_that_lack_something(self):
        for words, part in ((["monthly"], "needs 2 values"), (["yearly", "3"], "`daily`, `weekly`"), (["monthly", "0"], "from 1 to 1000"), (["monthly", "x"], "from 1 to 1000")):
            result = self.segue("run", "--history", *words)
            self.assert_code(result, 2)
            self.assertIn(part, result.err)
