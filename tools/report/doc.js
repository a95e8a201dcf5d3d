// The page of `segue doc`: the catalogue `segue.doc/1`.
import { count, counted, facts, frame, h, openNamedCard, table } from "./dom.js";
import { usageGraph } from "./doc_graph.js";
import { highlighted } from "./highlight.js";
import { prose } from "./prose.js";

const doc = JSON.parse(document.getElementById("data").textContent);
const entries = doc.definitions;

// The ids of cards: names may stand twice, once in the prelude.
const taken = new Map();
const ids = entries.map(({ name }) => {
  const time = (taken.get(name) ?? 0) + 1;
  taken.set(name, time);
  return time === 1 ? `definition-${name}` : `definition-${name}-${time}`;
});
const hrefs = ids.map((id) => `#${encodeURIComponent(id)}`);
const link = (place) => h("a", { href: hrefs[place] }, h("bdi", {}, entries[place].name));
const partName = (file) => file.replaceAll("/", ".");
const placeOf = (entry) => (entry.prelude ? `${partName(entry.file)} of the prelude` : `${entry.file}, line ${entry.line}`);

// Links to many entries: the first ones, and the others on demand.
const kFolded = 12;
function links(places) {
  const listed = (some) => some.map((place, i) => [i === 0 ? "" : ", ", link(place)]);
  if (places.length <= kFolded) return listed(places);
  const rest = places.slice(kFolded);
  return [listed(places.slice(0, kFolded)), h("details", {}, h("summary", {}, `${count(rest.length)} more`), listed(rest))];
}

// What each entry reads by its own text.
const reads = entries.map(() => []);
for (const each of doc.tables) {
  for (const column of each.columns) for (const place of column.read_by) reads[place].push(`${each.name === "account" ? "" : `${each.name}.`}${column.name}${column.class ? ` (${column.class})` : ""}`);
}

// ---- definitions

const graph = usageGraph(entries, hrefs);

function rowsOf(entry) {
  if (!entry.rows) return null;
  const what = entry.kind === "split" ? "share" : entry.kind === "grid" ? "values" : "where";
  return table(`The ${entry.kind === "grid" ? "axes" : "values"} of ${entry.name}`, [
    { title: entry.kind === "grid" ? "axis" : "value", of: (row) => h("code", {}, row.name) }, { title: "title", of: (row) => h("bdi", {}, row.title ?? "") },
    { title: what, of: (row) => h("code", {}, row.text ?? "") }], entry.rows);
}

function bodyOf(entry, place) {
  return h("div", {},
    entry.doc ? prose(entry.doc) : null,
    h("pre", { dir: "ltr", tabindex: "0" }, highlighted(entry.text)),
    rowsOf(entry),
    facts([
      ["Owner", entry.owner && h("bdi", {}, entry.owner)], ["Tags", (entry.tags ?? []).map((tag) => [h("span", { class: "tag" }, tag), " "])], ["Basis", entry.basis && h("bdi", {}, entry.basis)],
      ["More", entry.url && (/^https?:/i.test(entry.url) ? h("a", { href: entry.url, rel: "noreferrer" }, entry.url) : entry.url)],
      ["Of", entry.relation && h("code", {}, entry.relation)], [entry.kind === "define" ? "Gives" : "Type", entry.type && h("code", {}, entry.type)],
      ["Parameters", (entry.parameters ?? []).map((parameter, i) => [i ? ", " : "", h("code", {}, `${parameter.name}: ${parameter.type}`)])],
      ["Values", entry.values !== undefined && [count(entry.values), entry.from && [" from ", h("code", {}, entry.from)], entry.by && [" by ", h("code", {}, entry.by)]]],
      ["Expects", (entry.expectations ?? []).map((text) => h("div", {}, h("code", {}, text)))],
      ["Reads", reads[place].map((name, i) => [i ? ", " : "", h("code", {}, name)])],
      ["Uses", links(entry.uses)], ["Used by", links(entry.used_by)],
      ["Tested by", entry.tests.map((test) => h("div", { dir: "auto" }, doc.tests[test].title, " ", h("span", { class: "soft" }, `${doc.tests[test].file}, line ${doc.tests[test].line}`)))],
      ["Written in", placeOf(entry)],
    ].filter(([, value]) => value !== false)),
    entry.uses.length + entry.used_by.length !== 0 && h("button", { type: "button", class: "no-print", onclick: () => graph.focusOn(place) }, "Show in the graph"));
}

const cards = entries.map((entry, place) => {
  const card = h("details", { class: "card", id: ids[place] },
    h("summary", {}, h("strong", {}, h("bdi", {}, entry.name)), h("span", { class: "soft" }, entry.kind), entry.title && h("bdi", {}, entry.title), entry.owner && h("span", { class: "soft" }, h("bdi", {}, entry.owner))));
  const fill = () => { if (card.childElementCount === 1) card.append(bodyOf(entry, place)); };
  card.addEventListener("toggle", () => card.open && fill());
  const words = [entry.name, entry.kind, entry.title, entry.doc, entry.owner, entry.text, entry.file, ...(entry.tags ?? [])].filter(Boolean).join("\n").toLowerCase();
  return { card, fill, words };
});
addEventListener("beforeprint", () => cards.forEach(({ card, fill }) => { fill(); card.open = true; }));

const groups = [...new Set(entries.map((entry) => entry.file))].map((file) => {
  const inside = entries.map((entry, place) => place).filter((place) => entries[place].file === file);
  return { inside, box: h("div", {}, h("h3", {}, entries[inside[0]].prelude ? `${partName(file)} of the prelude` : file), inside.map((place) => cards[place].card)) };
});

function definitions() {
  if (entries.length === 0) return [h("p", { class: "soft" }, "The project declares nothing yet.")];
  const openAll = (isOpen) => () => cards.forEach(({ card, fill }) => { if (isOpen) fill(); card.open = isOpen; });
  return [h("p", { class: "no-print" }, h("button", { type: "button", onclick: openAll(true) }, "Open all"), " ", h("button", { type: "button", onclick: openAll(false) }, "Close all")),
    ...groups.map(({ box }) => box)];
}

// ---- data

function columnTable(caption, columns, rows) {
  return table(caption, columns, rows, { props: (row) => ({ "data-words": `${row.table}.${row.column.name} ${row.column.class ?? ""} ${row.column.type} ${(row.column.values ?? []).join(" ")}`.toLowerCase() }) });
}

const allColumns = doc.tables.flatMap((each) => each.columns.map((column) => ({ table: each.name, column })));
const nameOf = ({ table: name, column }) => h("code", {}, `${name}.${column.name}`);

function typeOf({ column }) {
  const values = column.values ?? [];
  const text = (some) => some.join(column.ordered ? " < " : ", ");
  return [h("code", {}, column.type + (column.optional ? "?" : "")), column.unit && ` in ${column.unit}`,
    values.length !== 0 && ": ", values.length <= kFolded ? text(values) : [text(values.slice(0, kFolded)), h("details", {}, h("summary", {}, `${count(values.length - kFolded)} more`), text(values.slice(kFolded)))]];
}

const rolesOf = ({ column }) => [...(column.roles ?? []), column.from && `in the data ${column.from}`].filter(Boolean).join(", ");

function guarded() {
  const classes = ["personal", "sensitive", "protected"];
  const rows = allColumns.filter(({ column }) => column.class).sort((a, b) => classes.indexOf(a.column.class) - classes.indexOf(b.column.class));
  const readers = ({ column }) => [...column.read_by, ...column.read_through];
  const bases = (row) => [...new Set(readers(row).map((place) => entries[place].basis).filter(Boolean))].sort();
  return [h("h3", {}, "Personal, sensitive and protected columns"), rows.length === 0 ? h("p", {}, "None.") : columnTable("Personal, sensitive and protected columns", [
    { title: "column", of: nameOf, sort: (row) => `${row.table}.${row.column.name}` }, { title: "class", of: (row) => row.column.class, sort: (row) => row.column.class },
    { title: "read by its name", of: (row) => (readers(row).length === 0 ? "nobody" : links(row.column.read_by)) }, { title: "read through these", of: (row) => links(row.column.read_through) },
    { title: "basis", of: (row) => bases(row).map((basis) => h("div", { dir: "auto" }, basis)) }], rows)];
}

function tableSection(each) {
  return [h("h3", { id: `table-${each.name}` }, "Table ", h("code", {}, each.name)),
    facts([["Of", (each.of ?? []).map((parent) => h("div", {}, h("code", {}, parent.table), " by ", h("code", {}, parent.by)))],
      ["Leads to", (each.references ?? []).map((reference) => h("div", {}, h("code", {}, reference.name), ", a row of ", h("code", {}, reference.to), ", by ", h("code", {}, reference.by)))],
      ["Source", each.source ? h("code", {}, each.source) : "none in the project file"]]),
    columnTable(`The columns of ${each.name}`, [
      { title: "column", of: ({ column }) => h("code", {}, column.name), sort: (row) => row.column.name }, { title: "type", of: typeOf }, { title: "class", of: (row) => row.column.class ?? "" },
      { title: "role", of: rolesOf }, { title: "read by its name", of: (row) => links(row.column.read_by) }, { title: "read through these", of: (row) => links(row.column.read_through) }],
    each.columns.map((column) => ({ table: each.name, column })))];
}

function data() {
  const unread = allColumns.filter(({ column }) => column.read_by.length === 0 && !column.roles);
  return [...guarded(), ...doc.tables.flatMap(tableSection), h("h3", {}, "Columns that nothing reads"),
    h("p", {}, unread.length === 0 ? "None." : unread.map((row, i) => [i ? ", " : "", nameOf(row)]))];
}

// ---- the other sections

function overview() {
  const kinds = new Map();
  for (const entry of entries) if (!entry.prelude) kinds.set(entry.kind, (kinds.get(entry.kind) ?? 0) + 1);
  const tile = (number, what) => h("li", {}, h("strong", {}, count(number)), h("span", { class: "soft" }, what));
  const plural = (number, word) => (number === 1 || word.endsWith("s") ? word : `${word}s`);
  return [h("ul", { class: "tiles" }, [...kinds].map(([kind, number]) => tile(number, plural(number, kind))), tile(doc.tests.length, plural(doc.tests.length, "test")), tile(doc.tables.length, plural(doc.tables.length, "table"))),
    doc.prelude.length !== 0 && h("p", {}, "Parts of the prelude: ", doc.prelude.map((part, i) => [i ? ", " : "", h("code", {}, part)]), ".")].filter(Boolean);
}

function tests() {
  if (doc.tests.length === 0) return [];
  return [table("Tests and what they speak of", [{ title: "test", of: (test) => h("bdi", {}, test.title), sort: (test) => test.title }, { title: "of", of: (test) => links(test.definitions) },
    { title: "place", of: (test) => `${test.file}, line ${test.line}` }], doc.tests)];
}

const gaps = () => [facts([["Without a doc comment", doc.gaps.doc], ["Without an owner", doc.gaps.owner], ["Without a test", doc.gaps.test]].map(([what, places]) => [what, places.length === 0 ? "none" : links(places)]))];

function search(words) {
  let left = 0;
  for (const { card, words: own } of cards) {
    card.hidden = !words.every((word) => own.includes(word));
    left += card.hidden ? 0 : 1;
  }
  for (const { inside, box } of groups) box.hidden = inside.every((place) => cards[place].card.hidden);
  for (const row of document.querySelectorAll("tr[data-words]")) row.hidden = !words.every((word) => row.dataset.words.includes(word));
  return { left, all: cards.length, thing: "definition" };
}

frame({
  title: "Catalogue of definitions",
  subtitle: `${counted(entries.length, "declaration")} in ${counted(doc.files.length, "file")}`,
  search,
  about: [h("p", {}, "Made by Segue from rules and schema. The page asks no network for anything.")],
  sections: [
    { id: "overview", title: "Overview", nodes: overview() },
    { id: "graph", title: "What uses what", nodes: graph.nodes },
    { id: "definitions", title: "Definitions", nodes: definitions() },
    { id: "tests", title: "Tests", nodes: tests() },
    { id: "data", title: "Data", nodes: data() },
    { id: "gaps", title: "Gaps", nodes: gaps() },
  ],
});
addEventListener("hashchange", openNamedCard);
openNamedCard();
