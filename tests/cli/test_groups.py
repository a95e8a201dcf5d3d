"""What row groups of Parquet state of their columns settles conditions before these are read: answers and reports are those of the interpreter, which
reads everything."""
import json
import random
import unittest

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    pa = None

from command import CommandTest

CLOCK = ("--as-of", "2026-03-01")
SCHEMA = """account:
  key: id
  columns:
    id: int
    size: int
    rank: int?
    since: date?
    seen: timestamp
    price: decimal(2)?
    rate: float?
    active: bool
    kind: {type: enum, values: [a, b], optional: true}
"""
ACCOUNTS = 3000


def terms(draw):
    number = draw.randrange(-20, 1020)
    return draw.choice([f"size >= {number}", f"size < {number}", f"size = {number}", f"rank > {number}", f"rank <= {number}", "rank is missing", "since is known",
                        f"since >= 20{draw.randrange(15, 27)}-01-01", f"seen within last {draw.randrange(2, 900)} days", f"price < {number}.5", f"rate > 0.{draw.randrange(10)}",
                        "active", "kind = a", f"size between {number} and {number + 200}", f"rank > size", f"since within last {draw.randrange(2, 3000)} days"])


def rule(draw, name):
    clauses = []
    for _ in range(draw.randrange(1, 5)):
        clause = draw.choice(["{}", "not ({})", "({} or {})", "({} and not {})"])
        clauses.append(clause.format(*(terms(draw) for _ in range(clause.count("{}")))))
    return f"segment {name} {{\n  where " + "\n    and ".join(clauses) + "\n}\n"


@unittest.skipIf(pa is None, "needs the wheel's Python")
class GroupsTest(CommandTest):
    def write_accounts(self, draw, rows, group, ordered):
        def some(values, share=10):
            lacks = draw.choice([0, 0, share, 100])
            return [None if draw.randrange(100) < lacks else value for value in values]

        def numbers(low, high):
            values = [draw.randrange(low, high) for _ in range(rows)]
            return sorted(values) if draw.random() < ordered else values

        day = 20513  # 2026-03-01
        table = pa.table({
            "id": pa.array(range(rows), pa.int64()),
            "size": pa.array(numbers(0, draw.choice([1, 100, 1000])), pa.int32()),
            "rank": pa.array(some(numbers(0, 1000)), pa.int16()),
            "since": pa.array(some(numbers(day - 4000, day + 100)), pa.date32()),
            "seen": pa.array([at * 1000 for at in numbers((day - 1000) * 86_400_000, (day + 1) * 86_400_000)], pa.timestamp(draw.choice(["us", "ns"]), "UTC")),
            "price": pa.array(some(numbers(0, 100_000)), pa.int64()),
            "rate": pa.array(some([value / 1000 for value in numbers(0, 1000)]), pa.float64()),
            "active": pa.array([value > 0 for value in numbers(0, 2)], pa.bool_()),
            "kind": pa.array(some(["a" if value else "b" for value in numbers(0, 2)]), pa.string()),
        })
        pq.write_table(table, self.folder / "accounts.parquet", row_group_size=group)

    def answers(self, *words):
        done = self.segue("run", *CLOCK, "--format", "json", "--on-bad-row", "skip", *words)
        self.assert_code(done, 0)
        document = json.loads(done.out)
        return document["definitions"], document["data"]

    def test_settled_conditions_give_the_same_answers(self):
        self.write("segue.yaml", "language: 1\nschema: schema.yaml\nrules: [rules.seg]\nsources: {account: accounts.parquet}\n")
        self.write("schema.yaml", SCHEMA)
        for seed in range(16):
            draw = random.Random(seed)
            rows = draw.choice([1, 64, 513, ACCOUNTS])
            group = draw.randrange(1, 301) if rows < ACCOUNTS else draw.choice([100, 128, 300, 512, 1000])
            self.write_accounts(draw, rows, group, draw.choice([0, 0.5, 1]))
            text = "".join(rule(draw, f"s{i}") for i in range(draw.choice([1, 2, 12])))
            if seed % 3 == 0:
                text += "tiers parts {\n  first: size >= 500 top 20% by rank\n  second: size >= 900\n  otherwise rest\n}\n"
            self.write("rules.seg", text)
            with self.subTest(seed=seed, rows=rows, group=group):
                expected = self.answers("--engine", "interpreter")
                self.assertEqual(self.answers("--memory", "4KiB", "--threads", "2"), expected)

    def test_what_is_stated_spares_reading(self):
        rows = 400_000
        pq.write_table(pa.table({"id": pa.array(range(rows), pa.int64()), "size": pa.array(range(rows), pa.int32()),
                                 "rank": pa.array([i * 7919 % 1000 for i in range(rows)], pa.int32())}), self.folder / "accounts.parquet", row_group_size=20_000)
        self.write("segue.yaml", "language: 1\nschema: schema.yaml\nrules: [rules.seg]\nsources: {account: accounts.parquet}\n")
        self.write("schema.yaml", "account:\n  key: id\n  columns:\n    id: int\n    size: int\n    rank: int?\n")
        self.write("rules.seg", "segment late { where size >= 390000 and rank < 500 }\n")
        done = self.segue("run", *CLOCK, "--format", "json", "--memory", "1MiB", "--profile")
        self.assert_code(done, 0)
        expected = sum(1 for i in range(390_000, rows) if i * 7919 % 1000 < 500)
        self.assertEqual(done.json["definitions"][0]["size"], expected)
        read = done.json["profile"]["data"]
        self.assertLess(read["bytes_read"], read["file_bytes"] * 2 / 3)  # of `size` and `rank` one group


if __name__ == "__main__":
    unittest.main()
