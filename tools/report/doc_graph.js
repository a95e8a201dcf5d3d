// What uses what, drawn: everything where that is a picture, files where it would be too much, and the neighbourhood of one declaration on demand.
import { Graph, layout } from "@dagrejs/dagre";
import { counted, h } from "./dom.js";

const kMostNodes = 150;
const kLetter = 7.4;  // about the width of a letter at 13 pixels
const kShapes = { param: "value", list: "value", define: "define" };

const svg = (tag, props, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

// ---- what is drawn: {nodes: [{id, text, shape, href, hint}], edges: [{from, to, text}]}

function pictureOf(entries, places, hrefs) {
  const shown = new Set(places);
  return {
    nodes: places.map((place) => ({ id: place, text: entries[place].name, shape: kShapes[entries[place].kind] ?? "result", href: hrefs[place],
      hint: `${entries[place].kind} in ${entries[place].file}` })),
    edges: places.flatMap((place) => entries[place].uses.filter((used) => shown.has(used)).map((used) => ({ from: place, to: used }))),
  };
}

function pictureOfFiles(entries) {
  const sizes = new Map(), counts = new Map();
  for (const entry of entries) {
    sizes.set(entry.file, (sizes.get(entry.file) ?? 0) + 1);
    for (const used of entry.uses) {
      if (entries[used].file === entry.file) continue;
      const key = JSON.stringify([entry.file, entries[used].file]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const edges = [...counts].sort((a, b) => b[1] - a[1]).slice(0, kMostNodes).map(([key, number]) => ({ from: JSON.parse(key)[0], to: JSON.parse(key)[1], text: String(number) }));
  const files = [...new Set(edges.flatMap((edge) => [edge.from, edge.to]))].slice(0, kMostNodes);
  return { nodes: files.map((file) => ({ id: file, text: `${file} (${sizes.get(file)})`, shape: "result", hint: counted(sizes.get(file), "declaration") })),
    edges: edges.filter((edge) => files.includes(edge.from) && files.includes(edge.to)) };
}

// The entries within so many steps of one, nearest first.
function neighbourhood(entries, start, steps) {
  const met = new Map([[start, 0]]);
  for (const direction of ["uses", "used_by"]) {
    const open = [[start, 0]];
    const seen = new Set([start]);
    while (open.length !== 0) {
      const [place, far] = open.shift();
      if (far >= steps) continue;
      for (const next of entries[place][direction]) {
        if (seen.has(next)) continue;
        seen.add(next);
        met.set(next, Math.min(met.get(next) ?? far + 1, far + 1));
        open.push([next, far + 1]);
      }
    }
  }
  return [...met].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([place]) => place);
}

// ---- drawing

function drawn({ nodes, edges }, focus, caption) {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 10, ranksep: 60, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(String(node.id), { width: Math.ceil([...node.text].length * kLetter) + 22, height: 26 });
  for (const edge of edges) graph.setEdge(String(edge.from), String(edge.to));
  layout(graph);
  const { width = 100, height = 40 } = graph.graph();
  const lines = edges.map((edge) => {
    const points = graph.edge(String(edge.from), String(edge.to)).points;
    const line = svg("path", { class: edge.from === focus || edge.to === focus ? "edge near" : "edge", "marker-end": "url(#arrow)", d: points.map((p, i) => `${i === 0 ? "M" : "L"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("") });
    if (!edge.text) return line;
    const middle = points[Math.floor(points.length / 2)];
    return svg("g", {}, line, svg("text", { class: "count", x: middle.x, y: middle.y - 3 }, edge.text));
  });
  const boxes = nodes.map((node) => {
    const at = graph.node(String(node.id));
    const parts = [
      svg("title", {}, `${node.text}, ${node.hint}`),
      svg("rect", { x: at.x - at.width / 2, y: at.y - at.height / 2, width: at.width, height: at.height, rx: node.shape === "result" ? 3 : 13 }),
      svg("text", { x: at.x, y: at.y + 4.5 }, node.text),
    ];
    const kind = `node ${node.shape}${node.id === focus ? " focus" : ""}`;
    return node.href ? svg("a", { class: kind, href: node.href }, ...parts) : svg("g", { class: kind }, ...parts);
  });
  return svg("svg", { viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`, width: Math.ceil(width), height: Math.ceil(height), role: "group", "aria-label": caption },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, svg("path", { class: "head", d: "M0 0L8 4L0 8z" }))),
    ...lines, ...boxes);
}

// The section, and how a card asks for its neighbourhood.
export function usageGraph(entries, hrefs) {
  const linked = entries.map((entry, place) => place).filter((place) => entries[place].uses.length + entries[place].used_by.length !== 0);
  const places = new Map(entries.map((entry, place) => [entry.name, place]));
  const names = h("datalist", { id: "graph-names" }, linked.map((place) => h("option", { value: entries[place].name })));
  const around = h("input", { id: "graph-focus", list: "graph-names", placeholder: "all", autocomplete: "off", spellcheck: "false" });
  const steps = h("select", { id: "graph-steps" }, [["1", "one step"], ["2", "two steps"], ["all", "all the way"]].map(([value, text]) => h("option", { value }, text)));
  const note = h("p", { class: "soft", "aria-live": "polite" });
  const plot = h("div", { class: "scroll plot", id: "graph-plot", tabindex: "0", role: "group", "aria-label": "The graph" });

  function draw() {
    const focus = places.get(around.value.trim());
    if (around.value.trim() !== "" && focus === undefined) {
      note.textContent = "No declaration has that name.";
      return;
    }
    let picture, caption;
    if (focus !== undefined) {
      const near = neighbourhood(entries, focus, steps.value === "all" ? Infinity : Number(steps.value));
      picture = pictureOf(entries, near.slice(0, kMostNodes), hrefs);
      caption = `What ${entries[focus].name} uses and what uses it${near.length > kMostNodes ? `: the nearest ${kMostNodes} of ${near.length}` : ""}.`;
    } else if (linked.length <= kMostNodes) {
      picture = pictureOf(entries, linked, hrefs);
      caption = linked.length === 0 ? "Nothing uses anything." : "Everything that uses something or is used.";
    } else {
      picture = pictureOfFiles(entries);
      caption = `${counted(linked.length, "declaration")} are too many for one picture: these are their files, with the most used ways between them. Name one to see what is around it.`;
    }
    note.textContent = `${caption} An arrow leads from what uses to what is used.`;
    plot.replaceChildren(drawn(picture, focus, caption));
    plot.querySelector(".focus")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  around.addEventListener("change", draw);
  steps.addEventListener("change", draw);
  draw();
  function focusOn(place) {
    around.value = entries[place].name;
    draw();
    document.getElementById("graph").scrollIntoView();
    around.focus({ preventScroll: true });
  }
  return { focusOn, nodes: [
    h("p", { class: "no-print graph-form" }, h("label", { for: "graph-focus" }, "Around"), " ", around, names, " ", h("label", { for: "graph-steps" }, "reaching"), " ", steps), note, plot,
    h("p", { class: "legend soft" }, h("span", { class: "key result" }), " gives answers ", h("span", { class: "key define" }), " define ", h("span", { class: "key value" }), " param or list")] };
}
