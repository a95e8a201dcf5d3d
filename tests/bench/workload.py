"""The tables and definitions that every engine of the benchmark gets: the same numbers as native_bench.cpp makes, made with numpy.

Twenty columns of whole numbers from 0 to 999; 200 conditions `column >= bound`; a definition asks eight of them: five that must
hold, two of which one must, one that must not. Events belong to accounts, grouped; a segment counts those over a bound.
"""

import numpy as np

COLUMNS, CONDITIONS, TERMS = 20, 200, 8
EVENT_SEGMENTS, EVENTS_AT_LEAST = 20, 5


def splitmix64(seed: int, count: int) -> np.ndarray:
    """`count` draws of the generator splitmix64 (Steele, Lea, Flood 2014) from `seed` on."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def int_column(rows: int, seed: int) -> np.ndarray:
    return (splitmix64(seed, rows) % np.uint64(1000)).astype(np.int32)


def account_columns(rows: int) -> dict[str, np.ndarray]:
    return {f"c{i}": int_column(rows, i + 1) for i in range(COLUMNS)}


def event_columns(events: int) -> dict[str, np.ndarray]:
    """The account of each event, ascending, and the event's number."""
    accounts = max(1, events // 20)
    per_account = np.bincount((splitmix64(5, events) % np.uint64(accounts)).astype(np.int64), minlength=accounts)
    return {"account": np.repeat(np.arange(accounts, dtype=np.int32), per_account), "kind": int_column(events, 99)}


def conditions() -> list[tuple[str, int]]:
    """Column and least value of each condition."""
    return [(f"c{i % COLUMNS}", 20 + i // COLUMNS * 45 + i % 7) for i in range(CONDITIONS)]


def definitions(count: int) -> list[list[int]]:
    """The eight conditions, by number, that each definition asks."""
    draws = splitmix64(7, count * TERMS) % np.uint64(CONDITIONS)
    return draws.astype(int).reshape(count, TERMS).tolist()


def event_bounds() -> list[int]:
    return [i * 50 for i in range(EVENT_SEGMENTS)]
