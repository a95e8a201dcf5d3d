"""Definitions of a few terms over shared conditions: whole numbers from 0 to 999, conditions `column >= bound`.

A definition of eight terms has five that must hold, two of which one must, and one that must not; of four: two, two, none.
"""

from workloads.base import COUNT, Table, Workload, counts_by_name, draws, whole

COLUMNS = 20


def terms_of(definitions: int, conditions: int, terms: int, columns: int) -> list[list[int]]:
    """The conditions of each definition, of which no two are about one column."""
    numbers = iter((draws(7, 0, definitions * terms * 4) % conditions).astype(int).tolist())
    chosen = []
    for _ in range(definitions):
        row: list[int] = []
        while len(row) < terms:
            number = next(numbers)
            if all(number % columns != other % columns for other in row):
                row.append(number)
        chosen.append(row)
    return chosen


def joined(parts: list[str], either: str, excluded: str | None) -> list[str]:
    return [*parts, either, *([excluded] if excluded else [])]


def shared(accounts: int, definitions: int = 1000, conditions: int = 200, terms: int = 8, columns: int = COLUMNS) -> Workload:
    bounds = [(f"c{i % columns}", 20 + i // columns * (900 // -(-conditions // columns)) + i % 7) for i in range(conditions)]
    chosen = terms_of(definitions, conditions, terms, columns)
    must = terms - 3 if terms > 4 else 2
    used = sorted({i for row in chosen for i in row})
    excludes = terms > must + 2

    def chunk(begin: int, end: int) -> dict:
        import numpy as np

        return {"account_id": np.arange(begin, end, dtype=np.int32)} | {f"c{i}": whole(i + 1, begin, end, 1000) for i in range(columns)}

    def rule(number: int, row: list[int]) -> str:
        test = [f"{bounds[i][0]} >= {bounds[i][1]}" for i in row]
        lines = joined(test[:must], f"({test[must]} or {test[must + 1]})", f"not {test[must + 2]}" if excludes else None)
        return f"segment d{number} {{\n  where " + "\n    and ".join(lines) + "\n}\n"

    def sql_definition(row: list[int], condition) -> str:
        test = [condition(i) for i in row]
        return " AND ".join(joined(test[:must], f"({test[must]} OR {test[must + 1]})", f"NOT {test[must + 2]}" if excludes else None))

    def sql(dialect: str) -> dict[str, str]:
        conditions_by_number = [f"{bounds[i][0]} >= {bounds[i][1]}" if i in set(used) else "" for i in range(conditions)]
        named = counts_by_name(conditions_by_number, [sql_definition(row, "t{}".format) for row in chosen], "{account}", COUNT[dialect])
        if definitions > 100:  # 1,000 with the conditions written out: ClickHouse takes four times as long, DuckDB as long
            return {"named": named}
        inlined = ", ".join(COUNT[dialect].format(sql_definition(row, lambda i: f"{bounds[i][0]} >= {bounds[i][1]}")) for row in chosen)
        return {"named": named, "inlined": f"SELECT {inlined} FROM {{account}}"}

    def polars(frames: dict) -> dict:
        import polars as pl

        def expression(row: list[int], condition) -> pl.Expr:
            test = [condition(i) for i in row]
            result = test[0]
            for one in test[1:must]:
                result = result & one
            result = result & (test[must] | test[must + 1])
            return (result & ~test[must + 2] if excludes else result).sum()

        def test(i: int) -> pl.Expr:
            return pl.col(bounds[i][0]) >= bounds[i][1]

        inner = frames["account"].select([test(i).alias(f"t{i}") for i in used])
        attempts = {"named": inner.select([expression(row, lambda i: pl.col(f"t{i}")).alias(f"d{n}") for n, row in enumerate(chosen)])}
        if definitions <= 100:
            attempts["inlined"] = frames["account"].select([expression(row, test).alias(f"d{n}") for n, row in enumerate(chosen)])
        return attempts

    hand = f"# must {must}, then one of two{', then not one' if excludes else ''}\nterms {must} {int(excludes)}\n"
    hand += "".join(f"condition {column[1:]} {bound}\n" for column, bound in bounds) + "".join(f"definition {' '.join(map(str, row))}\n" for row in chosen)
    return Workload(
        name="shared",
        tables=[Table("account", accounts, chunk)],
        schema="account:\n  key: account_id\n  columns:\n    account_id: int\n" + "".join(f"    c{i}: int\n" for i in range(columns)),
        rules="\n".join(rule(number, row) for number, row in enumerate(chosen)),
        sql=sql,
        polars=polars,
        columns={"account": sorted({bounds[i][0] for i in used})},
        hand=hand,
        tables_key=f"shared-{accounts}-{columns}",
    )


WORKLOADS = {"shared": shared}
