"""Measures ZEN (zen-engine) at one account a call: `zen_rules.py QUESTION.json ACCOUNTS.csv`, as expr_lang does; prints the same JSON object."""

import csv
import json
import sys
import time

import zen


def separate(asked: dict):
    """One compiled expression a definition."""
    compiled = [zen.compile_expression(text) for text in asked["definitions"]]
    return lambda account: [one.evaluate(account) for one in compiled]


def whole(asked: dict):
    """One compiled expression that gives all answers as an array."""
    compiled = zen.compile_expression("[" + ", ".join(asked["definitions"]) + "]")
    return lambda account: compiled.evaluate(account)


def decision(asked: dict):
    """A decision graph of one expression node, whose later expressions use the values of the earlier."""
    expressions = [{"id": f"c{i}", "key": f"t{i}", "value": text} for i, text in enumerate(asked["conditions"])]
    expressions += [{"id": f"e{i}", "key": f"d{i}", "value": text} for i, text in enumerate(asked["graph"])]
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {"id": "all", "name": "all", "type": "expressionNode", "position": {"x": 1, "y": 0}, "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [{"id": "a", "type": "edge", "sourceId": "in", "targetId": "all"}, {"id": "b", "type": "edge", "sourceId": "all", "targetId": "out"}],
    }
    made = zen.ZenEngine().create_decision(json.dumps(graph))
    names = [f"d{i}" for i in range(len(asked["graph"]))]

    def ask(account: dict) -> list[bool]:
        result = made.evaluate(account)["result"]
        return [result[name] for name in names]

    return ask


def timed(ask, accounts: list[dict], limit: float) -> tuple[float, list[int]]:
    sizes, begun, calls = None, time.perf_counter(), 0
    took = 0.0
    for account in accounts:
        start = time.perf_counter()
        answer = ask(account)
        took += time.perf_counter() - start
        calls += 1
        sizes = [a + bool(b) for a, b in zip(sizes, answer)] if sizes else [int(one) for one in answer]
        if time.perf_counter() - begun > limit and calls < len(accounts):
            return took / calls * 1e9, []
    return took / calls * 1e9, sizes


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        asked = json.load(file)
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        accounts = [{name: int(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    best, failed, sizes = {}, {}, None
    for name, way in {"an expression a definition": separate, "one expression": whole, "a decision graph": decision}.items():
        try:
            ask = way(asked)
            took, counted = min((timed(ask, accounts, 20) for _ in range(2)), key=lambda one: one[0])
        except Exception as error:  # noqa: BLE001, the engine raises what it likes
            failed[name] = str(error)[:300]
            continue
        best[name] = took
        if counted and sizes and counted != sizes:
            raise SystemExit(f"`{name}` gives other answers than the others")
        sizes = sizes or counted
    print(json.dumps({"ns_per_call": best, "failed": failed, "sizes": sizes}))


if __name__ == "__main__":
    main()
