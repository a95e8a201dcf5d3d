"""`segue check`: what rules, schema and project say wrong."""
import command
from command import CommandTest


class Check(CommandTest):
    def test_a_sound_project(self):
        result = self.segue("check")
        self.assert_code(result, 0)
        self.assertEqual((result.out, result.err), ("no problems found\n", ""))
        self.assertEqual(self.segue("check", "--format", "json").json, {"format": "segue.check/1", "diagnostics": []})

    def test_quiet_says_nothing(self):
        result = self.segue("check", "--quiet")
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_errors_have_a_place_a_message_and_a_fix(self):
        self.write("segments/bad.seg", "segment bad {\n  where employes > 200\n}\n")
        result = self.segue("check", "--format", "json")
        self.assert_code(result, 1)
        [diagnostic] = result.json["diagnostics"]
        self.assertEqual(diagnostic["severity"], "error")
        self.assertEqual(diagnostic["file"], "segments/bad.seg")
        self.assertEqual((diagnostic["start"], diagnostic["end"]), ({"line": 2, "column": 9}, {"line": 2, "column": 17}))
        self.assertIn("did you mean `employees`?", diagnostic["message"])
        self.assertEqual(diagnostic["fix"]["edits"], [{"start": {"line": 2, "column": 9}, "end": {"line": 2, "column": 17}, "text": "employees"}])
        text = self.segue("check")
        self.assert_code(text, 1)
        self.assertIn("segments/bad.seg:2:9", text.err)
        self.assertIn("where employes > 200", text.err)
        self.assertEqual(text.out, "1 error\n")

    def test_several_files_in_order(self):
        self.write("segments/b.seg", "segment b1 {\n  where nope\n}\n\nsegment b2 {\n  where employees = \"x\"\n}\n")
        self.write("segments/a.seg", "segment a1 {\n  where\n}\n")
        places = [(d["file"], d["start"]["line"]) for d in self.segue("check", "--format", "json").json["diagnostics"]]
        self.assertEqual(places, sorted(places))
        self.assertEqual({file for file, _ in places}, {"segments/a.seg", "segments/b.seg"})

    def test_mistakes_in_yaml(self):
        self.write("schema.yaml", command.SCHEMA.replace("employees: int?", "employees: integer"))
        result = self.segue("check", "--format", "json")
        self.assert_code(result, 1)
        self.assertEqual([(d["code"], d["file"], d["start"]["line"]) for d in result.json["diagnostics"]], [("unknown-type", "schema.yaml", 7)])
        self.write("segue.yaml", command.PROJECT + "colour: red\n")
        self.assertIn("unknown-key", self.segue("check", "--format", "json").codes())

    def test_missing_files_are_the_callers_fault(self):
        self.write("segments/more.seg", 'use "lib/blocks.seg"\nlist vips from "lists/vips.csv"\n')
        result = self.segue("check", "--format", "json")
        self.assert_code(result, 2)
        self.assertEqual([(d["code"], d["file"], d["start"]["line"]) for d in result.json["diagnostics"]],
                         [("unreadable-file", "segments/more.seg", 1), ("unreadable-file", "segments/more.seg", 2)])
        (self.folder / "schema.yaml").unlink()
        result = self.segue("check", "--format", "json")
        self.assert_code(result, 2)
        self.assertEqual(result.codes(), ["unreadable-file"])

    def test_used_files_and_lists_are_read(self):
        self.write("lib/blocks.seg", "define large = employees > 1_000\n")
        self.write("lists/vips.csv", "name\nAcme\n")
        self.write("segments/more.seg", 'use "lib/blocks.seg"\nlist vips from "lists/vips.csv" by name\nsegment m {\n  where large or name in vips\n}\n')
        self.assert_code(self.segue("check"), 0)
        self.assertEqual(self.definition(self.run_json("m"), "m")["size"], 2)

    def test_strict_makes_warnings_fail(self):
        self.write("segue.yaml", command.PROJECT.replace("rules: [segments/**/*.seg]", "rules: [segments/**/*.seg, nothing/*.seg]"))
        result = self.segue("check", "--format", "json")
        self.assert_code(result, 0)
        self.assertEqual([(d["code"], d["severity"]) for d in result.json["diagnostics"]], [("no-rule-files", "warning")])
        strict = self.segue("check", "--strict", "--format", "json")
        self.assert_code(strict, 1)
        self.assertEqual(strict.json, result.json)
        self.assertEqual(self.segue("check").out, "1 warning\n")

    def test_any_bytes_are_answered(self):
        for text in (b"\x00\xff\xfe", b"(" * 100_000, b"\xef\xbb\xbf", b'"' * 999, "segment é {".encode()):
            self.write("segments/bytes.seg", text)
            self.assertIn(self.segue("check", "--format", "json").code, (0, 1))

    def test_no_two_texts_differ(self):
        self.write("segments/bad.seg", "segment bad {\n  where a and b or c\n}\nsegment worse { where x = = 5 }\n")
        self.assertEqual(len({self.segue("check", "--format", "json").out for _ in range(5)}), 1)
