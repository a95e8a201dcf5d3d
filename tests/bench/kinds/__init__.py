"""How each kind of row is measured: a function takes the row and the settings and gives the row's figures as plain data."""

from kinds.files import parquet, stream
from kinds.memory import memory, prepared, roofline, tiers
from kinds.scale import compiling, growth
from kinds.single import account, added, change

__all__ = ["account", "added", "change", "compiling", "growth", "memory", "parquet", "prepared", "roofline", "stream", "tiers"]
