"""`segue run --follow`: lines in, lines out."""
import json
import signal
import subprocess

import command
from command import AS_OF, CommandTest


class Follow(CommandTest):
    def follow(self, *lines, words=()):
        """Exit code, documents printed, standard error."""
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        done = subprocess.run([str(command.SEGUE), "run", "--follow", "--quiet", *AS_OF, *words], input=text, cwd=self.folder, text=True, capture_output=True,
                              timeout=60, env=self.environment())
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def test_the_first_line_says_what_there_is(self):
        code, printed, err = self.follow()
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(printed[0]["format"], "segue.follow/1")
        self.assertEqual(printed[0]["accounts"], 5)
        self.assertEqual([(each["name"], each.get("size")) for each in printed[0]["definitions"]], [("icp", 2), ("active", 1), ("interest", None)])

    def test_accounts_enter_and_leave(self):
        code, printed, err = self.follow(
            {"table": "account", "op": "update", "key": "A4", "row": {"employees": 500}},
            "",
            {"table": "contacts", "op": "update", "key": "C4", "row": {"account_id": "A4"}},
            {"table": "account", "op": "delete", "key": "A2"},
            {"table": "account", "op": "insert", "row": {"account_id": "A6", "name": "Zeta", "industry": "Software", "employees": 201, "customer": False}})
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(printed[1:], [
            {"line": 1, "account": "A4", "definition": "icp", "change": "entered"},
            {"line": 3, "account": "A4", "definition": "interest", "change": "scored", "from": 0.0, "to": 0.5},
            {"line": 4, "account": "A2", "definition": "icp", "change": "left"},
            {"line": 4, "account": "A2", "definition": "interest", "change": "scored", "from": 0.5, "to": None},
            {"line": 5, "account": "A6", "definition": "icp", "change": "entered"},
            {"line": 5, "account": "A6", "definition": "interest", "change": "scored", "from": None, "to": 0.0}])

    def test_a_row_waits_for_its_parent(self):
        code, printed, err = self.follow(
            {"table": "contacts", "op": "insert", "row": {"contact_id": "C9", "account_id": "A7", "active": True}},
            {"table": "account", "op": "insert", "key": "A7", "row": {"name": "Late", "customer": True}})
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(printed[1:], [{"line": 2, "account": "A7", "definition": "interest", "change": "scored", "from": None, "to": 0.5}])

    def test_a_wrong_line_is_told_and_the_next_one_read(self):
        wrong = {
            "{": "this is no JSON; write one object a line",
            "[1]": "this is no JSON object; write one object a line",
            '{"table": "account", "op": "upsert"}': "`op` takes \"insert\", \"update\" or \"delete\"",
            '{"tabel": "account"}': "unknown field `tabel`; a change has `table`, `op`, `key` and `row`",
            '{"table": "acount", "op": "delete", "key": "A1"}': "unknown table `acount`; did you mean `account`?",
            '{"table": "account", "op": "delete", "key": "A0"}': "`account` has no row `A0`; insert it first",
            '{"table": "account", "op": "insert", "key": "A1", "row": {"name": "x", "customer": true}}': "`account` has a row `A1` already; update it, or delete it first",
            '{"table": "account", "op": "insert", "key": "A8", "row": {}}': "`customer` of `account` may not be missing; give it in `row`",
            '{"table": "account", "op": "update", "key": "A1", "row": {"employes": 1}}': "`employes`: unknown column `employes` of `account`; did you mean `employees`?",
            '{"table": "account", "op": "update", "key": "A1", "row": {"employees": "many"}}': "`employees`: `many` is no whole number",
            '{"table": "events", "op": "insert", "row": {"account_id": "A1", "at": "2026-04-01", "kind": "demo"}}': "`at`",
            '{"as_of": "soon"}': "`as_of` takes a date",
            '{"as_of": "2026-04-01"}': "the clock cannot move: `events` has a `known_at`",
        }
        code, printed, err = self.follow(*wrong, {"table": "account", "op": "update", "key": "A1", "row": {"customer": True}})
        self.assertEqual(code, 1)
        told = err.splitlines()
        self.assertEqual(len(told), len(wrong), err)
        for number, (line, message) in enumerate(zip(told, wrong.values()), 1):
            self.assertTrue(line.startswith(f"line {number}: error: {message}"), line)
        self.assertEqual(printed[1:], [{"line": len(wrong) + 1, "account": "A1", "definition": "icp", "change": "left"}])

    def test_the_clock_moves_where_nothing_was_read_by_it(self):
        self.write("schema.yaml", command.SCHEMA.replace("    known_at: at\n", ""))
        code, printed, err = self.follow({"as_of": "2026-04-20"}, words=["active"])
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(printed[1:], [{"line": 1, "account": "A1", "definition": "active", "change": "left"}])

    def test_answers_come_before_the_next_change_is_sent(self):
        process = subprocess.Popen([str(command.SEGUE), "run", "--follow", "--quiet", *AS_OF], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   env=self.environment())
        self.assertIn("segue.follow/1", process.stdout.readline())
        process.stdin.write('{"table": "account", "op": "update", "key": "A1", "row": {"customer": true}}\n')
        process.stdin.flush()
        self.assertEqual(json.loads(process.stdout.readline())["change"], "left")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=30), 130)
        process.stdin.close()
        process.stdout.close()

    def test_a_closed_output_ends_it_quietly(self):
        process = subprocess.Popen([str(command.SEGUE), "run", "--follow", "--quiet", *AS_OF], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.environment())
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write('{"table": "account", "op": "update", "key": "A1", "row": {"customer": true}}\n')
        process.stdin.flush()
        self.assertEqual(process.wait(timeout=30), 0)
        self.assertEqual(process.stderr.read(), "")
        process.stdin.close()
        process.stderr.close()

    def test_options_that_need_a_run_of_their_own_are_refused(self):
        for option in (["--out", "a.csv"], ["--audit"], ["--format", "json"], ["--history", "monthly", "3"]):
            done = subprocess.run([str(command.SEGUE), "run", "--follow", *option], cwd=self.folder, capture_output=True, text=True, env=self.environment(), timeout=60)
            self.assertEqual(done.returncode, 2, option)
            self.assertIn("--follow", done.stderr)
