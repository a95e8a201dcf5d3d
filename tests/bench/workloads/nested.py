"""Conditions about one and the same contact: accounts with a contact of a role who logged in so often of late. Twenty definitions."""

import numpy as np
import pyarrow as pa

from workloads.base import COUNT, Table, Workload, draws, whole
from workloads.events import DAYS, MICROS, account_chunk, instant, since

ROLES = ["economic_buyer", "champion", "technical_buyer", "daily_user"]
WINDOWS = [10, 30, 60, 90, 150]
CASES = [(role, days) for role in ROLES for days in WINDOWS]

SCHEMA = f"""account:
  key: account_id
  columns:
    account_id: int
relations:
  contacts:
    of: account
    on: account_id
    key: contact_id
    columns:
      contact_id: int
      role: {{type: enum, values: [{", ".join(ROLES)}]}}
      active: bool
  logins:
    of: contacts
    on: contact_id
    time: seen_at
    columns:
      seen_at: timestamp
"""


def nested(accounts: int, contacts: int, logins: int) -> Workload:
    def contact_chunk(begin: int, end: int) -> dict:
        number = np.arange(begin, end, dtype=np.int64)
        role = pa.DictionaryArray.from_arrays(whole(51, begin, end, len(ROLES), np.int8), ROLES)
        return {"contact_id": number.astype(np.int32), "account_id": (number * accounts // contacts).astype(np.int32), "role": role, "active": whole(52, begin, end, 4) > 0}

    def login_chunk(begin: int, end: int) -> dict:
        number = np.arange(begin, end, dtype=np.int64)
        at = since(DAYS) + (draws(53, begin, end) % np.uint64(DAYS * MICROS)).astype(np.int64)
        return {"contact_id": (number * contacts // logins).astype(np.int32), "seen_at": pa.array(at, pa.timestamp("us", "UTC"))}

    least = [max(2, round(logins / contacts * days / DAYS * 1.7) + 1) for _, days in CASES]

    def rule(i: int, role: str, days: int) -> str:
        return f"segment d{i} {{\n  where any(contacts where role = {role} and active and count(logins within last {days} days) >= {least[i]})\n}}\n"

    def sql(dialect: str) -> dict[str, str]:
        counts = ", ".join(COUNT[dialect].format(f"seen_at >= {instant(dialect, days)}") + f" AS n{days}" for days in WINDOWS)
        by_contact = f"SELECT contact_id, {counts} FROM {{logins}} GROUP BY contact_id"
        any_of = "max({})" if dialect == "clickhouse" else "bool_or({})"
        inner = ", ".join(any_of.format(f"role = '{role}' AND n{days} >= {least[i]}") + f" AS d{i}" for i, (role, days) in enumerate(CASES))
        asked = ", ".join(COUNT[dialect].format(f"d{i}") for i in range(len(CASES)))
        return {"join": f"SELECT {asked} FROM (SELECT {inner} FROM {{contacts}} AS c JOIN ({by_contact}) AS l USING (contact_id) WHERE active GROUP BY account_id)"}

    def polars(frames: dict) -> dict:
        import polars as pl

        counts = [(pl.col("seen_at") >= pl.lit(since(days)).cast(pl.Datetime("us", "UTC"))).sum().alias(f"n{days}") for days in WINDOWS]
        by_contact = frames["logins"].group_by("contact_id").agg(counts)
        joined = frames["contacts"].filter("active").join(by_contact, on="contact_id")
        tests = [((pl.col("role") == role) & (pl.col(f"n{days}") >= least[i])).any().alias(f"d{i}") for i, (role, days) in enumerate(CASES)]
        return {"join": joined.group_by("account_id").agg(tests).select(pl.all().exclude("account_id").sum())}

    return Workload(
        name="nested",
        tables=[Table("account", accounts, account_chunk), Table("contacts", contacts, contact_chunk), Table("logins", logins, login_chunk)],
        schema=SCHEMA,
        rules="\n".join(rule(i, role, days) for i, (role, days) in enumerate(CASES)),
        sql=sql,
        polars=polars,
        casts={
            "duckdb": {"contacts": {"role": f"role::ENUM({', '.join(repr(role) for role in ROLES)}) AS role"}},
            "clickhouse": {"contacts": {"role": f"CAST(role AS Enum8({', '.join(repr(role) for role in ROLES)})) AS role"}},
            "polars": {"contacts": {"role": f"pl.Enum({ROLES})"}},
        },
        tables_key=f"nested-{accounts}-{contacts}-{logins}",
        sorted_by={"logins": "contact_id"},
        columns={"account": ["account_id"], "contacts": ["contact_id", "account_id", "role", "active"], "logins": ["contact_id", "seen_at"]},
    )


WORKLOADS = {"nested": nested}
