"""`segue prepare`: what is prepared is what is read, or it is not used."""
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import command
from command import AS_OF, CommandTest

STORE = ".segue/prepared"
# Two parts of a table of events, none of them after the clock.
FIRST = "account_id,at,kind\nA1,2026-02-27T10:00:00Z,demo\nA1,2026-02-10 09:00,visit\n"
SECOND = "account_id,at,kind\nA2,2026-02-28T00:00:00Z,visit\nA3,2026-02-01T00:00:00Z,ünïcode\n"


class PrepareTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("data/events.csv", FIRST)

    def prepare(self, *words, clock=AS_OF):
        result = self.segue("prepare", "--format", "json", *clock, *words)
        self.assert_code(result, 0)
        return {t["table"]: t["state"] for t in result.json["tables"]}

    def store(self):
        return sorted(p for p in (self.folder / STORE).iterdir() if p.suffix == ".seguecolumn")

    def assert_same_as_unprepared(self, *words, uses=True, engines=("native", "interpreter")):
        for engine in engines:
            with_it = self.run_json("--engine", engine, *words)
            without = self.run_json("--engine", engine, "--prepared", "off", *words)
            if uses:
                self.assertEqual(with_it.out, without.out)
            else:
                documents = [dict(r.json) for r in (with_it, without)]
                for document in documents:
                    document["diagnostics"] = [d for d in document["diagnostics"] if d["code"] != "unused-prepared-tables"]
                self.assertEqual(documents[0], documents[1])
            self.assertEqual(with_it.code, without.code)
        return with_it


class Prepared(PrepareTest):
    def test_the_document_says_what_was_read(self):
        result = self.segue("prepare", "--format", "json", *AS_OF)
        self.assert_code(result, 0)
        document = result.json
        self.assertEqual(list(document), ["format", "as_of", "timezone", "folder", "tables", "data", "diagnostics"])
        self.assertEqual(document["format"], "segue.prepare/1")
        self.assertEqual(document["folder"], STORE)
        self.assertEqual([(t["table"], t["state"], t["rows"], t["columns"]) for t in document["tables"]],
                         [("account", "read", 5, 6), ("contacts", "read", 4, 3), ("events", "read", 2, 2)])
        self.assertEqual([d["orphans"] for d in document["data"]], [0, 1, 0])
        self.assertEqual(result.err, "")

    def test_people_get_a_table(self):
        result = self.segue("prepare", *AS_OF)
        self.assert_code(result, 0)
        self.assertIn("account", result.out)
        self.assertIn(f"in {STORE}", result.out)
        self.assertIn("contacts", result.err)

    def test_runs_are_the_same_and_need_no_sources_to_be_read(self):
        self.prepare()
        self.assert_same_as_unprepared()
        self.assert_same_as_unprepared("icp")
        self.assert_same_as_unprepared("--param", "min_employees=800")
        # Standing in for a look at what is opened: the reader could not read this, and its stamp is the known one.
        trace = shutil.which("strace")
        if trace:
            done = subprocess.run([trace, "-f", "-e", "trace=openat", str(command.SEGUE), "run", *AS_OF], cwd=self.folder, capture_output=True)
            self.assertNotIn(b"accounts.csv", done.stderr)
            self.assertIn(b"seguecolumn", done.stderr)

    def test_explain_check_and_test_use_it_too(self):
        self.write("tests/t.seg", "")
        self.prepare()
        for words in (["explain", "icp", "A1"], ["check", "--data"], ["explain", "interest", "A2", "--engine", "interpreter"]):
            both = [self.segue(*words, *AS_OF, "--format", "json", *more) for more in ([], ["--prepared", "off"])]
            self.assertEqual(both[0].out, both[1].out)
            self.assert_code(both[0], both[1].code)

    def test_a_folder_elsewhere(self):
        self.prepare("--out", "elsewhere")
        self.assertFalse((self.folder / STORE).exists())
        self.assertEqual((self.folder / "elsewhere/.gitignore").read_text(), "*\n")
        self.assertEqual(self.run_json("--prepared", "elsewhere").out, self.run_json("--prepared", "off").out)
        result = self.run_json("--prepared", "nowhere")
        self.assert_code(result, 0)
        self.assertEqual(result.codes(), ["unused-prepared-tables"])

    def test_a_moved_project_keeps_its_tables(self):
        self.prepare()
        shutil.copytree(self.folder, self.folder / "copy")
        result = self.segue("run", "--format", "json", *AS_OF, cwd=self.folder / "copy")
        self.assertEqual(result.json["diagnostics"], [])
        again = self.segue("prepare", "--format", "json", *AS_OF, cwd=self.folder / "copy")
        self.assertEqual({t["state"] for t in again.json["tables"]}, {"kept"})


class Truth(PrepareTest):
    def test_changed_data_are_read(self):
        self.prepare()
        self.write("data/accounts.csv", command.ACCOUNTS.replace("900", "100"))
        result = self.assert_same_as_unprepared(uses=False)
        self.assertEqual(result.codes(), ["unused-prepared-tables"])
        self.assertIn("`account`", result.json["diagnostics"][0]["message"])
        self.assertEqual(self.prepare(), {"account": "read", "contacts": "read", "events": "read"})
        self.assertEqual(self.assert_same_as_unprepared().codes(), [])

    def test_a_change_within_the_same_moment_is_seen(self):
        for number in range(2):
            self.write("data/accounts.csv", command.ACCOUNTS.replace("900", f"90{number}"))
            self.prepare()
            self.write("data/accounts.csv", command.ACCOUNTS.replace("900", f"10{number}"))
            self.assert_same_as_unprepared(uses=False, engines=["native"])

    def test_touching_a_file_changes_nothing(self):
        self.prepare()
        os.utime(self.folder / "data/accounts.csv")
        self.assertEqual(self.assert_same_as_unprepared().codes(), [])
        self.assertEqual(set(self.prepare().values()), {"kept"})

    def test_a_changed_schema_is_heeded(self):
        self.prepare()
        self.write("schema.yaml", command.SCHEMA.replace("values: [Software, Fintech, Retail]", "values: [Retail, Software, Fintech]"))
        result = self.assert_same_as_unprepared(uses=False)
        self.assertEqual(result.codes(), ["unused-prepared-tables"])
        self.assertEqual(self.prepare()["account"], "read")
        self.assert_same_as_unprepared()

    def test_another_time_zone_is_another_reading(self):
        self.prepare()
        self.write("segue.yaml", command.PROJECT.replace("Europe/Berlin", "America/New_York"))
        self.assert_same_as_unprepared(uses=False)

    def test_another_source_is_read(self):
        self.prepare()
        self.write("other.csv", command.ACCOUNTS.replace("900", "1"))
        self.assertEqual(self.assert_same_as_unprepared("--source", "account=other.csv").codes(), [])

    def test_rows_that_become_known_later(self):
        self.write("data/events.csv", FIRST + "A3,2026-03-02T00:00:00Z,visit\n")
        self.prepare()
        self.assert_same_as_unprepared()
        for clock in ("2026-03-03", "2026-02-20", "2026-02-10T07:00:00Z"):
            both = [self.segue("run", "--format", "json", "--as-of", clock, *more).out for more in ([], ["--prepared", "off"])]
            self.assertEqual(*both)

    def test_rows_that_are_known_stay_known(self):
        self.prepare()
        for clock in ("2026-03-03", "2027-01-01", "2026-02-20"):
            both = [self.segue("run", "--format", "json", "--as-of", clock, *more).out for more in ([], ["--prepared", "off"])]
            self.assertEqual(*both)

    def test_bad_rows_count_as_they_would(self):
        self.write("data/accounts.csv", command.ACCOUNTS.replace("900", "many").replace("2024-02-29", "yesterday"))
        refused = self.segue("prepare", "--format", "json", *AS_OF)
        self.assert_code(refused, 1)
        self.assertIn("bad-value", refused.codes())
        self.assertFalse((self.folder / STORE / "manifest").exists())
        self.prepare("--on-bad-row", "skip")
        self.assert_same_as_unprepared("--on-bad-row", "skip")
        self.assert_same_as_unprepared("active", "--on-bad-row", "skip")
        self.assert_same_as_unprepared()

    def test_a_bad_value_that_nobody_asks_for_spoils_nothing(self):
        self.write("data/accounts.csv", command.ACCOUNTS.replace("2024-02-29", "yesterday"))
        self.assertEqual(self.prepare()["account"], "read")
        self.assert_same_as_unprepared()
        self.assertEqual(self.prepare()["account"], "kept")
        self.write("segments/more.seg", "segment young { where joined_on > 2025-06-01 }\n")
        self.assert_same_as_unprepared("--on-bad-row", "skip")

    def test_a_missing_source_is_missed(self):
        self.prepare()
        (self.folder / "data/accounts.csv").unlink()
        self.assert_same_as_unprepared(uses=False)
        self.assert_code(self.segue("prepare", *AS_OF), 2)
        self.assert_same_as_unprepared(uses=False)


class Growth(PrepareTest):
    def setUp(self):
        super().setUp()
        self.write("segue.yaml", command.PROJECT.replace("data/events.csv", "data/events/").replace("data/accounts.csv", "data/accounts"))
        self.write("data/accounts/1.csv", command.ACCOUNTS)
        self.write("data/events/1.csv", FIRST)
        self.write("data/contacts.csv", command.CONTACTS.replace("A9", "A4"))
        self.prepare()

    def test_a_new_file_is_read_alone(self):
        self.write("data/events/2.csv", SECOND)
        self.assertEqual(self.prepare(), {"account": "kept", "contacts": "kept", "events": "extended"})
        self.assertEqual(self.assert_same_as_unprepared().json["data"][2]["rows"], 4)
        self.write("data/events/3.csv", SECOND)
        self.assertEqual(self.prepare()["events"], "extended")
        self.assert_same_as_unprepared()

    def test_a_file_in_between_is_not_behind(self):
        self.write("data/events/0.csv", SECOND)
        self.assertEqual(self.prepare()["events"], "read")
        self.assert_same_as_unprepared()

    def test_new_accounts_carry_their_old_rows(self):
        self.write("data/accounts/2.csv", "account_id,name,industry,employees,customer,joined_on\nA6,Zeta,Software,100000,false,\n")
        self.assertEqual(self.prepare(), {"account": "extended", "contacts": "extended", "events": "extended"})
        self.assert_same_as_unprepared()

    def test_orphans_find_their_parents(self):
        self.write("data/contacts.csv", command.CONTACTS)
        self.prepare()
        self.write("data/accounts/2.csv", "account_id,name,industry,employees,customer,joined_on\nA9,Zeta,Software,400,false,\n")
        states = self.prepare()
        self.assertEqual(states["contacts"], "read")
        self.assertEqual(self.assert_same_as_unprepared().json["data"][1]["orphans"], 0)

    def test_a_repeated_key_is_found(self):
        self.write("data/accounts/2.csv", command.ACCOUNTS.splitlines()[0] + "\nA1,Again,Software,400,false,\n")
        result = self.segue("prepare", "--format", "json", *AS_OF)
        self.assert_code(result, 1)
        self.assertEqual(result.codes(), ["repeated-row-key"])
        self.assert_same_as_unprepared(uses=False)

    def test_a_bad_new_row_is_told(self):
        self.write("data/events/2.csv", SECOND + "A1,someday,visit\n")
        self.assert_code(self.segue("prepare", *AS_OF), 1)
        self.prepare("--on-bad-row", "skip")
        self.assert_same_as_unprepared("--on-bad-row", "skip")

    def test_changed_rules_change_ranks_alone(self):
        before = self.store()
        stamps = {p.name: p.stat().st_mtime_ns for p in before if ".column" in p.name}
        self.write("segments/more.seg", "".join(f"segment s{i} {{ where employees > {i * 7} }}\n" for i in range(40)))
        self.assertEqual(set(self.prepare().values()), {"kept"})
        self.assertEqual({p.name: p.stat().st_mtime_ns for p in self.store() if ".column" in p.name}, stamps)
        self.assert_same_as_unprepared()


class Damage(PrepareTest):
    def test_every_damaged_file_is_refused_or_made_anew(self):
        self.prepare()
        good = self.run_json("--prepared", "off").out
        for place in range(len(self.store()) + 1):
            # What is made anew has new names.
            file = [*self.store(), self.folder / STORE / "manifest"][place]
            whole = file.read_bytes()
            # Each file in one of the ways; the unit tests have all of them.
            damages = [b"", whole[: len(whole) // 2], whole[:-1], bytes([whole[0] ^ 1]) + whole[1:], whole[:260] + bytes([whole[260] ^ 8]) + whole[261:]]
            damaged = damages[place % len(damages)]
            file.write_bytes(damaged)
            result = self.run_json()
            self.assert_code(result, 0)
            self.assertEqual(result.json["definitions"], command.json.loads(good)["definitions"])
            if damaged[:256] != whole[:256] or len(damaged) != len(whole):
                verified = self.segue("prepare", "--verify", "--format", "json")
                self.assert_code(verified, 1)
                self.assertIn("damaged-prepared-tables", verified.codes())
            self.prepare()
        self.assertEqual(self.assert_same_as_unprepared(engines=["native"]).codes(), [])

    def test_whole_tables_verify(self):
        self.assert_code(self.segue("prepare", "--verify"), 2)
        self.prepare()
        verified = self.segue("prepare", "--verify")
        self.assert_code(verified, 0)
        self.assertIn("all as written", verified.out)

    def test_another_version_is_not_used(self):
        self.prepare()
        manifest = self.folder / STORE / "manifest"
        manifest.write_bytes(b"segue prepared tables\n" + bytes(100))
        result = self.run_json()
        self.assertEqual(result.codes(), ["unused-prepared-tables"])
        self.assertEqual(result.json["diagnostics"][0]["severity"], "warning")

    def test_a_folder_that_anybody_may_write_to_is_not_trusted(self):
        self.prepare()
        (self.folder / STORE).chmod(0o777)
        self.assertEqual(self.run_json().codes(), ["unused-prepared-tables"])

    def test_killed_half_way_the_old_tables_are_there(self):
        self.write("data/accounts.csv", command.ACCOUNTS + "".join(f"B{i},Name {i},Software,{i},false,\n" for i in range(20000)))
        self.prepare()
        self.write("segments/more.seg", "segment s { where employees > 7 }\n")
        for wait in (0.02, 0.06, 0.15):
            self.write("schema.yaml", command.SCHEMA + f"# {wait}\n")
            running = subprocess.Popen([str(command.SEGUE), "prepare", *AS_OF], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            running.send_signal(signal.SIGKILL)
            running.wait()
            self.assert_code(self.segue("prepare", "--verify"), 0)
            self.assertEqual(self.assert_same_as_unprepared(engines=["native"]).codes(), [])
        self.prepare()
        self.assertEqual(len(self.store()), len(set(p.name.rsplit(".", 2)[0] for p in self.store())))

    def test_two_at_once_both_succeed(self):
        running = [subprocess.Popen([str(command.SEGUE), "prepare", *AS_OF], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
        for process in running:
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, out + err)
        self.assert_same_as_unprepared()

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_cannot_be_written(self):
        (self.folder / ".segue").mkdir()
        (self.folder / ".segue").chmod(0o555)
        self.assert_code(self.segue("prepare"), 2)

    def test_calls_that_are_none(self):
        for words in (["a", "b"], ["--verify", "--nope"], ["--out", ""]):
            self.assert_code(self.segue("prepare", *words), 2)
