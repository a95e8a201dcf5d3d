"""Writes math_cases.inc: powers of two and distances on the globe, computed by Python's `decimal` with 60 digits and rounded once.

    python3 make_math_cases.py > math_cases.inc
"""
import decimal
import random

D = decimal.Decimal
decimal.getcontext().prec = 60
LN2 = D(2).ln()
PI = D("3.14159265358979323846264338327950288419716939937510582097494459")
RADIUS = D("6371.0088")
pick = random.Random(20260301)


def power_cases():
    xs = [-pick.random() * pick.choice([1, 10, 60]) for _ in range(900)]
    xs += [-pick.random() * 1080 for _ in range(200)] + [pick.random() * 1024 for _ in range(100)]
    xs += [-(1020 + pick.random() * 56) for _ in range(300)] + [-(2.0 ** pick.uniform(-70, 0)) for _ in range(200)]
    xs += [-(age / half) for age in range(1, 100) for half in (7, 14, 30, 90)]
    xs += [0.0, -1.0, -0.5, -3.0, 10.0, -1022.0, -1021.999999, -1073.2, -1074.0, -1074.5, -1075.0, 1023.5, 1023.9999999, -1e-320, -1079.5]
    for x in xs:
        power = 2.0 ** x if x == int(x) else float((LN2 * D(x)).exp())
        yield f"POWER({x.hex()}, {power.hex()})"


def sine(x):
    term = total = x
    n = 1
    while abs(term) > D(10) ** -58:
        term = -term * x * x / ((n + 1) * (n + 2))
        n += 2
        total += term
    return total


def arc_sine(y):
    x = D(0) if y == 0 else D(__import__("math").asin(float(y)))
    for _ in range(4):  # Newton
        cosine = sine(PI / 2 - x)
        if cosine == 0:
            break
        x -= (sine(x) - y) / cosine
    return x


def haversine(a, b):
    def radians(degrees):
        return degrees * PI / 180
    by_latitude = sine(radians(D(a[0]) - D(b[0])) / 2) ** 2
    by_longitude = sine(radians(D(a[1]) - D(b[1])) / 2) ** 2
    return by_latitude + sine(radians(90 - D(a[0]))) * sine(radians(90 - D(b[0]))) * by_longitude


def distance_cases():
    fixed = [(52.52, 13.405), (48.8566, 2.3522), (90.0, 0.0), (-90.0, 12.0), (0.0, 180.0), (0.0, -180.0), (10.0, 179.9999), (10.0, -179.9999), (0.0, 0.0),
             (52.52, 13.4050001), (-33.8688, 151.2093)]
    pairs = [(a, b) for a in fixed for b in fixed]
    pairs += [((pick.uniform(-90, 90), pick.uniform(-180, 180)), (pick.uniform(-90, 90), pick.uniform(-180, 180))) for _ in range(60)]
    for _ in range(60):
        a = (round(pick.uniform(-80, 80), 4), round(pick.uniform(-179, 179), 4))
        pairs.append((a, (a[0] + pick.uniform(-1, 1), a[1] + pick.uniform(-1, 1))))
    for a, b in pairs:
        hav = haversine(a, b)
        distance = 2 * RADIUS * arc_sine(hav.sqrt()) if hav < D("0.9999") else None
        limits = [50.0, 5000.0, 20015.2]
        if distance is not None and distance > D("1e-9"):
            nearest = float(distance)
            limits += [nearest, nearest * (1 + 2.0**-52), nearest * (1 - 2.0**-52)]
        for km in limits:
            is_near = distance <= D(km) if distance is not None else km > 20015.15 or hav <= sine(D(km) / (2 * RADIUS)) ** 2
            yield f"NEAR({a[0].hex()}, {a[1].hex()}, {b[0].hex()}, {b[1].hex()}, {km.hex()}, {str(is_near).lower()})"


print("// Made by make_math_cases.py. Do not edit.")
print("\n".join(power_cases()))
print("\n".join(distance_cases()))
