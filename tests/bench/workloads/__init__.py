"""What is measured: tables, rules, and the same question for each peer. `make(name, sizes)` gives a workload by name."""

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

MODULES = {"shared": "shared", "mixed": "mixed", "events": "events", "distinct": "behaviour", "latest": "behaviour", "decay": "behaviour",
           "sequence": "behaviour", "nested": "nested"}


def make(name: str, sizes: dict):
    return importlib.import_module(f"workloads.{MODULES[name]}").WORKLOADS[name](**sizes)
