"""Plots of growth as small SVG files that read on a light and on a dark page: no background, grey text, colours of middle brightness."""

from pathlib import Path

GREY = "#808890"
COLOURS = {"segue": "#1f9e89", "polars": "#3b82f6", "clickhouse": "#e0952b", "duckdb": "#d1495b", "hand": "#8e6bbf", "memory": "#d1495b"}
NAMES = {"segue": "Segue", "polars": "Polars", "clickhouse": "ClickHouse", "duckdb": "DuckDB", "hand": "C++ by hand"}


def axes(x: str, y: str):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "segue", "font.family": "sans-serif", "font.size": 10, "axes.edgecolor": GREY, "axes.labelcolor": GREY,
                                "xtick.color": GREY, "ytick.color": GREY, "text.color": GREY})
    from matplotlib import pyplot

    figure, plot = pyplot.subplots(figsize=(6, 3.6))
    plot.set_xlabel(x)
    plot.set_ylabel(y)
    plot.grid(True, which="major", color=GREY, alpha=0.25, linewidth=0.6)
    for side in ("top", "right"):
        plot.spines[side].set_visible(False)
    return figure, plot


def save(figure, path: Path) -> None:
    from matplotlib import pyplot

    figure.axes[0].minorticks_off()
    figure.tight_layout()
    figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def curves(path: Path, x: str, y: str, series: dict[str, list[tuple[float, float]]], log_y: bool = True) -> None:
    figure, plot = axes(x, y)
    for name, points in series.items():
        if points:
            plot.plot(*zip(*points), marker="o", markersize=4, linewidth=1.8, color=COLOURS.get(name, COLOURS["segue"]), label=NAMES.get(name, name))
    plot.set_xscale("log")
    if log_y:
        plot.set_yscale("log")
    if len(series) > 1:
        plot.legend(frameon=False)
    save(figure, path)


def grown(points: list[dict], size: str) -> dict[str, list[tuple[float, float]]]:
    series = {"segue": [(point["sizes"].get(size, 1000), point["run_s"] * 1e3) for point in points]}
    for engine in ("polars", "clickhouse", "duckdb"):
        measured = [(point["sizes"].get(size, 1000), point["peers"][engine] * 1e3) for point in points if point["peers"].get(engine)]
        if measured:
            series[engine] = measured
    return series


def threads(found: dict, path: Path) -> None:
    """How often one thread's time goes into two threads' time."""
    from rows import BY_KEY

    bars = []
    for key, result in found.items():
        runs = list(result.get("segue", {}).values()) if BY_KEY[key].kind in ("memory", "prepared") else []
        if len(runs) == 2:
            bars.append((BY_KEY[key].key.replace("_", " "), runs[0]["run_s"] / runs[1]["run_s"]))
    if not bars:
        return
    figure, plot = axes("speed-up by two threads", "")
    plot.barh([name for name, _ in bars], [ratio for _, ratio in bars], color=COLOURS["segue"], height=0.6)
    plot.axvline(2, color=GREY, linewidth=0.8, linestyle="--")
    plot.set_xlim(0, 2.2)
    save(figure, path)


def write(found: dict, folder: Path) -> None:
    """All plots whose figures are there."""
    folder.mkdir(parents=True, exist_ok=True)
    growth = found.get("growth", {})
    for size, label in (("definitions", "definitions"), ("accounts", "accounts, 1,000 definitions"), ("events", "events, 60 definitions")):
        if size in growth:
            curves(folder / f"{size}.svg", label, "milliseconds", grown(growth[size], size))
    points = found.get("compile", {}).get("points", [])
    if points:
        series = {"cold": [(one["definitions"], one["cold_s"] * 1e3) for one in points], "with kept code": [(one["definitions"], one["cached_s"] * 1e3) for one in points]}
        COLOURS.update({"cold": COLOURS["clickhouse"], "with kept code": COLOURS["segue"]})
        curves(folder / "compile.svg", "definitions", "segue run, milliseconds", series)
    streamed = [one for one in found.get("stream", {}).get("points", []) if "seconds" in one]
    if streamed:
        COLOURS["peak memory (GiB)"] = COLOURS["duckdb"]
        curves(folder / "stream.svg", "accounts", "", {"seconds": [(one["accounts"], one["seconds"]) for one in streamed],
                                                       "peak memory (GiB)": [(one["accounts"], one["peak_bytes"] / 2**30) for one in streamed]})
    threads(found, folder / "threads.svg")
