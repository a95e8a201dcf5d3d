// The charts, drawn by Apache ECharts as still pictures (SVG): their colours are those of the style sheet, so that light, dark and paper need no new drawing, and a table of the same
// numbers stands behind each.
import { BarChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { count, h } from "./dom.js";

use([BarChart, LineChart, SankeyChart, ScatterChart, GridComponent, LabelLayout, SVGRenderer]);

const kFont = 13;
const kPrintWidth = 680;
const kColors = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--c6)", "var(--c7)", "var(--c8)"];
const kDashes = ["solid", [8, 4], [2, 3], [12, 3, 2, 3], "solid", [8, 4], [2, 3], [12, 3, 2, 3]];

const text = { color: "var(--ink)", fontSize: kFont, fontFamily: "inherit" };
const quiet = { animation: false, silent: true, emphasis: { disabled: true } };
const valueAxis = { type: "value", axisLabel: { ...text, color: "var(--soft)", formatter: count, hideOverlap: true }, splitLine: { lineStyle: { color: "var(--grid)" } }, minInterval: 1 };
// How wide a text is in the page's own letters.
const pen = document.createElement("canvas").getContext("2d");
const widthOf = (name) => {
  pen.font = `${kFont}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(name).width;
};
const widest = (names) => Math.max(0, ...names.map(widthOf));
const cut = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

// Draws as soon as the place has a width, and again when that has changed; `describe` says in words what is to be seen.
function still(place, describe, height, option) {
  let drawn = 0;
  function draw(width) {
    if (width < 50 || Math.abs(width - drawn) < 25) return;
    drawn = width;
    const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
    chart.setOption({ animation: false, backgroundColor: "transparent", textStyle: text, ...option(width) });
    place.innerHTML = chart.renderToSVGString();
    chart.dispose();
    const svg = place.firstElementChild;
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", describe);
  }
  new ResizeObserver(([entry]) => draw(Math.round(entry.contentRect.width))).observe(place);
  addEventListener("beforeprint", () => draw(place.isConnected && drawn === 0 ? kPrintWidth : drawn));
}

// A figure: what it shows, the chart, and the same as a table.
function figure(caption, describe, height, option, tableNode) {
  const place = h("div", { class: "plot", style: `height:auto` });
  still(place, describe, height, option);
  return h("figure", {}, h("figcaption", {}, caption), place, tableNode && h("details", { class: "no-print" }, h("summary", {}, "The same as a table"), tableNode));
}

// Lying bars in the order given, the first on top. `bars`: {name, size, label}.
export function bars(caption, list, tableNode) {
  const longest = widest(list.map((bar) => bar.name)) + 14;
  const room = (width) => Math.min(width * 0.42, longest);
  const describe = `${caption}. ${list.slice(0, 20).map((bar) => `${bar.name}: ${bar.label}`).join("; ")}`;
  return figure(caption, describe, 30 + 26 * list.length, (width) => ({
    grid: { left: room(width), right: 14 + widest(list.map((bar) => bar.label)), top: 4, bottom: 26 },
    xAxis: valueAxis,
    yAxis: { type: "category", inverse: true, data: list.map((bar) => bar.name), axisTick: { show: false }, axisLine: { lineStyle: { color: "var(--line)" } },
      axisLabel: { ...text, interval: 0, width: room(width) - 12, overflow: "truncate" } },
    series: [{ ...quiet, type: "bar", barMaxWidth: 18, itemStyle: { color: "var(--bar)" },
      data: list.map((bar) => ({ value: bar.size, itemStyle: bar.color && { color: bar.color } })),
      label: { ...text, show: true, position: "right", formatter: ({ dataIndex }) => list[dataIndex].label } }],
  }), tableNode);
}

// Standing bars: `list`: {name, size}.
export function columns(caption, list, tableNode) {
  return figure(caption, `${caption}. ${list.map((bar) => `${bar.name}: ${count(bar.size)}`).join("; ")}`, 240, (width) => ({
    grid: { left: 56, right: 12, top: 22, bottom: 30 },
    xAxis: { type: "category", data: list.map((bar) => bar.name), axisTick: { show: false }, axisLine: { lineStyle: { color: "var(--line)" } }, axisLabel: { ...text, color: "var(--soft)", hideOverlap: true } },
    yAxis: valueAxis,
    series: [{ ...quiet, type: "bar", barCategoryGap: "8%", itemStyle: { color: "var(--bar)" }, data: list.map((bar) => bar.size),
      label: { ...text, fontSize: 11, color: "var(--soft)", show: width / list.length > 40, position: "top", formatter: ({ value }) => (value === 0 ? "" : count(value)) } }],
  }), tableNode);
}

// Lines over time, told apart by colour, dashes and the name at their end. `series`: {name, values}.
export function lines(caption, times, series, tableNode) {
  const describe = `${caption}. ${series.map((one) => `${one.name}: from ${count(one.values[0])} to ${count(one.values.at(-1))}`).join("; ")}`;
  const longest = widest(series.map((one) => cut(one.name, 24)));
  return figure(caption, describe, 320, () => ({
    grid: { left: 60, right: 18 + longest, top: 16, bottom: 30 },
    xAxis: { type: "category", data: times, boundaryGap: false, axisLine: { lineStyle: { color: "var(--line)" } }, axisLabel: { ...text, color: "var(--soft)", hideOverlap: true } },
    yAxis: valueAxis,
    series: series.map((one, i) => ({ ...quiet, type: "line", name: one.name, data: one.values, symbol: "circle", symbolSize: 6, color: kColors[i % kColors.length],
      lineStyle: { width: 2, color: kColors[i % kColors.length], type: kDashes[i % kDashes.length] }, itemStyle: { color: kColors[i % kColors.length] }, labelLayout: { moveOverlap: "shiftY" },
      endLabel: { ...text, color: kColors[i % kColors.length], show: true, formatter: cut(one.name, 24).replace(/[{}]/g, " ") } })),
  }), tableNode);
}

// Who moved from which value to which: what was stands on the left, what is on the right. `moves`: {from, to, size}; `names` in their order.
export function flow(caption, names, moves, tableNode) {
  const at = (side, name) => `${side}${name}`;
  const used = { b: names.filter((name) => moves.some((move) => move.from === name)), n: names.filter((name) => moves.some((move) => move.to === name)) };
  const color = (name) => (names.indexOf(name) < 0 ? "var(--c6)" : kColors[names.indexOf(name) % kColors.length]);
  const nodes = ["b", "n"].flatMap((side) => used[side].map((name) => ({ name: at(side, name), depth: side === "b" ? 0 : 1, itemStyle: { color: color(name), borderWidth: 0 },
    label: { position: side === "b" ? "right" : "left" } })));
  const describe = `${caption}. ${moves.map((move) => `${move.from} to ${move.to}: ${count(move.size)}`).join("; ")}`;
  return figure(caption, describe, Math.max(160, 46 * Math.max(used.b.length, used.n.length)), () => ({
    series: [{ ...quiet, type: "sankey", left: 0, right: 0, top: 8, bottom: 8, layoutIterations: 0, nodeGap: 14, nodeWidth: 14, draggable: false, nodes,
      links: moves.map((move) => ({ source: at("b", move.from), target: at("n", move.to), value: move.size, lineStyle: { color: color(move.from), opacity: 0.35 } })),
      label: { ...text, formatter: ({ name, value }) => `${name.slice(1)} ${count(value)}` } }],
  }), tableNode);
}

// An UpSet plot: what is in exactly which sets. `sets`: {name, size}; `intersections`: {sets: [place], size}, in their order.
export function upset(caption, sets, intersections, tableNode) {
  const n = sets.length;
  const left = 28 + widest(sets.map((set) => cut(set.name, 28)));
  const top = 190, row = 24;
  const describe = `${caption}. ${intersections.slice(0, 12).map((each) => `only in ${each.sets.map((i) => sets[i].name).join(" and ")}: ${count(each.size)}`).join("; ")}`;
  return figure(caption, describe, top + row * n + 40, (width) => {
    const sizes = Math.min(170, width * 0.18);
    const begin = sizes + left;
    const xAxis = (gridIndex) => ({ gridIndex, type: "category", data: intersections.map((_, i) => i), axisLabel: { show: false }, axisTick: { show: false }, axisLine: { show: gridIndex === 0, lineStyle: { color: "var(--line)" } } });
    const dots = (isIn) => intersections.flatMap((each, x) => sets.map((_, y) => [x, y]).filter(([, y]) => each.sets.includes(y) === isIn));
    const size = Math.min(13, Math.max(5, (width - begin) / intersections.length - 3));
    return {
      grid: [{ left: begin, right: 10, top: 22, height: top - 32 }, { left: begin, right: 10, top, height: row * n }, { left: 44, width: sizes - 44, top, height: row * n }],
      xAxis: [xAxis(0), xAxis(1), { ...valueAxis, gridIndex: 2, inverse: true, splitNumber: 2, axisLabel: { ...valueAxis.axisLabel, fontSize: 11 } }],
      yAxis: [{ ...valueAxis, gridIndex: 0 },
        { gridIndex: 1, type: "value", inverse: true, min: -0.5, max: n - 0.5, show: false },
        { gridIndex: 2, type: "category", inverse: true, position: "right", data: sets.map((set) => set.name), axisLine: { show: false }, axisTick: { show: false },
          axisLabel: { ...text, interval: 0, margin: 10, formatter: (name) => cut(name, 28) } }],
      series: [
        { ...quiet, type: "bar", xAxisIndex: 0, yAxisIndex: 0, barCategoryGap: "25%", itemStyle: { color: "var(--bar)" }, data: intersections.map((each) => each.size),
          label: { ...text, fontSize: 11, show: (width - begin) / intersections.length > 22, position: "top", formatter: ({ value }) => count(value) } },
        { ...quiet, type: "scatter", xAxisIndex: 1, yAxisIndex: 1, symbolSize: size, itemStyle: { color: "var(--grid)", opacity: 1 }, data: dots(false) },
        { ...quiet, type: "bar", stack: "link", xAxisIndex: 1, yAxisIndex: 1, barWidth: 3, itemStyle: { color: "transparent" }, data: intersections.map((each) => Math.min(...each.sets)) },
        { ...quiet, type: "bar", stack: "link", xAxisIndex: 1, yAxisIndex: 1, barWidth: 3, itemStyle: { color: "var(--bar)" }, data: intersections.map((each) => Math.max(...each.sets) - Math.min(...each.sets)) },
        { ...quiet, type: "scatter", xAxisIndex: 1, yAxisIndex: 1, symbolSize: size, z: 5, itemStyle: { color: "var(--bar)", opacity: 1 }, data: dots(true) },
        { ...quiet, type: "bar", xAxisIndex: 2, yAxisIndex: 2, barMaxWidth: 14, itemStyle: { color: "var(--bar)" }, data: sets.map((set) => set.size),
          label: { ...text, fontSize: 11, show: true, position: "left", formatter: ({ value }) => count(value) } },
      ],
    };
  }, tableNode);
}
