"""Writes cases.inc: expectations for the kernels that Python computes exactly, by fractions, math.fsum and zoneinfo.

    python3 make_cases.py [COUNT [ZONE...]] > cases.inc

The seed is fixed, so that the file only changes when the script does, or the time-zone data.
"""
import datetime
import fractions
import math
import random
import struct
import sys
import zoneinfo

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 60
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/Sao_Paulo", "Australia/Lord_Howe",
         "Europe/Dublin", "Asia/Tokyo", "Pacific/Chatham", "America/St_Johns"] + sys.argv[2:]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
pick = random.Random(20260301)


def bits(value):
    return "0x%016x" % struct.unpack("<Q", struct.pack("<d", value))[0]


def wide(value):
    magnitude = abs(value)
    return "%d, 0x%x, 0x%x" % (value < 0, magnitude >> 64, magnitude & (2**64 - 1))


def nearest(numerator, denominator):
    return float(fractions.Fraction(numerator, denominator))


def random_int(limit_bits):
    return pick.randrange(-(2**b), 2**b) if (b := pick.randrange(1, limit_bits)) else 0


def random_double(low=-1074, high=1000):
    return math.ldexp(pick.randrange(-(2**53), 2**53), pick.randrange(low, high))


def ratios():
    for _ in range(COUNT):
        numerator, denominator = random_int(126), abs(random_int(126)) + 1
        yield "RATIO(%s, %s, %s)" % (wide(numerator), wide(denominator)[3:], bits(nearest(numerator, denominator)))


def quotients():
    for _ in range(COUNT):
        a, b = random_int(63), random_int(63) or 1
        sa, sb = pick.randrange(19), pick.randrange(19)
        value = fractions.Fraction(a, 10**sa) / fractions.Fraction(b, 10**sb)
        yield "QUOTIENT(%d, %d, %d, %d, %s)" % (a, sa, b, sb, bits(float(value)))


def comparisons():
    for _ in range(COUNT):
        a, scale = random_int(63), pick.randrange(19)
        near = a / 10**scale
        b = pick.choice([near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf), random_double(-80, 70)])
        left, right = fractions.Fraction(a, 10**scale), fractions.Fraction(b)
        yield "COMPARISON(%d, %d, %s, %d)" % (a, scale, bits(b), (left > right) - (left < right))


def sums():
    for i in range(COUNT):
        span = pick.choice([(-60, -40), (-1074, -1000), (900, 970), (-1074, 970), (-10, 10)])
        values = [random_double(*span) for _ in range(pick.randrange(1, 9))]
        if i % 4 == 0:
            values = [pick.randrange(-10**7, 10**7) / 100 for _ in values]
        values += [-v for v in values[: pick.randrange(len(values))]]
        exact = sum(map(fractions.Fraction, values))
        parts = [(random_int(63), pick.randrange(19)) for _ in range(pick.randrange(3))]
        exact += sum(fractions.Fraction(raw, 10**scale) for raw, scale in parts)
        count = pick.randrange(1, 10 ** pick.randrange(1, 18))
        total, average = to_double(exact), to_double(exact / count)
        floats = ", ".join(bits(v) for v in values)
        decimals = ", ".join("{%d, %d}" % part for part in parts)
        yield "SUM(({%s}), ({%s}), %d, %s, %s)" % (floats, decimals, count, bits(total), bits(average))


def to_double(value):
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def zones():
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        for _ in range(COUNT // 2):
            year = pick.choice([pick.randrange(1900, 2040), pick.randrange(2038, 2500), pick.randrange(2, 9998)])
            local = datetime.datetime(year, 1, 1) + datetime.timedelta(seconds=pick.randrange(366 * 86400))
            instant = (local.replace(tzinfo=datetime.timezone.utc) - EPOCH) // datetime.timedelta(microseconds=1)
            offset = (EPOCH + datetime.timedelta(microseconds=instant)).astimezone(zone).utcoffset() // datetime.timedelta(seconds=1)
            # fold=0 reads skipped time in the offset before the gap, and repeated time as the first
            back = (local.replace(tzinfo=zone, fold=0) - EPOCH) // datetime.timedelta(microseconds=1)
            yield 'ZONE("%s", %d, %d, %d)' % (name, instant, offset, back)


print("// Made by make_cases.py; expectations computed exactly by Python. Do not edit.")
for cases in (ratios, quotients, comparisons, sums, zones):
    print("\n".join(cases()))
