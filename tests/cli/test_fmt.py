"""`segue fmt`: in place, --check, standard input, folders."""
import os

from command import CommandTest

UGLY = "segment   big {where employees>200 and customer}\n"


class Fmt(CommandTest):
    def pretty(self):
        result = self.segue("fmt", "-", stdin=UGLY.encode())
        self.assert_code(result, 0)
        return result.out

    def test_standard_input_goes_to_standard_output(self):
        pretty = self.pretty()
        self.assertNotEqual(pretty, UGLY)
        self.assertEqual(self.segue("fmt", "-", stdin=pretty.encode()).out, pretty)

    def test_files_are_formatted_in_place_and_keep_their_permissions(self):
        file = self.write("a.seg", UGLY)
        os.chmod(file, 0o640)
        result = self.segue("fmt", "a.seg")
        self.assert_code(result, 0)
        self.assertEqual(result.out, "")
        self.assertEqual(self.read("a.seg"), self.pretty())
        self.assertEqual(file.stat().st_mode & 0o777, 0o640)
        self.assertEqual(os.listdir(self.folder).count("a.seg"), 1)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("a.seg")], ["a.seg"])

    def test_check_lists_what_would_change_and_changes_nothing(self):
        self.write("a.seg", UGLY)
        self.write("b.seg", self.pretty())
        result = self.segue("fmt", "--check", "a.seg", "b.seg")
        self.assert_code(result, 1)
        self.assertEqual(result.out, "a.seg\n")
        self.assertEqual(self.read("a.seg"), UGLY)
        self.assert_code(self.segue("fmt", "--check", "b.seg"), 0)

    def test_check_of_standard_input(self):
        self.assert_code(self.segue("fmt", "--check", "-", stdin=UGLY.encode()), 1)
        self.assert_code(self.segue("fmt", "--check", "-", stdin=self.pretty().encode()), 0)

    def test_folders_are_formatted_with_all_that_is_in_them(self):
        self.write("rules/deep/a.seg", UGLY)
        self.write("rules/.hidden/b.seg", UGLY)
        self.write("rules/notes.txt", UGLY)
        self.assert_code(self.segue("fmt", "rules"), 0)
        self.assertEqual(self.read("rules/deep/a.seg"), self.pretty())
        self.assertEqual(self.read("rules/.hidden/b.seg"), UGLY)
        self.assertEqual(self.read("rules/notes.txt"), UGLY)

    def test_without_a_path_the_whole_project_is_formatted(self):
        self.write("segments/a.seg", UGLY)
        result = self.segue("fmt", "--check", cwd=self.folder / "data")
        self.assert_code(result, 1)
        self.assertEqual(result.out, "../segments/a.seg\n")

    def test_several_paths_and_a_file_that_stands_twice(self):
        self.write("a.seg", UGLY)
        self.write("b.seg", UGLY)
        result = self.segue("fmt", "--check", "b.seg", "a.seg", "b.seg")
        self.assertEqual(result.out, "a.seg\nb.seg\n")

    def test_a_file_with_errors_stays_and_the_others_are_formatted(self):
        self.write("a.seg", "segment broken {\n")
        self.write("b.seg", UGLY)
        result = self.segue("fmt", "a.seg", "b.seg")
        self.assert_code(result, 1)
        self.assertIn("a.seg:1", result.err)
        self.assertEqual(self.read("a.seg"), "segment broken {\n")
        self.assertEqual(self.read("b.seg"), self.pretty())

    def test_a_missing_path_is_the_callers_fault(self):
        self.write("b.seg", UGLY)
        result = self.segue("fmt", "nowhere.seg", "b.seg")
        self.assert_code(result, 2)
        self.assertIn("nowhere.seg", result.err)
        self.assertEqual(self.read("b.seg"), self.pretty())

    def test_a_symbolic_link_stays_one(self):
        self.write("real.seg", UGLY)
        os.symlink("real.seg", self.folder / "link.seg")
        self.assert_code(self.segue("fmt", "link.seg"), 0)
        self.assertTrue((self.folder / "link.seg").is_symlink())
        self.assertEqual(self.read("real.seg"), self.pretty())

    def test_quiet_says_nothing(self):
        self.write("a.seg", UGLY)
        result = self.segue("fmt", "--quiet", "a.seg")
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))
