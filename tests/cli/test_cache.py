"""The folder of compiled code, from outside: what is kept, what is trusted, and that nothing depends on it."""
import json
import os
import subprocess

import command
from command import AS_OF, CommandTest


class Cache(CommandTest):
    def setUp(self):
        super().setUp()
        self.code = self.folder / "code"

    def run_with(self, **variables):
        """The outcome without what differs from run to run, and how many pieces of code were compiled and found."""
        env = self.environment(**{"SEGUE_CACHE_DIR": str(self.code), **variables})
        result = self.run_json("--profile", env=env)
        self.assert_code(result, 0)
        document = result.json
        code = document.pop("profile")["code"]
        return document, code["compiled"], code["in_folder"]

    def entries(self):
        return sorted(self.code.iterdir()) if self.code.is_dir() else []

    def test_a_second_run_compiles_nothing(self):
        first, compiled, found = self.run_with()
        self.assertGreater(compiled, 0)
        self.assertEqual(found, 0)
        self.assertEqual(len(self.entries()), compiled)
        self.assertEqual(self.code.stat().st_mode & 0o777, 0o700)
        second, again, found = self.run_with()
        self.assertEqual((second, again, found), (first, 0, compiled))

    def test_another_constant_and_another_day_are_the_same_code(self):
        _, compiled, _ = self.run_with()
        changed = command.RULES.replace("= 200", "= 250").replace("last 7 days", "last 8 days")
        self.write("segments/rules.seg", changed)
        _, again, found = self.run_with()
        self.assertEqual((again, found), (0, compiled))

    def test_damaged_entries_are_compiled_again_and_replaced(self):
        first, compiled, _ = self.run_with()
        for entry in self.entries():
            whole = entry.read_bytes()
            entry.write_bytes(whole[: len(whole) // 2])
        second, again, found = self.run_with()
        self.assertEqual((second, again, found), (first, compiled, 0))
        self.assertEqual(self.run_with(), (first, 0, compiled))

    def test_it_can_be_switched_off(self):
        _, compiled, found = self.run_with(SEGUE_CACHE="off")
        self.assertGreater(compiled, 0)
        self.assertEqual((found, self.entries()), (0, []))

    def test_it_lies_in_the_cache_of_the_user(self):
        env = {k: v for k, v in self.environment(HOME=str(self.folder)).items() if not k.startswith(("SEGUE_CACHE", "XDG_"))}
        self.assert_code(self.run_json(env=env), 0)
        self.assertTrue(list((self.folder / ".cache/segue/code").iterdir()))

    def test_a_folder_that_others_may_write_to_is_not_used(self):
        first, compiled, _ = self.run_with()
        self.code.chmod(0o777)
        second, again, found = self.run_with()
        self.assertEqual((second, again, found), (first, compiled, 0))
        result = self.segue("run", *AS_OF, "--profile", env=self.environment(SEGUE_CACHE_DIR=str(self.code)))
        self.assertIn("others may write to", result.err)

    def test_a_folder_that_cannot_be_made_is_no_failure(self):
        self.write("file", "text")
        _, compiled, found = self.run_with(SEGUE_CACHE_DIR=str(self.folder / "file" / "code"))
        self.assertGreater(compiled, 0)
        self.assertEqual(found, 0)

    def test_runs_at_once_agree(self):
        env = self.environment(SEGUE_CACHE_DIR=str(self.code))
        words = [str(command.SEGUE), "run", *AS_OF, "--format", "json"]
        processes = [subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) for _ in range(4)]
        outputs = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
        self.assertTrue(all(output == outputs[0] for output in outputs))
        self.assertTrue(all(not os.path.islink(entry) and entry.suffix == ".code" for entry in self.entries()))
