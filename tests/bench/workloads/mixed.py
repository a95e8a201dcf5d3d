"""What marketers ask of an account base: 200 definitions over enums, texts, decimals, dates, lists and numbers, most of which may be missing.

A condition with a missing operand is false, its negation true. In a sum of conditions that hold SQL's third value counts as false already, so peers
need say it only under `NOT`.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa

from workloads.base import AS_OF, COUNT, Table, Workload, counts_by_name, draws, whole

INDUSTRIES = ["Software", "Fintech", "Healthcare", "Manufacturing", "Retail", "Logistics", "Energy", "Education"]
COUNTRIES = ["US", "CA", "GB", "DE", "FR", "NL", "SE", "DK", "FI", "CH", "AT", "ES", "IT", "AU", "SG", "JP"]
PLANS = ["team", "business", "enterprise"]
TECHNOLOGIES = ["Salesforce", "HubSpot", "Marketo", "SAP", "Oracle", "Snowflake", "Databricks", "AWS", "Azure", "GCP", "Slack", "Zoom", "Jira", "Okta", "Workday",
                "Zendesk", "Stripe", "Shopify", "Segment", "Tableau"]
FIRST = ["Acme", "Globex", "Initech", "Umbrella", "Stark", "Wayne", "Hooli", "Vandelay", "Soylent", "Cyberdyne", "Tyrell", "Aperture", "Wonka", "Duff", "Gringott", "Monarch"]
SECOND = ["Systems", "Holdings", "Bank", "Logistics", "Labs", "Foods", "Energy", "Clinics", "Group", "Partners", "Digital", "Media", "Cloud", "Retail", "Motors", "Capital"]
FORMS = ["Inc.", "GmbH", "AG", "Ltd", "LLC", "S.A.", "Oy", "AB"]
ENDINGS = [".com", ".de", ".io", ".co.uk", ".fr", ".nl", ".ai", ".org"]
TODAY = datetime.date.fromisoformat(AS_OF)
EPOCH = (TODAY - datetime.date(1970, 1, 1)).days
NAMES = 100_000


def dictionary(codes: np.ndarray, values: list[str], missing: np.ndarray | None = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), pa.array(values))


def names() -> tuple[list[str], list[str]]:
    numbers = draws(21, 0, NAMES)
    texts, domains = [], []
    for i, number in enumerate(map(int, numbers)):
        first, second, form, ending = FIRST[number % 16], SECOND[number >> 4 & 15], FORMS[number >> 8 & 7], ENDINGS[number >> 11 & 7]
        texts.append(f"{first} {second} {i} {form}")
        domains.append(f"{first.lower()}-{second.lower()}{i}{ending}")
    return texts, domains


def account_chunk():
    texts, domains = names()
    texts_array, domains_array = pa.array(texts), pa.array(domains)

    def chunk(begin: int, end: int) -> dict:
        def missing(seed: int, percent: int) -> np.ndarray:
            return whole(seed, begin, end, 100) < percent

        which = pa.array(whole(22, begin, end, NAMES, np.int32))
        lengths = whole(40, begin, end, 6, np.int32)
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        first = whole(41, begin, end, 20, np.int32)
        inside = np.arange(ends[-1], dtype=np.int32) - np.repeat(ends[:-1], lengths)
        technologies = pa.array(TECHNOLOGIES).take(pa.array((np.repeat(first, lengths) + inside * 7) % 20))
        bought = whole(30, begin, end, 500, np.int32) + 1
        cents = whole(28, begin, end, 2_000_000_000, np.int64) + 1_000_000
        return {
            "account_id": np.arange(begin, end, dtype=np.int32),
            "name": texts_array.take(which),
            "domain": domains_array.take(which),
            "industry": dictionary(whole(23, begin, end, 8, np.int8), INDUSTRIES, missing(24, 10)),
            "country": dictionary(whole(25, begin, end, 16, np.int8), COUNTRIES),
            "plan": dictionary(whole(26, begin, end, 3, np.int8), PLANS, missing(27, 50)),
            "employees": pa.array(whole(29, begin, end, 20_000, np.int32), mask=missing(31, 20)),
            "revenue": decimals(cents, missing(32, 30)),
            "fit": pa.array(whole(33, begin, end, 10_000, np.int32) / 100.0, mask=missing(34, 25)),
            "seats_bought": pa.array(bought, mask=missing(35, 40)),
            "seats_used": pa.array(whole(36, begin, end, 500, np.int32), mask=missing(37, 40)),
            "renewal_on": pa.array((EPOCH - 100 + whole(38, begin, end, 500, np.int32)).astype(np.int32), mask=missing(39, 40)).cast(pa.date32()),
            "created_on": pa.array((EPOCH - whole(42, begin, end, 2000, np.int32)).astype(np.int32)).cast(pa.date32()),
            "technologies": pa.ListArray.from_arrays(pa.array(ends), technologies),
            "customer": whole(43, begin, end, 5) == 0,
            "partner": whole(44, begin, end, 20) == 0,
        }

    return chunk


def decimals(cents: np.ndarray, missing: np.ndarray) -> pa.Array:
    """Whole cents as decimals of two digits after the point, without going through text."""
    wide = np.empty((len(cents), 2), dtype=np.int64)
    wide[:, 0], wide[:, 1] = cents, cents >> 63
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [valid, pa.py_buffer(wide.tobytes())])


OPTIONAL = ("industry", "plan", "employees", "revenue", "fit", "seats_bought", "seats_used", "renewal_on")
SCHEMA = f"""account:
  key: account_id
  columns:
    account_id: int
    name: text
    domain: text
    industry: {{type: enum, values: [{", ".join(INDUSTRIES)}], optional: true}}
    country: {{type: enum, values: [{", ".join(COUNTRIES)}]}}
    plan: {{type: enum, values: [{", ".join(PLANS)}], ordered: true, optional: true}}
    employees: int?
    revenue: {{type: decimal(2), optional: true}}
    fit: float?
    seats_bought: int?
    seats_used: int?
    renewal_on: date?
    created_on: date
    technologies: list<text>
    customer: bool
    partner: bool
"""


@dataclass
class Condition:
    segue: str
    duckdb: str
    clickhouse: str
    polars: str  # evaluated where `pl`, `c` (pl.col) and `dec` are


def quoted(values: list[str], mark: str = "'") -> str:
    return ", ".join(f"{mark}{value}{mark}" for value in values)


def same(segue: str, sql: str, polars: str) -> Condition:
    return Condition(segue, sql, sql, polars)


def one_of(column: str, values: list[str]) -> Condition:
    return same(f"{column} in [{', '.join(values)}]", f"{column} IN ({quoted(values)})", f"c('{column}').is_in({values})")


def lists(form: str, values: list[str]) -> Condition:
    array = quoted(values)
    duckdb = {"any": f"list_has_any(technologies, [{array}])", "all": f"list_has_all(technologies, [{array}])", "none": f"NOT list_has_any(technologies, [{array}])"}
    clickhouse = {"any": f"hasAny(technologies, [{array}])", "all": f"hasAll(technologies, [{array}])", "none": f"NOT hasAny(technologies, [{array}])"}
    tests = [f"c('technologies').list.contains('{value}')" for value in values]
    polars = {"any": f"({' | '.join(tests)})", "all": f"({' & '.join(tests)})", "none": f"~({' | '.join(tests)})"}
    return Condition(f"technologies has {form} [{quoted(values, chr(34))}]", duckdb[form], clickhouse[form], polars[form])


def dates(column: str, first: datetime.date, last: datetime.date, segue: str) -> Condition:
    ends = f"(pl.date({first.year}, {first.month}, {first.day}), pl.date({last.year}, {last.month}, {last.day}))".replace("(pl", "pl", 1)[:-1]
    return Condition(segue, f"{column} BETWEEN DATE '{first}' AND DATE '{last}'", f"{column} BETWEEN toDate32('{first}') AND toDate32('{last}')", f"c('{column}').is_between({ends})")


def conditions() -> list[Condition]:
    made = [one_of("industry", INDUSTRIES[i : i + 2]) for i in range(7)] + [one_of("country", COUNTRIES[i : i + 3 + i % 4]) for i in range(0, 12)]
    made += [same("plan >= business", "plan IN ('business', 'enterprise')", "c('plan').is_in(['business', 'enterprise'])"), one_of("plan", ["enterprise"])]
    made += [same(f"employees between {low} and {high}", f"employees BETWEEN {low} AND {high}", f"c('employees').is_between({low}, {high})")
             for low, high in ((50, 500), (200, 5000), (1000, 10_000), (5000, 15_000), (10, 12_000), (2000, 18_000))]
    made += [same(f"employees >= {bound}", f"employees >= {bound}", f"(c('employees') >= {bound})") for bound in range(500, 15_000, 1500)]
    made += [same(f"revenue >= {bound}.50", f"revenue >= {bound}.50", f"(c('revenue') >= dec('{bound}.50'))") for bound in range(500_000, 19_000_000, 2_000_000)]
    made += [same(f"fit >= {bound}", f"fit >= {bound}", f"(c('fit') >= {bound})") for bound in (10, 20.5, 35, 50.25, 60, 70.75, 80, 90)]
    made += [same(f'name contains "{word}"', f"contains(name, '{word}')", f"c('name').str.contains('{word}', literal=True)") for word in ("Bank", "Cloud", "Holdings", "Systems", "Labs")]
    for one in made[-5:]:
        one.clickhouse = one.clickhouse.replace("contains(name, ", "(position(name, ").replace("')", "') > 0)")
    for pattern in (r"(?i)\b(gmbh|ag)\b", r"(?i)\b(inc|llc|ltd)\b", r"^(Acme|Globex|Hooli) ", r"[0-9]{5} "):
        text = pattern.replace("\\", "\\\\")
        made.append(Condition(f'name matches "{text}"', f"regexp_matches(name, '{pattern}')", f"match(name, '{text}')", f"c('name').str.contains(r'{pattern}')"))
    for ending in (".de", ".com", ".io", ".co.uk"):
        made.append(Condition(f'domain ends with "{ending}"', f"suffix(domain, '{ending}')", f"endsWith(domain, '{ending}')", f"c('domain').str.ends_with('{ending}')"))
    for i in range(0, 20, 2):
        made.append(lists(("any", "all", "none")[i // 2 % 3], [TECHNOLOGIES[i], TECHNOLOGIES[(i + 7) % 20]]))
    for days in (30, 60, 90, 180):
        made.append(dates("renewal_on", TODAY, TODAY + datetime.timedelta(days=days - 1), f"renewal_on within next {days} days"))
        made.append(dates("created_on", TODAY - datetime.timedelta(days=4 * days - 1), TODAY, f"created_on within last {4 * days} days"))
    for percent in (50, 75, 90, 110):
        made.append(Condition(f"seats_used / seats_bought >= {percent}%", f"seats_used / seats_bought >= {percent / 100}::DOUBLE", f"seats_used / seats_bought >= {percent / 100}",
                              f"(c('seats_used') / c('seats_bought') >= {percent / 100})"))
    made += [same(f"seats_bought - seats_used >= {free}", f"seats_bought - seats_used >= {free}", f"(c('seats_bought') - c('seats_used') >= {free})") for free in (5, 50, 150)]
    made += [same(f"{column} is missing", f"{column} IS NULL", f"c('{column}').is_null()") for column in ("employees", "industry", "renewal_on")]
    made += [same(column, column, f"c('{column}')") for column in ("customer", "partner")]
    return made


COUNT_OF = 200


def mixed(accounts: int, definitions: int = COUNT_OF) -> Workload:
    made = conditions()
    chosen = []
    for n in range(definitions):
        order = np.argsort(draws(100 + n, 0, len(made)))
        row: list[int] = []
        for i in map(int, order):  # no two conditions of a definition are about one column
            if all(made[i].segue.split()[0] != made[other].segue.split()[0] for other in row):
                row.append(i)
        chosen.append(row[: 4 + n % 4])

    def clauses(row: list[int]) -> tuple[list[int], list[int], list[int]]:
        """Two or three that must hold, one of two, and in every second definition one that must not."""
        return (row[:-3], row[-3:-1], row[-1:]) if len(row) % 2 else (row[:-2], row[-2:], [])

    def rule(number: int, row: list[int]) -> str:
        must, either, never = clauses(row)
        lines = [made[i].segue for i in must] + [f"({made[either[0]].segue} or {made[either[1]].segue})"]
        text = f"segment d{number} {{\n  where " + "\n    and ".join(lines) + "\n"
        return text + (f"  except {made[never[0]].segue}\n" if never else "") + "}\n"

    def sql_definition(row: list[int], condition) -> str:
        must, either, never = clauses(row)
        parts = [f"({condition(i)})" for i in must] + [f"({condition(either[0])} OR {condition(either[1])})"]
        return " AND ".join(parts + [f"NOT coalesce({condition(i)}, false)" for i in never])

    used = sorted({i for row in chosen for i in row})

    def sql(dialect: str) -> dict[str, str]:
        tests = [getattr(one, dialect) if i in set(used) else "" for i, one in enumerate(made)]
        inlined = ", ".join(COUNT[dialect].format(sql_definition(row, lambda i: tests[i])) for row in chosen)
        return {
            "named": counts_by_name(tests, [sql_definition(row, "t{}".format) for row in chosen], "{account}", COUNT[dialect]).replace("{5}", "{{5}}"),
            "inlined": f"SELECT {inlined} FROM {{account}}".replace("{5}", "{{5}}"),
        }

    def polars(frames: dict) -> dict:
        import polars as pl

        scope = {"pl": pl, "c": pl.col, "dec": lambda text: pl.lit(Decimal(text))}
        inner = frames["account"].select([eval(made[i].polars, scope).alias(f"t{i}") for i in used])

        def expression(row: list[int]) -> pl.Expr:
            must, either, never = clauses(row)
            result = pl.col(f"t{either[0]}") | pl.col(f"t{either[1]}")
            for i in must:
                result = result & pl.col(f"t{i}")
            for i in never:
                result = result & ~pl.col(f"t{i}").fill_null(False)
            return result.sum()

        return {"named": inner.select([expression(row).alias(f"d{n}") for n, row in enumerate(chosen)])}

    enums = {"industry": INDUSTRIES, "country": COUNTRIES, "plan": PLANS}
    columns = ["name", "domain", "industry", "country", "plan", "employees", "revenue", "fit", "seats_bought", "seats_used", "renewal_on", "created_on", "technologies", "customer", "partner"]
    return Workload(
        name="mixed",
        tables=[Table("account", accounts, account_chunk(), OPTIONAL)],
        schema=SCHEMA,
        rules="\n".join(rule(number, row) for number, row in enumerate(chosen)),
        sql=sql,
        polars=polars,
        casts={
            "duckdb": {"account": {name: f"{name}::ENUM({quoted(values)}) AS {name}" for name, values in enums.items()}},
            "clickhouse": {"account": {name: f"CAST({name} AS {'Enum8' if name == 'country' else 'Nullable(Enum8'}({quoted(values)}){'' if name == 'country' else ')'}) AS {name}"
                                       for name, values in enums.items()}},
            "polars": {"account": {name: f"pl.Enum({values})" for name, values in enums.items()}},
        },
        columns={"account": columns},
        tables_key=f"mixed-{accounts}",
    )


WORKLOADS = {"mixed": mixed}
