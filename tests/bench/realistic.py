#!/usr/bin/env python3
"""Writes a project of N realistic definitions to measure compiling by.

`realistic.py N FOLDER`

The forms are those of examples/abm: enums, texts and patterns, dates, decimals, lists, counts and sums over related tables, scores, tiers, definitions that use
others. Numbers, windows and values are drawn from short lists, as people choose them, so that definitions share most of their conditions, the more of them the more there
are. The data are those of examples/abm.
"""

import argparse
import pathlib
import random
import shutil

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "abm"
PER_FILE = 100
INDUSTRIES = ["Software", "Fintech", "Healthcare", "Manufacturing", "Retail", "Logistics", "Accounting", "`Financial Services`"]
COUNTRIES = "US CA GB DE FR NL SE NO DK FI CH AT ES IT AU SG".split()
DEPARTMENTS = ["Finance", "Marketing", "Sales", "IT", "Operations", "`Human Resources`"]
EVENTS = "visit download webinar email_click pricing_view comparison_view demo_request".split()
TECHNOLOGIES = "Salesforce HubSpot Marketo Snowflake Segment SAP Oracle NetSuite".split()
TOPICS = ["close automation", "reconciliation", "audit trail", "consolidation", "treasury", "forecasting"]
TITLES = ["ceo", "cfo", "coo", "cmo", "vice president", "director", "head of", "controller", "finance", "marketing", "operations", "sales"]
DAYS = [7, 14, 30, 60, 90, 180, 365]


def some(draw: random.Random, values: list[str], most: int) -> str:
    return ", ".join(sorted(draw.sample(values, draw.randint(1, most))))


def account_conditions(draw: random.Random, count: int) -> list[str]:
    """Of different kinds, so that they neither repeat nor contradict one another."""
    return [make() for make in draw.sample([
        lambda: f"industry in [{some(draw, INDUSTRIES, 3)}]",
        lambda: f"hq_country in [{some(draw, COUNTRIES, 4)}]",
        lambda: f"employees between {draw.choice([10, 20, 50, 100, 200])} and {draw.choice(['499', '999', '4_999', '9_999'])}",
        lambda: f"employees >= {draw.choice([50, 100, 200, 250, 500, 1000, 2000, 5000])}",
        lambda: f"annual_revenue >= {draw.choice(['1M', '5M', '10M', '25M', '50M', '100M', '250M', '500M', '1000M'])}",
        lambda: f"technologies has {draw.choice(['any', 'all', 'none'])} [{some(draw, [repr(t).replace(chr(39), chr(34)) for t in TECHNOLOGIES], 2)}]",
        lambda: f"fit >= {draw.randrange(10, 95, 5)}",
        lambda: f"reach < {draw.randrange(10, 95, 5)}",
        lambda: f"renewal_on within next {draw.choice(DAYS)} days",
        lambda: f"rival_contract_ends_on between {draw.choice([30, 60])} days from now and {draw.choice([90, 120, 180])} days from now",
        lambda: f"plan {draw.choice(['=', '>=', '!='])} {draw.choice(['team', 'business', 'enterprise'])}",
        lambda: f"seats_used / seats_bought >= {draw.randrange(50, 100, 10)}%",
        lambda: f"time_zone starts with \"{draw.choice(['Europe/', 'America/', 'Asia/', 'Australia/'])}\"",
        lambda: f"name matches \"(?i)\\\\b{draw.choice(['gmbh', 'inc', 'ltd', 'group', 'labs', 'bank', 'health', 'works'])}\\\\b\"",
        lambda: f"language = {draw.choice(['en', 'de', 'fr', 'nl', 'sv'])}",
        lambda: f"hq near (52.52, 13.405) within {draw.choice([50, 100, 250, 500])} km",
        lambda: f"main_pain_point = {draw.choice(['slow_close', 'audit_findings', 'manual_reporting', 'tool_sprawl'])}",
        lambda: f"automation_level >= {draw.choice(['basic', 'advanced'])}",
        lambda: "customer",
        lambda: "not partner",
        lambda: "parent.customer",
    ], count)]


def event_filter(draw: random.Random) -> str:
    return draw.choice([
        lambda: f"kind = {draw.choice(EVENTS)}",
        lambda: f"kind in [{some(draw, EVENTS, 3)}]",
        lambda: f"intensity >= {draw.choice(['medium', 'high'])}",
        lambda: f"topic = \"{draw.choice(TOPICS)}\"",
        lambda: f"kind = {draw.choice(EVENTS)} and intensity >= medium",
    ])()


def related_conditions(draw: random.Random, count: int) -> list[str]:
    return [make() for make in draw.sample([
        lambda: f"count(events within last {draw.choice(DAYS)} days where {event_filter(draw)}) >= {draw.choice([1, 2, 3, 5])}",
        lambda: f"any(events within last {draw.choice(DAYS)} days where {event_filter(draw)})",
        lambda: f"count(contacts where department = {draw.choice(DEPARTMENTS)} and active) >= {draw.choice([1, 2, 3])}",
        lambda: f"any(contacts where title matches \"(?i)\\\\b{draw.choice(TITLES)}\\\\b\" and email_consent)",
        lambda: f"distinct(contacts: department where active) >= {draw.choice([2, 3, 4])}",
        lambda: f"sum(opportunities: amount where stage = won) >= {draw.choice(['10k', '25k', '50k', '100k', '250k'])}",
        lambda: f"any(opportunities where open and stage = {draw.choice(['discovery', 'proposal', 'negotiation'])} and amount >= {draw.choice(['20k', '50k', '100k'])})",
        lambda: f"none(opportunities where created_on within last {draw.choice(DAYS)} days)",
        lambda: f"any(installs where vendor = competitor and first_seen_on <= {draw.choice([3, 6, 10, 12])} months ago)",
        lambda: f"any(contacts where department = {draw.choice(DEPARTMENTS)} and any(events within last {draw.choice(DAYS)} days where {event_filter(draw)}))",
    ], count)]


def segment(draw: random.Random, number: int) -> str:
    account = account_conditions(draw, draw.randint(3, 5))
    related = related_conditions(draw, draw.randint(1, 3))
    terms = account[1:] + related[1:]
    if draw.random() < 0.4:
        terms.append(f"({account[0]} or {related[0]})")
    if number >= 20 and draw.random() < 0.2:
        terms[0] = f"segment_{draw.randrange(number // 20) * 20 + 1}"
    excepts = draw.choice(["", "", "\n  except off_limits", "\n  except competitor, partner"])
    where = "\n    and ".join(dict.fromkeys(terms))
    return f'segment segment_{number} "Segment {number}" {{\n  owner: "team-{number % 12}"\n  where {where}{excepts}\n}}\n'


def score(draw: random.Random, number: int) -> str:
    conditions = account_conditions(draw, 2) + related_conditions(draw, 2)
    lines = [f"  {draw.choice('+-')}{draw.randrange(5, 45, 5)} when {condition}" for condition in conditions]
    lines.append(f"  +{draw.choice([4, 8])} * sum(events: decay(occurred_at, {draw.choice([7, 14, 30])} days) where {event_filter(draw)})")
    return f'score score_{number} "Score {number}" {{\n  range 0..100\n' + "\n".join(lines) + "\n}\n"


def tiers(draw: random.Random, number: int) -> str:
    account, related = account_conditions(draw, 4), related_conditions(draw, 2)
    pairs = [(account[0], related[0]), (account[1], related[1]), (account[2], account[3])]
    lines = [f"  tier_{i}: {left} and {right}" for i, (left, right) in enumerate(pairs, 1)]
    return f"tiers tiers_{number} {{\n" + "\n".join(lines) + "\n  otherwise rest\n}\n"


def definition(draw: random.Random, number: int) -> str:
    if number % 20 == 19:
        return score(draw, number)
    if number % 20 == 18:
        return tiers(draw, number)
    return segment(draw, number)


def write_project(count: int, folder: pathlib.Path) -> None:
    """A project of `count` definitions in files of a hundred, beside the tables of examples/abm."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "segments").mkdir(parents=True)
    shutil.copytree(EXAMPLE / "data", folder / "data")
    shutil.copy(EXAMPLE / "schema.yaml", folder)
    project = (EXAMPLE / "segue.yaml").read_text(encoding="utf-8")
    lines = [line for line in project.splitlines() if not line.startswith(("#", "suppress:", "rules:"))]
    (folder / "segue.yaml").write_text("rules: [segments/*.seg]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (folder / "segments" / "basics.seg").write_text("define off_limits = customer or partner or competitor\n", encoding="utf-8")
    draw = random.Random(count)
    for begin in range(0, count, PER_FILE):
        texts = [definition(draw, number) for number in range(begin, min(begin + PER_FILE, count))]
        (folder / "segments" / f"part_{begin // PER_FILE:03}.seg").write_text("\n".join(texts), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("definitions", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    given = parser.parse_args()
    write_project(given.definitions, given.folder)


if __name__ == "__main__":
    main()
