"""`segue diff`: two versions of a project, in a git repository that each test makes."""
import csv
import os
import subprocess

from command import AS_OF, CommandTest, RULES

IDENTITY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class DiffTest(CommandTest):
    def git(self, *words, cwd=None):
        subprocess.run(["git", *words], cwd=cwd or self.folder, check=True, capture_output=True, env={**os.environ, **IDENTITY})

    def commit(self, message="a change"):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "main")
        self.commit("first")

    def rules(self, *changes):
        text = self.read("segments/rules.seg")
        for before, after in changes:
            self.assertIn(before, text)
            text = text.replace(before, after)
        self.write("segments/rules.seg", text)

    def diff(self, *words, code=0, clock=AS_OF, **more):
        result = self.segue("diff", *words, *clock, "--format", "json", **more)
        self.assert_code(result, code)
        return result.json

    def definition(self, document, name):
        return next(d for d in document["definitions"] if d["name"] == name)

    def status(self, document, name):
        return self.definition(document, name)["status"]


class Versions(DiffTest):
    def test_nothing_changed(self):
        document = self.diff()
        self.assertEqual(document["format"], "segue.diff/1")
        self.assertEqual(document["base"]["label"], "HEAD")
        self.assertEqual(len(document["base"]["commit"]), 40)
        self.assertEqual(document["head"], {"label": "the work tree", "commit": None, "exists": True})
        self.assertEqual({d["status"] for d in document["definitions"]}, {"unchanged"})
        self.assertEqual(document["breaking"], [])
        self.assertEqual(self.git_status(), "")

    def git_status(self):
        return subprocess.run(["git", "status", "--short"], cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def test_two_revisions_a_range_and_their_common_one(self):
        self.rules(("min_employees: int = 200", "min_employees: int = 500"))
        self.commit()
        for words in (["HEAD~1", "HEAD"], ["HEAD~1..HEAD"], ["HEAD~1..."], ["HEAD~1"]):
            with self.subTest(words):
                self.assertEqual(self.status(self.diff(*words), "icp"), "narrower")

    def test_folders(self):
        self.git("worktree", "add", "-q", str(self.folder / "other"), "HEAD")
        self.write("other/segments/rules.seg", self.read("segments/rules.seg").replace("200", "100"))
        self.assertEqual(self.status(self.diff("./other", "."), "icp"), "narrower")
        self.assertEqual(self.status(self.diff(".", "other/segue.yaml"), "icp"), "wider")

    def test_a_project_in_a_subfolder_that_moved(self):
        self.git("checkout", "-q", "-b", "moved")
        (self.folder / "abm").mkdir()
        for name in ("segue.yaml", "schema.yaml", "segments", "data"):
            self.git("mv", name, "abm/" + name)
        self.commit("moved")
        document = self.diff("main", "moved", cwd=self.folder / "abm")
        self.assertEqual({d["status"] for d in document["definitions"]}, {"unchanged"})
        self.assertEqual(document["notes"], ["in main the project file is `segue.yaml`"])
        self.assertEqual(self.diff("main", "--project", "abm")["definitions"], document["definitions"])

    def test_a_project_that_was_not_there(self):
        self.git("checkout", "-q", "--orphan", "empty")
        self.git("rm", "-rq", "--cached", ".")
        self.git("commit", "-q", "--allow-empty", "-m", "nothing")
        document = self.diff("HEAD")
        self.assertFalse(document["base"]["exists"])
        self.assertEqual({d["status"] for d in document["definitions"]}, {"added"})
        self.assertEqual(self.definition(document, "icp")["movement"]["entered"], 2)
        document = self.diff(".", "HEAD")
        self.assertEqual({d["status"] for d in document["definitions"]}, {"removed"})

    def test_what_is_no_revision(self):
        result = self.segue("diff", "no-such")
        self.assert_code(result, 2)
        self.assertIn("`no-such` is neither a revision of this git repository nor a folder", result.err)

    def test_a_shallow_clone_says_how_to_get_more(self):
        self.rules(("200", "300"))
        self.commit()
        clone = self.folder / "clone"
        self.git("clone", "-q", "--depth", "1", "file://" + str(self.folder), str(clone))
        result = self.segue("diff", "HEAD~1", cwd=clone)
        self.assert_code(result, 2)
        self.assertIn("this clone is shallow", result.err)
        self.assertIn("git fetch --unshallow", result.err)

    def test_outside_of_a_repository(self):
        (self.folder / ".git").rename(self.folder / ".not-git")
        result = self.segue("diff", env=self.environment(GIT_CEILING_DIRECTORIES=str(self.folder.parent)))
        self.assert_code(result, 2)
        self.assertIn("lies in no git repository", result.err)

    def test_errors_name_the_version(self):
        self.rules(("employees >= min_employees", "employes >= min_employees"))
        self.commit()
        self.rules(("employes >= min_employees", "employees >= min_employees"))
        result = self.segue("diff", "HEAD")
        self.assert_code(result, 1)
        self.assertIn("HEAD:segments/rules.seg", result.err)

    def test_a_pointer_of_git_lfs(self):
        self.write("lists/big.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n")
        self.write("segments/more.seg", 'list big_ones from "lists/big.txt"\nsegment listed { where name in big_ones }\n')
        self.commit()
        result = self.segue("diff", "HEAD")
        self.assert_code(result, 2)
        self.assertIn("git lfs fetch", result.err)


class Meaning(DiffTest):
    def test_what_is_said_otherwise_and_means_the_same(self):
        self.rules(("where big and industry in [Software, Fintech]", "where industry in [Fintech, Software] and not (employees < min_employees or employees is missing)"))
        icp = self.definition(self.diff("--no-data"), "icp")
        self.assertEqual(icp["status"], "text-only")
        self.assertIn(icp["proof"], ["same-condition", "solver"])
        self.assertEqual(icp["causes"][0]["kind"], "itself")

    def test_layout_order_title_and_names(self):
        self.rules(("  where big and industry in [Software, Fintech]", "  where  industry in [Software, Fintech]\n    and big"),
                   ("Seen this week", "Seen"), ("score interest", "score attention"))
        document = self.diff("--no-data")
        self.assertEqual(self.definition(document, "icp")["text_changes"], ["reordered"])
        self.assertEqual(self.definition(document, "active")["text_changes"], ["described"])
        attention = self.definition(document, "attention")
        self.assertEqual((attention["status"], attention["base_name"], attention["text_changes"]), ("text-only", "interest", ["renamed"]))
        self.assertEqual([(b["code"], b["name"]) for b in document["breaking"]], [("definition-renamed", "interest")])

    def test_a_define_is_the_way_to_a_segment(self):
        self.rules(("define big = employees >= min_employees", "define big = employees >= min_employees or employees is missing"))
        icp = self.definition(self.diff(), "icp")
        self.assertEqual(icp["status"], "wider")
        self.assertEqual([(c["kind"], c["name"]) for c in icp["causes"]], [("definition", "big")])
        self.assertEqual((icp["movement"]["entered"], icp["movement"]["left"]), (1, 0))
        self.assertEqual(icp["movement"]["first"][0]["account"], "A4")

    def test_a_param_and_a_list(self):
        self.write("segments/more.seg", "list fields = [Software, Retail]\nsegment field { where industry in fields }\n")
        self.commit()
        self.rules(("min_employees: int = 200", "min_employees: int = 500"))
        self.write("segments/more.seg", "list fields = [Retail, Fintech]\nsegment field { where industry in fields }\n")
        document = self.diff()
        icp = self.definition(document, "icp")
        self.assertEqual(icp["status"], "narrower")
        self.assertEqual([(c["kind"], c["name"], c["detail"], c["chain"]) for c in icp["causes"]], [("param", "min_employees", "`200` → `500`", ["big"])])
        field = self.definition(document, "field")
        self.assertEqual(field["status"], "changed")
        self.assertEqual(field["causes"][0]["detail"], "1 value added: `Fintech`; 1 value removed: `Software`")
        self.assertEqual((field["movement"]["entered"], field["movement"]["left"]), (1, 3))

    def test_examples_are_accounts_with_a_test_that_passes(self):
        self.rules(("min_employees: int = 200", "min_employees: int = 500"))
        icp = self.definition(self.diff("--no-data"), "icp")
        self.assertEqual([(e["from"], e["to"]) for e in icp["examples"]], [("in", "out")])
        self.write("segments/example.seg", icp["examples"][0]["test"])
        self.assert_code(self.segue("test", "--no-data"), 0)

    def test_columns_of_the_schema(self):
        self.write("schema.yaml", self.read("schema.yaml").replace("values: [Software, Fintech, Retail]", "values: [Software, Retail]"))
        self.rules(("industry in [Software, Fintech]", "industry = Software"))
        document = self.diff("--no-data")
        self.assertEqual([b["code"] for b in document["breaking"]], ["enum-value-removed"])
        self.assertIn("value `Fintech` removed", [s["detail"] for s in document["settings"]])
        self.assertIn(("column", "account.industry"), [(c["kind"], c["name"]) for c in self.definition(document, "icp")["causes"]])
        self.assertEqual(self.status(document, "icp"), "narrower")
        # The data still have the value: under the new schema its rows are bad.
        self.assertIn("is not among the column's values", self.definition(self.diff(), "icp")["movement"]["lacking"])

    def test_another_type_or_time_zone_is_not_guessed(self):
        self.write("schema.yaml", self.read("schema.yaml").replace("employees: int?", "employees: float?"))
        document = self.diff("--no-data")
        self.assertEqual(self.status(document, "icp"), "unknown")
        self.assertEqual(self.definition(document, "icp")["reason"], "the two cannot be compared: `account.employees`: int? → float?")
        self.assertEqual(self.status(document, "active"), "unchanged")
        self.assertEqual([b["code"] for b in document["breaking"]], ["type-changed"])
        self.git("checkout", "-q", ".")
        self.write("segue.yaml", self.read("segue.yaml").replace("Europe/Berlin", "America/New_York"))
        document = self.diff("--no-data")
        self.assertEqual((self.status(document, "icp"), self.status(document, "active")), ("unchanged", "unknown"))

    def test_added_removed_and_of_another_kind(self):
        text = RULES[:RULES.index("score interest")] + "segment interest { where customer }\nsegment fresh { where customer }\n"
        self.write("segments/rules.seg", text.replace('segment active "Seen this week"', "segment seen").replace("last 7 days", "last 8 days"))
        document = self.diff("--no-data")
        self.assertEqual([(d["name"], d["status"]) for d in document["definitions"]],
                         [("icp", "unchanged"), ("seen", "added"), ("interest", "changed"), ("fresh", "added"), ("active", "removed")])
        self.assertEqual({b["code"] for b in document["breaking"]}, {"kind-changed", "definition-removed"})

    def test_values_that_were_added_are_told(self):
        self.write("segments/more.seg", "tiers size { large: employees >= 500\n small: employees < 500\n}\n")
        self.commit()
        self.write("segments/more.seg", "tiers size { large: employees >= 500\n huge: employees >= 900\n tiny: employees < 10\n small: employees < 500\n}\n")
        document = self.diff("--no-data")
        size = self.definition(document, "size")
        self.assertEqual((size["status"], size["added_values"]),
                         ("changed", [{"name": "huge", "proved_empty": True}, {"name": "tiny", "proved_empty": False}]))
        self.write("segments/more.seg", "tiers size { large: employees >= 500\n huge: employees >= 900\n small: employees < 500\n}\n")
        size = self.definition(self.diff("--no-data"), "size")
        self.assertEqual((size["status"], size["added_values"]), ("text-only", [{"name": "huge", "proved_empty": True}]))
        for words in ([], ["--format", "markdown"]):
            self.assertIn("value `huge` added: no account can have it (proved)", self.segue("diff", "--no-data", *AS_OF, *words).out)

    def test_an_expectation_is_no_cause(self):
        self.write("segments/more.seg", "segment far { where customer and employees < 10\n expect disjoint from icp }\n")
        self.commit()
        self.rules(("big and industry in [Software, Fintech]", "industry in [Software, Fintech] and big"))
        self.write("segments/more.seg", "segment far { where employees < 10 and customer\n expect disjoint from icp }\n")
        document = self.diff("--no-data")
        self.assertEqual([c["name"] for c in self.definition(document, "far")["causes"]], ["far"])
        self.assertEqual(self.definition(document, "far")["text_changes"], ["reordered"])

    def test_rows_with_a_value_that_is_gone_are_counted(self):
        self.write("schema.yaml", self.read("schema.yaml").replace("values: [Software, Fintech, Retail]", "values: [Software, Fintech]"))
        document = self.diff()
        with open(self.folder / "data/accounts.csv", newline="") as file:
            industries = [row["industry"] for row in csv.DictReader(file)]
        [breaking] = document["breaking"]
        self.assertEqual(breaking["rows"], industries.count("Retail"))
        self.assertIn(f"({industries.count('Retail')} of {len(industries)} rows have it)", breaking["message"])
        self.assertIn(f"({industries.count('Retail')} of {len(industries)} rows have it)", document["settings"][0]["detail"])

    def test_what_suppressed_accounts_do_to_sizes(self):
        self.write("lists/no.csv", "account_id\nA4\n")
        self.write("segue.yaml", self.read("segue.yaml") + "suppress: [lists/no.csv]\n")
        self.commit()
        self.rules(("employees >= min_employees", "employees >= min_employees or employees is missing"))
        movement = self.definition(self.diff(), "icp")["movement"]
        self.assertEqual((movement["entered"], movement["suppressed"]), (0, {"entered": 1, "left": 0}))
        self.assertIn("+0 −0, 1 suppressed", self.segue("diff", *AS_OF).out)


class Outputs(DiffTest):
    def change(self):
        self.rules(("min_employees: int = 200", "min_employees: int = 100"), ("employees >= min_employees", "employees >= min_employees or employees is missing"))

    def test_text_and_markdown(self):
        self.change()
        result = self.segue("diff", *AS_OF)
        self.assert_code(result, 0)
        self.assertIn("> icp  segment: wider (nobody leaves, proved)  2 → 3  +1 −0", result.out)
        self.assertIn("1 wider, 2 unchanged; 1 entered, 0 left, 0 moved", result.out)
        result = self.segue("diff", *AS_OF, "--format", "markdown")
        self.assert_code(result, 0)
        self.assertIn("| `icp` | segment | wider (nobody leaves, proved) | 2 → 3 | +1 −0 |", result.out)
        self.assertRegex(result.out, r"^\*\*Segue diff\*\*: `HEAD` \([0-9a-f]{8}\) → the work tree\n")
        self.assertNotIn("\n\n```\n", result.out)
        self.assertEqual(result.out.count("<details>"), result.out.count("</details>"))

    def test_a_comment_has_an_end(self):
        self.write("segments/more.seg", "".join(f"segment s{i} {{ where employees > {i} }}\n" for i in range(400)))
        self.commit()
        self.write("segments/more.seg", "".join(f"segment s{i} {{ where employees > {i + 1} }}\n" for i in range(400)))
        result = self.segue("diff", *AS_OF, "--format", "markdown")
        self.assert_code(result, 0)
        self.assertLess(len(result.out), 60_000)
        self.assertIn("are left out", result.out)

    def test_fail_on(self):
        self.change()
        for limit, code in (("breaking", 0), ("changed", 1), ("unproved", 0), ("entering>0", 1), ("entering>1", 0), ("entering>49%", 1),
                            ("entering>50%", 0), ("leaving>0", 0), ("moving>0", 1), ("breaking,entering>0", 1)):
            with self.subTest(limit):
                document = self.diff("--fail-on", limit, code=code)
                self.assertEqual(bool(document["failed_on"]), code == 1)
        for limit in ("", "entering", "breaking>1", "entering>x", "other"):
            self.assert_code(self.segue("diff", "--fail-on", limit), 2)

    def test_all_movers_are_written(self):
        self.change()
        self.diff("--out", "movers.csv")
        with open(self.folder / "movers.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(r["definition"], r["change"]) for r in rows], [("icp", "entered")])
        self.assertIn("A4", rows[0].values())

    def test_without_data_it_says_what_can_be_proved(self):
        self.change()
        (self.folder / "data/accounts.csv").unlink()
        document = self.diff()
        self.assertEqual((self.status(document, "icp"), document["data"]), ("wider", None))
        self.assertIn("what it means on the data is not known", document["notes"][0])
        self.assert_code(self.segue("diff", "--out", "movers.csv"), 2)

    def test_params_of_one_version(self):
        self.change()
        self.assertEqual(self.diff("--param", "min_employees=300")["definitions"][0]["movement"]["before"]["size"], 1)
        result = self.segue("diff", "--param", "nothing=3")
        self.assert_code(result, 2)
        self.assertIn("neither version has a `param` called `nothing`", result.err)
