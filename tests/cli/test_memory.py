"""`segue run --memory`: tables that are read in parts give what tables in memory give, and leave nothing behind."""
import os
import random
import resource
import subprocess
import unittest

import command
from command import CommandTest

CLOCK = ("--as-of", "2026-03-01")
SCHEMA = """account:
  key: id
  columns:
    id: int
    size: int?
relations:
  people:
    of: account
    on: owner
    key: pid
    columns:
      pid: int
      title: text
"""
RULES = """segment big { where size >= 500 }
segment led { where any(people where title = "chief") }
segment wide { where count(people) >= 3 expect disjoint from big }
tiers share {
  tenth: big top 10% by size
  otherwise rest
}
audience chiefs of people { where title = "chief" }
"""
ACCOUNTS = 30000


class MemoryTest(CommandTest):
    def setUp(self):
        super().setUp()
        draw = random.Random(7)
        self.write("segue.yaml", "language: 1\nschema: schema.yaml\nrules: [rules.seg]\nsources: {account: accounts.csv, people: people.csv}\n")
        self.write("schema.yaml", SCHEMA)
        self.write("rules.seg", RULES)
        keys = list(range(ACCOUNTS))
        draw.shuffle(keys)
        self.write("accounts.csv", "id,size\n" + "".join(f"{k},{draw.choice(['', draw.randrange(1000)])}\n" for k in keys))
        self.write("people.csv", "pid,owner,title\n" + "".join(
            f"{i},{draw.randrange(ACCOUNTS + 99)},{draw.choice(['chief', 'head', 'staff'])}\n" for i in range(60000)))

    def run_to(self, out, memory, *words):
        return self.segue("run", *CLOCK, "--expect", "warn", "--memory", memory, "--out", out, *words)

    def bytes_below(self, folder):
        return {p.name: p.read_bytes() for p in sorted((self.folder / folder).iterdir())}

    def test_parts_give_the_same_files_and_the_same_words(self):
        for layout in ("wide", "long"):
            whole, parts = self.run_to("whole/", "8GiB", "--layout", layout), self.run_to("parts/", "1MiB", "--layout", layout)
            self.assert_code(whole, 0)
            self.assert_code(parts, 0)
            self.assertEqual(whole.out, parts.out)
            self.assertEqual(whole.err.replace("whole/", "parts/"), parts.err)
            self.assertEqual(self.bytes_below("whole"), self.bytes_below("parts"))

    def test_a_full_disk_ends_the_run_and_leaves_the_old_output(self):
        self.write("out.csv", "old")
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
        result = subprocess.run([str(command.SEGUE), "run", *CLOCK, "--memory", "1MiB", "--out", "out.csv"], cwd=self.folder, capture_output=True,
                                text=True, preexec_fn=limit, env={**os.environ, "SEGUE_CACHE": "off"})
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("the tables do not fit in memory, and `", result.stderr)
        self.assertEqual((self.folder / "out.csv").read_text(), "old")
        self.assertEqual([p for p in os.listdir(self.folder) if p.endswith(".tmp")], [])

    def test_a_broken_expectation_and_bad_rows_leave_the_old_output(self):
        self.write("out.csv", "old")
        self.assert_code(self.segue("run", *CLOCK, "--memory", "1MiB", "--out", "out.csv"), 1)
        self.write("accounts.csv", "id,size\n1,x\n1,5\n")
        bad = self.run_to("out.csv", "1KiB")
        self.assert_code(bad, 1)
        self.assertIn("bad-value", bad.err)
        self.assertEqual((self.folder / "out.csv").read_text(), "old")


if __name__ == "__main__":
    unittest.main()
