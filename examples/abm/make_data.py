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
# Of each country: its largest cities for business (latitude, longitude), the language and the time zone of most accounts there, the currency of deals.
PLACES = {
    "US": ([(40.71, -74.01), (37.77, -122.42), (41.88, -87.63), (30.27, -97.74)], "en", "America/New_York", "USD"),
    "CA": ([(43.65, -79.38), (49.28, -123.12)], "en", "America/Toronto", "CAD"),
    "GB": ([(51.51, -0.13), (53.48, -2.24)], "en", "Europe/London", "GBP"),
    "DE": ([(52.52, 13.40), (48.14, 11.58), (53.55, 9.99)], "de", "Europe/Berlin", "EUR"),
    "FR": ([(48.86, 2.35), (45.76, 4.84)], "fr", "Europe/Paris", "EUR"),
    "NL": ([(52.37, 4.90)], "nl", "Europe/Amsterdam", "EUR"),
    "SE": ([(59.33, 18.07)], "sv", "Europe/Stockholm", "SEK"),
    "NO": ([(59.91, 10.75)], "no", "Europe/Oslo", "NOK"),
    "DK": ([(55.68, 12.57)], "da", "Europe/Copenhagen", "DKK"),
    "FI": ([(60.17, 24.94)], "fi", "Europe/Helsinki", "EUR"),
    "CH": ([(47.38, 8.54), (46.20, 6.14)], "de", "Europe/Zurich", "CHF"),
    "AT": ([(48.21, 16.37)], "de", "Europe/Vienna", "EUR"),
    "ES": ([(40.42, -3.70), (41.39, 2.17)], "es", "Europe/Madrid", "EUR"),
    "IT": ([(45.46, 9.19), (41.90, 12.50)], "it", "Europe/Rome", "EUR"),
    "AU": ([(-33.87, 151.21), (-37.81, 144.96)], "en", "Australia/Sydney", "AUD"),
    "SG": ([(1.35, 103.82)], "en", "Asia/Singapore", "SGD"),
}
# Units of euro for one of the currency, at the start of each year; made up, near the real ones.
RATES = {"USD": (0.905, 0.965, 0.855), "CAD": (0.684, 0.669, 0.621), "GBP": (1.152, 1.207, 1.149), "CHF": (1.076, 1.064, 1.069), "SEK": (0.0899, 0.0871, 0.0915),
         "NOK": (0.0890, 0.0848, 0.0850), "DKK": (0.1342, 0.1341, 0.1339), "AUD": (0.617, 0.597, 0.571), "SGD": (0.686, 0.708, 0.662)}
GOALS = ["faster_close", "fewer_audit_findings", "one_tool", "remote_team", "going_public"]
PERSONAS = ["economic_buyer", "champion", "technical_buyer", "daily_user"]
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


def add_places_and_answers(rng: random.Random, accounts: list[dict]) -> None:
    """Where an account is, since when it is known, what it said of itself, and what a model says of it."""
    for account in accounts:
        cities, language, zone, _ = PLACES[account["hq_country"]]
        latitude, longitude = rng.choice(cities)
        is_placed = rng.random() < 0.92
        account["hq_lat"] = f"{latitude + rng.gauss(0, 0.15):.4f}" if is_placed else ""
        account["hq_lon"] = f"{longitude + rng.gauss(0, 0.15):.4f}" if is_placed else ""
        account["language"] = language
        account["time_zone"] = zone
        account["created_on"] = day(rng.randint(3, 1500))
        account["automation_level"] = "" if rng.random() < 0.2 else rng.choices(["none", "basic", "advanced"], [5, 4, 2])[0]
        account["buying_style"] = "" if rng.random() < 0.6 else rng.choices(["early_adopter", "pragmatist", "conservative"], [2, 5, 3])[0]
        account["declared_goals"] = ";".join(sorted(rng.sample(GOALS, rng.choice([0, 0, 0, 1, 2]))))
        account["main_pain_point"] = rng.choice(account["pain_points"].split(";"))
        account["propensity"] = "" if rng.random() < 0.1 else f"{rng.betavariate(1.6, 4):.4f}"


def add_personas(rng: random.Random, contacts: list[dict]) -> None:
    for contact in contacts:
        contact["persona"] = "" if rng.random() < 0.25 else rng.choices(PERSONAS, [2, 3, 3, 6])[0]
        contact["email"] = f"person{contact['contact_id'][1:]}@example.com"


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


def add_currencies(rng: random.Random, accounts: list[dict], opportunities: list[dict]) -> None:
    """Deals are in the account's currency, and some abroad in dollars."""
    own = {account["account_id"]: PLACES[account["hq_country"]][3] for account in accounts}
    for opportunity in opportunities:
        opportunity["currency"] = "USD" if rng.random() < 0.05 else own[opportunity["account_id"]]


def make_rates() -> list[dict]:
    return [{"currency": currency, "valid_from": f"{year}-01-01", "rate": rate}
            for currency, rates in RATES.items() for year, rate in zip((2024, 2025, 2026), rates)]


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
    # What came later has a seed of its own, so that the rest stays as it was.
    more = random.Random(SEED + 1)
    add_places_and_answers(more, accounts)
    add_personas(more, contacts)
    data = HERE / "data"
    data.mkdir(exist_ok=True)
    write(data / "accounts.csv", accounts)
    write(data / "contacts.csv", contacts)
    write(data / "events.csv", make_events(rng, accounts, contacts))
    opportunities = make_opportunities(rng, accounts)
    add_currencies(more, accounts, opportunities)
    write(data / "opportunities.csv", opportunities)
    write(data / "rates.csv", make_rates())
    write(data / "installs.csv", make_installs(rng, accounts))
    write(data / "logins.csv", make_logins(rng, accounts, contacts))
    named = sorted(rng.sample([account["domain"] for account in accounts], 120), key=str.lower)
    write(HERE / "lists" / "named_accounts.csv", [{"domain": domain.upper() if rng.random() < 0.3 else domain, "added_by": "sales"} for domain in named])
    embargoed = sorted(more.sample([account["domain"].lower() for account in accounts], 25))
    write(HERE / "lists" / "embargoed.csv", [{"domain": domain, "since": "2026-06-01", "why": "legal"} for domain in embargoed])
    opted_out = sorted(more.sample([account["account_id"] for account in accounts], 40))
    (HERE / "lists" / "opted_out.csv").write_text("".join(f"{key}\n" for key in opted_out), encoding="utf-8")


if __name__ == "__main__":
    main()
