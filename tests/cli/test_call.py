"""How the command is called: help, verbs, options, projects, exit codes."""
import os
import subprocess
import time

import command
from command import AS_OF, CommandTest

LATER_VERBS = ["lsp"]


class Help(CommandTest):
    def test_no_arguments_print_the_help(self):
        result = self.segue()
        self.assert_code(result, 0)
        for verb in ("check", "fmt", "run", "explain"):
            self.assertIn(verb, result.out)
        self.assertEqual(result.err, "")

    def test_help_is_the_same_however_it_is_asked_for(self):
        texts = {self.segue(*words).out for words in ([], ["--help"], ["-h"], ["help"])}
        self.assertEqual(len(texts), 1)

    def test_each_verb_has_a_help_with_examples(self):
        for verb in ("check", "fmt", "run", "explain"):
            for words in ([verb, "--help"], ["help", verb], [verb, "--threads", "x", "--help"]):
                result = self.segue(*words)
                self.assert_code(result, 0)
                self.assertIn("Usage: segue " + verb, result.out)
                self.assertIn("Examples:", result.out)

    def test_version(self):
        result = self.segue("--version")
        self.assert_code(result, 0)
        self.assertRegex(result.out, r"^segue \d+\.\d+\.\d+\n$")


class MalformedCalls(CommandTest):
    def assert_refused(self, *words, says):
        for more in ([], ["--format", "json"]):
            result = self.segue(*words, *more)
            self.assert_code(result, 2)
            self.assertEqual(result.out, "")
            self.assertIn(says, result.err)

    def test_an_unknown_verb_is_answered_with_the_nearest(self):
        self.assert_refused("chekc", says="unknown verb `chekc`; did you mean `check`?")

    def test_an_unknown_flag_is_answered_with_the_nearest(self):
        self.assert_refused("run", "--as-off", "2026-03-01", says="`run` has no option `--as-off`; did you mean `--as-of`?")
        self.assert_refused("fmt", "--data", says="`fmt` has no option `--data`")

    def test_an_option_before_the_verb_says_where_it_belongs(self):
        self.assert_refused("--quiet", "run", says="options stand after the verb")

    def test_values_are_checked(self):
        self.assert_refused("run", "--threads", "0", says="`--threads` takes a number from 1 to 1024, not `0`")
        self.assert_refused("run", "--engine", "jit", says="`--engine` takes `native` or `interpreter`, not `jit`")
        self.assert_refused("run", "--on-bad-row", "drop", says="`--on-bad-row` takes `fail` or `skip`, not `drop`")
        self.assert_refused("run", "--expect", "no", says="`--expect` takes `fail` or `warn`, not `no`")
        self.assert_refused("run", "--layout", "tall", "--out", "x.csv", says="`--layout` takes `wide` or `long`, not `tall`")
        self.assert_refused("run", "--as-of", "yesterday", says="`--as-of` takes a date")
        self.assert_refused("run", "--as-of", "2026-02-30", says="`--as-of` takes a date")
        self.assert_refused("run", "--param", "x", says="`--param` takes NAME=VALUE, not `x`")
        self.assert_refused("run", "--source", "=x", says="`--source` takes TABLE=PATH, not `=x`")

    def test_a_format_is_checked(self):
        for words, says in ((["run", "--format", "xml"], "`--format` takes `text` or `json`, not `xml`"),
                            (["check", "--format", "markdown"], "`--format` takes `text`, `json`, `github` or `sarif`, not `markdown`")):
            result = self.segue(*words)
            self.assert_code(result, 2)
            self.assertIn(says, result.err)

    def test_a_missing_value_is_named(self):
        result = self.segue("run", "--as-of")
        self.assert_code(result, 2)
        self.assertIn("`--as-of` needs a value: TIME", result.err)

    def test_an_option_that_stands_twice_is_refused(self):
        self.assert_refused("run", "--as-of", "2026-03-01", "--as-of", "2026-03-02", says="`--as-of` stands twice")
        self.assert_refused("run", "--param", "n=1", "--param", "n=2", says="`--param n=...` stands twice")

    def test_too_many_and_too_few_words(self):
        self.assert_refused("check", ".", "icp", says="`icp` is one too many")
        self.assert_refused("explain", "icp", says="`explain` needs the NAME of a definition and the KEY of an account")
        self.assert_refused("explain", ".", "icp", says="`explain` needs the NAME of a definition and the KEY of an account")
        self.assert_refused("explain", ".", "icp", "A1", "--members", says="`A1` is one too many")

    def test_a_layout_needs_an_output(self):
        self.assert_refused("run", "--layout", "long", says="`--layout` needs `--out PATH`")

    def test_what_a_later_version_has_says_so_in_one_line(self):
        for verb in LATER_VERBS:
            result = self.segue(verb)
            self.assert_code(result, 2)
            self.assertIn(f"`segue {verb}` is not supported yet", result.err)


class Projects(CommandTest):
    def test_the_nearest_project_is_found_upward(self):
        (self.folder / "deep/er").mkdir(parents=True)
        self.assert_code(self.segue("check", cwd=self.folder / "deep/er"), 0)

    def test_a_folder_and_a_yaml_file_are_projects(self):
        for project in (str(self.folder), ".", "./", str(self.folder / "segue.yaml")):
            self.assert_code(self.segue("check", project), 0)
        result = self.segue("run", str(self.folder), "icp", *AS_OF, "--format", "json", cwd="/")
        self.assertEqual([d["name"] for d in result.json["definitions"]], ["icp"])

    def test_a_project_file_may_have_another_name(self):
        self.write("other.yaml", command.PROJECT.replace("Europe/Berlin", "Asia/Kolkata"))
        result = self.segue("run", "other.yaml", *AS_OF, "--format", "json")
        self.assertEqual(result.json["timezone"], "Asia/Kolkata")

    def test_a_definition_wins_over_a_folder_of_its_name(self):
        (self.folder / "icp").mkdir()
        result = self.run_json("icp")
        self.assert_code(result, 0)
        self.assertEqual([d["name"] for d in result.json["definitions"]], ["icp"])
        self.assert_code(self.run_json("./icp"), 2)

    def test_a_folder_without_a_project_is_the_callers_fault(self):
        (self.folder / "empty").mkdir()
        for words in (["check", "empty"], ["check", "nowhere"], ["run", "nowhere/"], ["run", "nowhere.yaml"]):
            result = self.segue(*words)
            self.assert_code(result, 2)
            self.assertNotEqual(result.err, "")
            result = self.segue(*words, "--format", "json")
            self.assert_code(result, 2)
            self.assertEqual(result.codes(), ["unreadable-file"])

    def test_no_project_at_all(self):
        result = self.segue("run", cwd="/")
        self.assert_code(result, 2)
        self.assertIn("segue.yaml", result.err)

    def test_words_after_two_dashes_are_no_options(self):
        result = self.segue("explain", *AS_OF, "--format", "json", "--", "icp", "-1")
        self.assert_code(result, 2)
        self.assertEqual(result.codes(), ["unknown-account"])


class Surroundings(CommandTest):
    def test_a_full_disk_under_standard_output_is_told(self):
        for words in (["run", *AS_OF], ["run", *AS_OF, "--format", "json"], ["check"], ["explain", "icp", "A1"], ["--help"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([str(command.SEGUE), *words], cwd=self.folder, stdout=full, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"No space left on device", done.stderr)

    def test_a_closed_standard_output_is_told(self):
        done = subprocess.run(["sh", "-c", f"exec '{command.SEGUE}' run --as-of 2026-03-01 --out o.csv >&-"], cwd=self.folder, capture_output=True)
        self.assertEqual(done.returncode, 2)
        self.assertTrue(self.read("o.csv").startswith("account_id,"))

    def test_a_closed_pipe_ends_quietly(self):
        for words in (["run", *AS_OF, "--quiet"], ["run", *AS_OF, "--format", "json", "--out", "o.csv"], ["--help"]):
            read_end, write_end = os.pipe()
            os.close(read_end)
            done = subprocess.run([str(command.SEGUE), *words], cwd=self.folder, stdout=write_end, stderr=subprocess.PIPE, timeout=60)
            os.close(write_end)
            self.assertEqual(done.stderr, b"")
            self.assertEqual(done.returncode, 0)
        self.assertTrue((self.folder / "o.csv").exists())

    def test_colours_only_where_they_are_wanted(self):
        self.assertNotIn("\x1b", self.segue("run", *AS_OF).out)
        self.assertIn("\x1b", self.segue("run", *AS_OF, "--color", "always").out)
        self.assertNotIn("\x1b", self.segue("run", *AS_OF, "--color", "never").out)

    def test_a_terminal_gets_colours_and_no_color_takes_them_away(self):
        import pty
        for env, expected in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            outer, inner = pty.openpty()
            done = subprocess.Popen([str(command.SEGUE), "run", *AS_OF], cwd=self.folder, stdout=inner, stderr=subprocess.DEVNULL,
                                    env=self.environment(**{"TERM": "xterm", **env}))
            os.close(inner)
            text = b""
            try:
                while block := os.read(outer, 65536):
                    text += block
            except OSError:
                pass
            os.close(outer)
            self.assertEqual(done.wait(), 0)
            self.assertEqual(b"\x1b" in text, expected)

    def test_without_unicode_there_is_ascii_only(self):
        result = self.segue("run", *AS_OF, env=self.environment(LC_ALL="C"))
        self.assertTrue(result.out.isascii())

    def test_start_up_time(self):
        times = []
        for _ in range(20):
            start = time.perf_counter()
            self.segue("--version")
            times.append(time.perf_counter() - start)
        print(f"\nstart-up: {sorted(times)[len(times) // 2] * 1000:.1f} ms (median of {len(times)})")
