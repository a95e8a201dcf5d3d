"""The table of figures: lines for the terminal, and the part of docs/performance.md between its marks."""

from pathlib import Path

from rows import BY_KEY, ROWS, Row

ENGINES = {"clickhouse": "ClickHouse", "polars": "Polars", "duckdb": "DuckDB"}
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def amount(number: float) -> str:
    for unit, word in ((1e6, " M"), (1e3, " k")):
        if number >= unit:
            return f"{number / unit:g}{word}"
    return f"{number:g}"


def title(row: Row, result: dict) -> str:
    sizes = result.get("sizes") or row.sizes
    return row.title.format(**{name: amount(value) for name, value in sizes.items()})


def times(ratio: float | None, mark: str = "") -> str:
    if ratio is None:
        return ""
    return f"{ratio:,.0f}×{mark}" if ratio >= 100 else f"{ratio:.1f}×{mark}" if ratio >= 2 else f"{ratio:.2f}×{mark}"


def milliseconds(seconds: float) -> str:
    value = seconds * 1e3
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.3f}"


def first(result: dict) -> dict:
    return next(iter(result["segue"].values()))


def taken(row: Row, ours: dict) -> float:
    return ours["run_s"] + (ours["plan_s"] + ours["again_s"] if row.whole else 0)


def peers_for(row: Row, found: dict) -> dict:
    return found.get(row.peers_of or row.key, {}).get("peers", {})


def ratios(row: Row, found: dict) -> dict[str, float]:
    """By engine, how often Segue's run fits into its."""
    ours = taken(row, first(found[row.key]))
    result = {engine: peer["seconds"] / ours for engine, peer in peers_for(row, found).items() if "seconds" in peer}
    by_hand = first(found.get(row.peers_of or row.key, found[row.key])).get("hand_s")
    return result | ({"hand": by_hand / ours} if by_hand else {})


def facts(row: Row, found: dict) -> dict[str, float]:
    """What a goal may name beside the peers."""
    result = found[row.key]
    ours = first(result)
    known = dict(ratios(row, found))
    peers = [known[engine] for engine in ENGINES if engine in known]
    if peers:
        known["best"] = min(peers)
    runs = list(result["segue"].values())
    if len(runs) > 1:
        known["threads"] = ours["run_s"] / runs[1]["run_s"]
    if "decode_s" in result:
        known["decode"] = ours["run_s"] / result["decode_s"]
    sizes = result.get("sizes", {})
    if row.key == "events":
        known["ns_pair"] = ours["run_s"] * 1e9 / (sizes["events"] * 30)
    if row.key == "large" and "segue" in found.get("shared", {}):
        shared = found["shared"]
        known["decisions"] = decisions(result) / decisions(shared)
    return known


def decisions(result: dict) -> float:
    return result["definitions"] * result["sizes"]["accounts"] / first(result)["run_s"]


AT_MOST = {"decode": "× decoding", "ns_pair": " ns a row and pair"}


def judged(row: Row, found: dict) -> str:
    """Each goal, and whether it was reached."""
    known, parts = facts(row, found), []
    for name, goal in row.goal.items():
        if name not in known:
            continue
        reached = known[name] <= goal if name in AT_MOST else known[name] >= goal
        word = {"hand": "by hand", "best": "best peer", "threads": "two threads", "decisions": "decisions of 1,000"}.get(name, ENGINES.get(name, ""))
        asked = f"≤ {goal:g}{AT_MOST[name]}" if name in AT_MOST else f"≥ {goal:g}× {word}"
        parts.append(f"{asked}: {'**reached**' if reached else f'{known[name]:.2f}'}")
    return "; ".join(parts)


def peer_cell(row: Row, found: dict, engine: str) -> str:
    peer = peers_for(row, found).get(engine)
    if peer is None:
        return ""
    if "error" in peer:
        return "—"
    return times(ratios(row, found).get(engine), "" if peer.get("share", 1) == 1 else " ≈")


def memory_cells(row: Row, found: dict) -> list[str]:
    result = found[row.key]
    ours = first(result)
    runs = list(result["segue"].values())
    compile_s = ours.get("plan_s", 0) + ours["compile_s"]
    return [title(row, result) + (" (ratios to both)" if row.whole else ""), milliseconds(compile_s) if compile_s else "", milliseconds(ours["plan_s"] + ours["again_s"]) if "again_s" in ours else "", milliseconds(ours["run_s"]), milliseconds(runs[1]["run_s"]) if len(runs) > 1 else "",
            times(ratios(row, found).get("hand")), *(peer_cell(row, found, engine) for engine in ENGINES), judged(row, found)]


def parquet_cells(row: Row, found: dict) -> list[str]:
    result = found[row.key]
    ours = first(result)
    return [title(row, result), milliseconds(ours["run_s"]), milliseconds(ours["cached_s"]), milliseconds(result["decode_s"]),
            f"{ours['peak_bytes'] / 2**30:.2f}", *(peer_cell(row, found, engine) for engine in ENGINES), judged(row, found)]


MEMORY_HEAD = ["in memory", "plan and compile (ms)", "with kept code (ms)", "run (ms)", "two threads (ms)", "by hand", *ENGINES.values(), "asked"]
PARQUET_HEAD = ["from Parquet, two threads", "whole process (ms)", "with kept code (ms)", "decoding (ms)", "peak (GiB)", *ENGINES.values(), "asked"]


def markdown(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])


def rows_of(found: dict, *wanted: str) -> list[Row]:
    return [row for row in ROWS if row.kind in wanted and "segue" in found.get(row.key, {})]


def compile_table(points: list[dict]) -> str:
    head = ["definitions", "parse and check (ms)", "plan (ms)", "compile (ms)", "from the cache (ms)", "peak (MiB)", "`segue run`, cold (ms)", "`segue run`, kept code (ms)"]

    def cells(point: dict) -> list[str]:
        phases = point["phases"]
        return [f"{point['definitions']:,}", *(f"{phases[name]:.1f}" for name in ("front_end_ms", "plan_ms", "compile_ms", "cached_ms")),
                f"{point['peak_bytes'] / 2**20:.0f}", milliseconds(point["cold_s"]), milliseconds(point["cached_s"])]

    return markdown(head, [cells(point) for point in points])


def stream_table(points: list[dict]) -> str:
    def cells(point: dict) -> list[str]:
        if "error" in point:
            return [amount(point["accounts"]), point["error"], "", "", "", "", ""]
        return [amount(point["accounts"]), f"{point['seconds']:.1f}", f"{point['seconds'] * 1e6 / point['accounts']:.2f}", f"{point['cpu_s']:.1f}",
                f"{point['peak_bytes'] / 2**20:,.0f}", f"{point['out_bytes'] / 1e9:.2f}", f"{point['parquet_s']:.1f}" if point.get("parquet_s") else ""]

    return markdown(["accounts", "time (s)", "a million (s)", "processor time (s)", "peak (MiB)", "output (GB)", "written as Parquet (s)"], [cells(point) for point in points])


def single_lines(found: dict) -> list[str]:
    lines = []
    if "segue" in found.get("account", {}):
        one = found["account"]
        ours, count = one["segue"]["ns_per_call"], one["definitions"]
        peers = [f"{name} {peer['version']} {peer['ns_per_call'] / 1e3:.0f} µs ({peer['ns_per_call'] / ours:.0f}×)" if "ns_per_call" in peer else f"{name}: {peer['error']}"
                 for name, peer in ((("ZEN", one["peers"].get("zen", {})), ("expr-lang", one["peers"].get("expr", {})))) if peer]
        lines.append(f"**One account, {count:,} definitions**: {ours / 1e3:.2f} µs a call, {ours / count:.2f} ns a definition (asked: ≤ 12). {'; '.join(peers)} (asked: ≥ 25× the best).")
    for name, word in (("cell", "one changed cell of an account, 1,000 definitions"), ("event", "one event more, 60 definitions")):
        if name in found.get("change", {}):
            one = found["change"][name]
            lines.append(f"**A change** ({word}): {one['us_per_change']:.2f} µs, of a hundred the slowest {one['p99_us']:.2f} µs (asked: ≤ 5).")
    if "first_result_s" in found.get("added", {}):
        one = found["added"]
        lines.append(f"**One definition added to {one['definitions']:,}** on a prepared table of {amount(one['accounts'])} accounts: first result {milliseconds(one['first_result_s'])} ms after the rules were read "
                     f"(asked: ≤ 5), {milliseconds(one['compiled_s'])} ms where no code of its form is kept; reading and checking all {one['definitions'] + 1:,} anew takes {milliseconds(one['open_s'])} ms.")
    return lines


def roof_line(found: dict) -> list[str]:
    if "roofline" not in found.get("roofline", {}):
        return []
    one, two = found["roofline"]["roofline"]
    parts = [f"{name} {one[key] / 1e9:.0f} GB/s a thread, {two[key] / 1e9:.0f} on two" for key, name in (("memory", "memory"), ("second_cache", "second cache"), ("first_cache", "first cache"))]
    lines = [f"**The machine's limits** (`roofline`): {'; '.join(parts)}."]
    for key, columns in (("one", 8), ("shared", 20)):
        if "segue" in found.get(key, {}):
            result = found[key]
            bytes_read = result["sizes"]["accounts"] * columns * 2
            seconds = first(result)["run_s"]
            lines.append(f"{title(BY_KEY[key], result)} read {bytes_read / 1e9:.2f} GB in {milliseconds(seconds)} ms: {bytes_read / seconds / one['memory']:.0%} of one thread's memory bandwidth.")
            if key == "shared":
                bits = result["definitions"] * result["sizes"]["accounts"]  # eight operands of a bit each
                lines.append(f"The operands of their boolean algebra are {bits / 1e9:.1f} GB of bits: {bits / seconds / one['first_cache']:.0%} of what one thread loads from the first cache.")
    return lines


def errors(found: dict) -> list[str]:
    lines = [f"- {key}: {result['error']}" for key, result in found.items() if "error" in result]
    lines += [f"- {key}, {engine}: {peer['error']}" for key, result in found.items() for engine, peer in result.get("peers", {}).items() if "error" in peer]
    return lines


def sizes_of(found: dict) -> str:
    """Which rows had small tables."""
    quick = [row["quick"] for row in found.values()]
    if not any(quick):
        return ""
    return " Tables of a twentieth (`--quick`)." if all(quick) else " Some rows have tables of a twentieth (`--quick`), as their titles say."


def heading(found: dict) -> str:
    some = next(iter(found.values()))
    machine, versions = some["machine"], some["versions"]
    dates = sorted({result["date"] for result in found.values()})
    return (f"{dates[-1]}, {machine['processor']}, {machine['threads']} threads, {machine['memory_gib']} GiB; {', '.join(f'{name} {version}' for name, version in versions.items())}."
            f"{sizes_of(found)} ≈: foretold from two smaller tables, for the whole would have taken longer than a run may.")


def text(found: dict) -> str:
    """All that is there, as Markdown."""
    if not found:
        return ""
    parts = [heading(found)]
    memory = rows_of(found, "memory", "prepared", "tiers")
    if memory:
        parts.append(markdown(MEMORY_HEAD, [memory_cells(row, found) for row in memory]))
    files = rows_of(found, "parquet")
    if files:
        parts.append(markdown(PARQUET_HEAD, [parquet_cells(row, found) for row in files]))
    if "points" in found.get("compile", {}):
        parts.append(compile_table(found["compile"]["points"]))
    if "points" in found.get("stream", {}):
        parts.append("**Streamed**: 1,000 definitions over 20 columns from Parquet, memberships written to an Arrow file, `--memory 2GiB`, two threads.")
        parts.append(stream_table(found["stream"]["points"]))
    parts += single_lines(found) + [" ".join(roof_line(found))]
    if errors(found):
        parts.append("Not measured:\n\n" + "\n".join(errors(found)))
    return "\n\n".join(part for part in parts if part) + "\n"


def line(row: Row, result: dict, found: dict) -> str:
    """What a row gave, for the terminal."""
    took = f"[{result['took_s']:.0f} s]"
    if "error" in result:
        return f"{row.key:18} {took:>8} {result['error']}"
    if "segue" in result and "run_s" in first_or_empty(result):
        found = found | {row.key: result}
        peers = "  ".join(f"{ENGINES[engine]} {peer_cell(row, found, engine)}" for engine in ENGINES if engine in peers_for(row, found))
        by_hand = ratios(row, found).get("hand")
        return f"{row.key:18} {took:>8} {title(row, result)}: {milliseconds(first(result)['run_s'])} ms  {'by hand ' + times(by_hand) if by_hand else ''}  {peers}  {judged(row, found)}"
    return f"{row.key:18} {took:>8} measured"


def first_or_empty(result: dict) -> dict:
    runs = list(result["segue"].values())
    return runs[0] if runs and isinstance(runs[0], dict) else {}


def write_page(found: dict, page: Path) -> None:
    """The figures take the place of what stands between the marks."""
    old = page.read_text(encoding="utf-8")
    head, rest = old.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    page.write_text(f"{head}{BEGIN}\n\n{text(found)}\n{END}{tail}", encoding="utf-8")
