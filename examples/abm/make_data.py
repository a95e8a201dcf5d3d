#!/usr/bin/env python3
"""Makes the tables of this example: the invented account base of a software vendor. Same seed, same bytes.

Run it in this folder: `python3 make_data.py` writes `data/*.csv` and the named-account list. Every figure below is made up to
look like a real sales database: a few large accounts, many small ones, blanks where nobody asked, activity that clusters in time.
"""

import csv
import datetime as dt
import random
from pathlib import Path

SEED = 20261120
TODAY = dt.date(2026, 11, 20)
ACCOUNTS = 3000
HERE = Path(__file__).parent

INDUSTRIES = ["Software", "Fintech", "Healthcare", "Manufacturing", "Retail", "Logistics", "Accounting", "Financial Services"]
INDUSTRY_WEIGHTS = [24, 12, 12, 18, 12, 8, 6, 8]
COUNTRIES = ["US", "CA", "GB", "DE", "FR", "NL", "SE", "NO", "DK", "FI", "CH", "AT", "ES", "IT", "AU", "SG"]
COUNTRY_WEIGHTS = [34, 6, 12, 11, 7, 4, 4, 2, 3, 2, 3, 2, 3, 3, 3, 1]
TECHNOLOGIES = ["Salesforce", "HubSpot", "Marketo", "SAP", "Oracle", "Snowflake", "Segment", "Zendesk", "Slack", "Shopify"]
PAIN_POINTS = ["slow_close", "audit_findings", "manual_reporting", "tool_sprawl"]
SYLLABLES = ["ac", "bel", "cor", "dyn", "el", "fal", "gen", "hal", "in", "jun", "kal", "lum", "mer", "nov", "or", "pel", "quan",
             "ral", "sol", "tri", "ul", "ver", "wes", "xan", "yor", "zen"]
ENDINGS = ["tech", "soft", "works", "labs", "group", "systems", "logic", "base", "care", "trade"]
DEPARTMENTS = ["Finance", "Marketing", "Sales", "IT", "Operations", "Human Resources"]
SENIORITY_TITLES = {
    "Chief": ["Chief Financial Officer", "CFO", "Chief Marketing Officer", "CMO", "Chief Operating Officer", "COO", "CTO"],
    "VP": ["VP Finance", "Vice President Sales", "VP Marketing", "VP Engineering"],
    "Head": ["Head of Finance", "Head of Accounting", "Head of IT", "Head of Demand Generation"],
    "Staff": ["Accountant", "Controller", "Marketing Manager", "Systems Administrator", "Sales Representative", "Analyst"],
}
EVENT_KINDS = ["visit", "download", "webinar", "email_click", "pricing_view", "comparison_view", "demo_request"]
EVENT_WEIGHTS = [40, 12, 9, 20, 10, 5, 4]
INTENSITY = {"visit": "low", "email_click": "low", "download": "medium", "webinar": "medium", "comparison_view": "medium",
             "pricing_view": "high", "demo_request": "high"}
TOPICS = ["close automation", "reconciliation", "audit trail", "consolidation", "payroll", "hiring", "cloud cost"]
PRODUCTS = [("LedgerBase", "own"), ("LedgerBase Close", "own"), ("BookRight", "competitor"), ("FinPilot", "competitor"),
            ("SheetForce", "other"), ("PayLoop", "other"), ("CloudVault", "other")]


def day(days_ago: int) -> str:
    return (TODAY - dt.timedelta(days=days_ago)).isoformat()


def skewed(rng: random.Random, low: int, high: int) -> int:
    """Log-uniform: as many between 10 and 100 as between 100 and 1,000."""
    return round(low * (high / low) ** rng.random())


def make_accounts(rng: random.Random) -> list[dict]:
    accounts, used = [], set()
    for number in range(1, ACCOUNTS + 1):
        name = ""
        while not name or name in used:
            name = (rng.choice(SYLLABLES) + rng.choice(SYLLABLES) + rng.choice(ENDINGS)).capitalize()
        used.add(name)
        customer = rng.random() < 0.22
        employees = skewed(rng, 8, 20000)
        bought = max(5, employees // rng.choice([4, 6, 10, 20])) if customer else 0
        domain = name.lower() + rng.choice([".com", ".com", ".io", ".de", ".co.uk"])
        accounts.append({
            "account_id": f"A{number:05d}",
            "name": name,
            "domain": domain.capitalize() if rng.random() < 0.1 else domain,
            "industry": "" if rng.random() < 0.06 else rng.choices(INDUSTRIES, INDUSTRY_WEIGHTS)[0],
            "employees": "" if rng.random() < 0.08 else employees,
            "annual_revenue": "" if rng.random() < 0.15 else f"{employees * rng.uniform(60_000, 260_000):.2f}",
            "hq_country": rng.choices(COUNTRIES, COUNTRY_WEIGHTS)[0],
            "technologies": ";".join(sorted(rng.sample(TECHNOLOGIES, rng.choice([0, 1, 2, 2, 3, 4])))),
            "pain_points": ";".join(sorted(rng.sample(PAIN_POINTS, rng.choice([0, 0, 1, 1, 2])))),
            "customer": "Yes" if customer else "No",
            "partner": "Yes" if rng.random() < 0.03 else "No",
            "competitor": "Yes" if rng.random() < 0.01 else "No",
            "plan": rng.choices(["team", "business", "enterprise"], [3, 5, 2])[0] if customer else "",
            "seats_bought": bought if customer else "",
            "seats_used": min(bought, round(bought * rng.betavariate(4, 1.4))) if customer else "",
            "renewal_on": day(-rng.randint(-20, 345)) if customer else "",
            "rival_contract_ends_on": day(-rng.randint(-60, 400)) if rng.random() < 0.25 else "",
            "fit": "" if rng.random() < 0.05 else f"{min(100.0, max(0.0, rng.gauss(52, 21))):.1f}",
            "reach": f"{rng.betavariate(2, 3) * 100:.1f}",
            "ownership": rng.choices(["public", "private", "family", "government"], [2, 6, 2, 1])[0],
            "parent_id": f"A{rng.randint(1, number - 1):05d}" if number > 50 and rng.random() < 0.06 else "",
        })
    return accounts


def make_contacts(rng: random.Random, accounts: list[dict]) -> list[dict]:
    contacts = []
    for account in accounts:
        for _ in range(min(30, int(rng.expovariate(1 / 3.4)))):
            level = rng.choices(["Chief", "VP", "Head", "Staff"], [12, 10, 14, 64])[0]
            title = rng.choice(SENIORITY_TITLES[level])
            contacts.append({
                "contact_id": f"C{len(contacts) + 1:06d}",
                "account_id": account["account_id"],
                "title": "" if rng.random() < 0.07 else title,
                "department": "" if rng.random() < 0.12 else rng.choice(DEPARTMENTS),
                "active": "true" if rng.random() < 0.8 else "false",
                "email_consent": "true" if rng.random() < 0.55 else "false",
                "last_active_on": "" if rng.random() < 0.2 else day(skewed(rng, 1, 700) - 1),
            })
    return contacts


def make_events(rng: random.Random, accounts: list[dict], contacts: list[dict]) -> list[dict]:
    people: dict[str, list[str]] = {}
    for contact in contacts:
        people.setdefault(contact["account_id"], []).append(contact["contact_id"])
    midnight = dt.datetime.combine(TODAY, dt.time(17, 0), dt.timezone.utc)
    events = []
    for account in accounts:
        heat = rng.paretovariate(1.15)
        for _ in range(min(120, int(heat * 2.2))):
            when = midnight - dt.timedelta(minutes=skewed(rng, 30, 500 * 24 * 60))
            kind = rng.choices(EVENT_KINDS, EVENT_WEIGHTS)[0]
            known = people.get(account["account_id"])
            events.append((when, {
                "account_id": account["account_id"],
                "contact_id": rng.choice(known) if known and rng.random() < 0.7 else "",
                "occurred_at": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "kind": kind,
                "intensity": INTENSITY[kind],
                "topic": "" if rng.random() < 0.25 else rng.choice(TOPICS),
            }))
    events.sort(key=lambda pair: pair[0])
    return [{"event_id": f"E{number:06d}", **event} for number, (_, event) in enumerate(events, 1)]


def make_opportunities(rng: random.Random, accounts: list[dict]) -> list[dict]:
    opportunities = []
    for account in accounts:
        for _ in range(rng.choices([0, 1, 2, 3], [58, 28, 10, 4])[0]):
            created = rng.randint(1, 600)
            stage = rng.choices(["discovery", "proposal", "negotiation", "won", "lost"], [18, 16, 12, 28, 26])[0]
            is_open = stage in ("discovery", "proposal", "negotiation")
            kind = rng.choice(["expansion", "renewal"]) if account["customer"] == "Yes" else "new_business"
            opportunities.append({
                "opportunity_id": f"O{len(opportunities) + 1:05d}",
                "account_id": account["account_id"],
                "kind": kind,
                "stage": stage,
                "open": "true" if is_open else "false",
                "amount": f"{skewed(rng, 3_000, 400_000)}.00",
                "created_on": day(created),
                "closed_on": "" if is_open else day(rng.randint(0, created)),
                "last_touched_on": "" if rng.random() < 0.1 else day(rng.randint(0, min(created, 90))),
            })
    return opportunities


def make_installs(rng: random.Random, accounts: list[dict]) -> list[dict]:
    installs = []
    for account in accounts:
        for product, vendor in rng.sample(PRODUCTS, rng.choice([0, 1, 2, 2, 3])):
            if (vendor == "own") != (account["customer"] == "Yes") and vendor == "own":
                continue
            installs.append({"account_id": account["account_id"], "product": product, "vendor": vendor,
                             "first_seen_on": day(rng.randint(5, 1200))})
    return installs


def make_logins(rng: random.Random, accounts: list[dict], contacts: list[dict]) -> list[dict]:
    customers = {account["account_id"] for account in accounts if account["customer"] == "Yes"}
    evening = dt.datetime.combine(TODAY, dt.time(18, 0))
    logins = []
    for contact in contacts:
        if contact["account_id"] in customers and contact["active"] == "true" and rng.random() < 0.7:
            quiet = rng.choice([0, 0, 0, 20, 40])
            for _ in range(rng.randint(1, 12)):
                when = evening - dt.timedelta(days=quiet, minutes=rng.randint(0, 70 * 24 * 60))
                logins.append({"contact_id": contact["contact_id"], "at": when.strftime("%Y-%m-%d %H:%M:%S")})
    return logins


def write(path: Path, rows: list[dict]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path.relative_to(HERE)}: {len(rows)} rows")


def main() -> None:
    rng = random.Random(SEED)
    accounts = make_accounts(rng)
    contacts = make_contacts(rng, accounts)
    data = HERE / "data"
    data.mkdir(exist_ok=True)
    write(data / "accounts.csv", accounts)
    write(data / "contacts.csv", contacts)
    write(data / "events.csv", make_events(rng, accounts, contacts))
    write(data / "opportunities.csv", make_opportunities(rng, accounts))
    write(data / "installs.csv", make_installs(rng, accounts))
    write(data / "logins.csv", make_logins(rng, accounts, contacts))
    named = sorted(rng.sample([account["domain"] for account in accounts], 120), key=str.lower)
    write(HERE / "lists" / "named_accounts.csv", [{"domain": domain.upper() if rng.random() < 0.3 else domain, "added_by": "sales"} for domain in named])


if __name__ == "__main__":
    main()
