"""`run --profile`: what phases and conditions cost, for people and for scripts. No time is ever asserted."""
from command import AS_OF, CommandTest


class Profile(CommandTest):
    def setUp(self):
        super().setUp()
        self.env = self.environment(SEGUE_CACHE="off")

    def profile(self, *arguments):
        result = self.run_json("--profile", *arguments, env=self.env)
        self.assert_code(result, 0)
        return result.json["profile"]

    def test_all_phases_are_there_and_make_up_the_total(self):
        profile = self.profile()
        self.assertEqual(list(profile["phases"]), ["parse", "check", "plan", "compile", "read", "evaluate", "write"])
        parts = sum(phase["seconds"] for phase in profile["phases"].values())
        self.assertLessEqual(parts, profile["total"]["seconds"] * 1.001)
        self.assertGreater(profile["phases"]["compile"]["processor_seconds"], 0)
        self.assertGreater(profile["peak_memory"], 1_000_000)

    def test_tables_are_counted(self):
        data = self.profile()["data"]
        files = [self.folder / "data" / f"{table}.csv" for table in ("accounts", "contacts", "events")]
        self.assertEqual((data["files"], data["file_bytes"]), (3, sum(file.stat().st_size for file in files)))
        rows = sum(len(file.read_text().splitlines()) - 1 for file in files)
        self.assertEqual(data["rows"], rows)

    def test_conditions_are_shared_and_lead_back_to_the_rules(self):
        self.write("segments/more.seg", "segment other { where employees >= 200 and industry in [Software, Fintech] }\n")
        profile = self.profile("icp", "other")
        conditions = profile["conditions"]
        self.assertGreater(conditions["written"], conditions["evaluated"])
        texts = {entry["condition"]: entry for entry in profile["dearest"]}
        shared = texts["industry in [Software, Fintech]"]
        self.assertEqual(sorted(shared["definitions"]), ["icp", "other"])
        self.assertTrue(shared["file"].startswith("segments/") and shared["line"] > 0)
        total = sum(entry["share"] for entry in profile["dearest"])
        self.assertLessEqual(total, 1.001)
        self.assertEqual(profile["dearest"], sorted(profile["dearest"], key=lambda entry: -entry["processor_seconds"]))

    def test_the_interpreter_says_what_it_does_not_have(self):
        profile = self.profile("--engine", "interpreter")
        self.assertEqual(profile["engine"], "interpreter")
        for field in ("conditions", "code", "condition_seconds", "combining_seconds"):
            self.assertIsNone(profile[field])
        self.assertEqual((profile["phases"]["plan"], profile["dearest"]), (None, []))
        result = self.segue("run", *AS_OF, "--profile", "--engine", "interpreter", env=self.env)
        self.assertIn("`--engine native` shows them", result.err)
        self.assertNotIn("compile", result.err)

    def test_people_get_tables_beside_the_results(self):
        plain = self.segue("run", "icp", *AS_OF, env=self.env)
        result = self.segue("run", "icp", *AS_OF, "--profile", "--quiet", env=self.env)
        self.assert_code(result, 0)
        self.assertEqual(result.out, plain.out)
        for text in ("phase", "everything else", "conditions: ", "machine code: ", "memory: ", "industry in [Software, Fintech]"):
            self.assertIn(text, result.err)

    def test_nothing_is_said_without_the_option(self):
        self.assertNotIn("profile", self.run_json(env=self.env).json)

    def test_a_run_that_fails_says_what_was_done(self):
        self.write("segments/rules.seg", "segment s { where nothing_of_the_kind }\n")
        result = self.run_json("--profile", env=self.env)
        self.assert_code(result, 1)
        self.assertGreater(result.json["profile"]["phases"]["parse"]["seconds"], 0)
