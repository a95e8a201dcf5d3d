"""Interruptions: exit codes, and what is left of the output."""
import signal
import subprocess
import time

import command
from command import AS_OF, CommandTest


class Signals(CommandTest):
    def setUp(self):
        super().setUp()
        header = command.ACCOUNTS.splitlines()[0]
        rows = "\n".join(f"K{i},Name {i},Software,{i % 5000},false,2026-01-05" for i in range(300_000))
        self.write("data/accounts.csv", f"{header}\n{rows}\n")
        self.write("o.csv", "old")

    def interrupted(self, number, delay):
        words = [str(command.SEGUE), "run", *AS_OF, "--engine", "interpreter", "--threads", "1", "--out", "o.csv"]
        process = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
        time.sleep(delay)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def leftovers(self):
        return sorted(p.name for p in self.folder.iterdir() if p.name.startswith((".o.csv", "o.csv")))

    def test_an_interruption_ends_with_130_and_a_termination_with_143(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            done, out, err = self.interrupted(number, 0.15)
            self.assertEqual((done, out), (code, b""), err)
            self.assertEqual(self.read("o.csv"), "old")
            self.assertEqual(self.leftovers(), ["o.csv"])

    def test_a_crash_says_what_to_report(self):
        done, _, err = self.interrupted(signal.SIGABRT, 0.15)
        self.assertEqual(done, -signal.SIGABRT)
        self.assertIn(b"this is a bug of Segue", err)
        self.assertEqual(self.read("o.csv"), "old")

    def test_at_any_moment_the_file_is_the_old_or_the_new_one(self):
        for number in (signal.SIGKILL, signal.SIGINT):
            for step in range(1, 12):
                self.write("o.csv", "old")
                done, _, err = self.interrupted(number, step * 0.1)
                self.assertIn(done, (0, 130, -9), err)
                text = self.read("o.csv")
                self.assertTrue(text == "old" or (text.startswith("account_id,icp") and text.count("\n") == 300_001), text[:100])
                if number != signal.SIGKILL:
                    self.assertEqual(self.leftovers(), ["o.csv"])
                for rest in self.leftovers():
                    if rest != "o.csv":
                        (self.folder / rest).unlink()
