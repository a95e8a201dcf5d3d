// A card for each definition, filled when it is opened, and the search over them.
import { count, counted, decimal, facts, h, percent } from "./dom.js";
import { highlighted } from "./highlight.js";
import { prose } from "./prose.js";

function sizeText(answer, run) {
  if (!answer) return null;
  if (answer.kind === "score") return `from ${decimal(answer.min)} to ${decimal(answer.max)}, mean ${decimal(answer.mean)}`;
  if (answer.values) return answer.values.map((value) => `${value.name ?? "no value"} ${count(value.size)}`).slice(0, 30).join(", ");
  return answer.kind === "audience" ? `${counted(answer.size, "row")} of ${counted(answer.accounts, "account")} (${percent(answer.share)})` : `${counted(answer.size, "account")} of ${count(run.accounts)} (${percent(answer.share)})`;
}

function moveText(answer) {
  if (answer?.entered !== undefined) return `${count(answer.entered)} entered, ${count(answer.left)} left`;
  if (answer?.moved && answer.kind !== "score") return `${count(answer.moved.reduce((sum, move) => sum + move.size, 0))} moved`;
  return null;
}

const kFolded = 30;
const list = (items) => (items.length <= kFolded ? items : [...items.slice(0, kFolded), `and ${items.length - kFolded} more`]).map((item, i) => [i ? ", " : "", item]);

function coverageOf(conditions) {
  if (!conditions || conditions.length === 0) return null;
  const open = conditions.filter((each) => !each.true || !each.false);
  const state = (each) => (each.true ? "never false" : each.false ? "never true" : "never reached");
  return [`${count(conditions.length - open.length)} of ${counted(conditions.length, "condition")} made true and false by tests`,
    open.length !== 0 && h("details", {}, h("summary", {}, `${counted(open.length, "condition")} that tests leave open`), h("ul", {}, open.map((each) => h("li", {}, h("code", {}, each.text), ` is ${state(each)}`))))];
}

export function definitionCards({ run, test, doc, answers, link }) {
  const conditions = new Map((test.coverage?.definitions ?? []).map((each) => [each.name, each.conditions]));
  const passed = new Map(test.tests.map((each) => [`${each.file}:${each.line}`, each.passed]));
  const expectations = Map.groupBy ? Map.groupBy(run.expectations, (each) => each.definition) : run.expectations.reduce((map, each) => map.set(each.definition, [...(map.get(each.definition) ?? []), each]), new Map());
  const reads = doc.definitions.map(() => []);
  for (const table of doc.tables) {
    for (const column of table.columns) for (const place of column.read_by) reads[place].push(h("code", {}, `${table.name === "account" ? "" : `${table.name}.`}${column.name}${column.class ? ` (${column.class})` : ""}`));
  }

  function testLine(place) {
    const each = doc.tests[place];
    const isPassed = passed.get(`${each.file}:${each.line}`);
    return h("li", { dir: "auto" }, isPassed === false ? h("strong", { class: "bad" }, "fails: ") : null, each.title, " ", h("span", { class: "soft" }, `${each.file}, line ${each.line}`));
  }

  function expectationLine(text, all) {
    const found = all.find((each) => each.text === text);
    const state = found === undefined || found.holds === null ? h("span", { class: "soft" }, "not checked") : found.holds ? h("span", { class: "good" }, "holds") : h("strong", { class: "bad" }, "broken");
    return h("li", {}, h("code", {}, text), ": ", state);
  }

  function body(entry, place) {
    const answer = answers.get(entry.name);
    const tests = entry.tests.map(testLine);
    return h("div", {},
      entry.doc ? prose(entry.doc) : null,
      facts([
        ["Size", sizeText(answer, run)], ["Since the earlier output", moveText(answer)], ["Undetermined", answer?.undetermined ? count(answer.undetermined) : null], ["Suppressed", answer?.suppressed ? count(answer.suppressed) : null],
        ["Owner", entry.owner && h("bdi", {}, entry.owner)], ["Tags", (entry.tags ?? []).map((tag) => [h("span", { class: "tag" }, tag), " "])], ["Basis", entry.basis && h("bdi", {}, entry.basis)],
        ["More", entry.url && (/^https?:/i.test(entry.url) ? h("a", { href: entry.url, rel: "noreferrer" }, entry.url) : entry.url)],
        ["Uses", list(entry.uses.map((other) => link(doc.definitions[other].name)))], ["Used by", list(entry.used_by.map((other) => link(doc.definitions[other].name)))], ["Reads", list(reads[place])], ["Written in", `${entry.file}, line ${entry.line}`],
        ["Coverage", coverageOf(conditions.get(entry.name))],
      ]),
      entry.expectations ? [h("h3", {}, "Expects"), h("ul", {}, entry.expectations.map((text) => expectationLine(text, expectations.get(entry.name) ?? [])))] : null,
      tests.length !== 0 ? [h("h3", {}, "Tests"), h("ul", {}, tests)] : ["segment", "score", "tiers", "stages", "grid", "split", "audience"].includes(entry.kind) && !entry.prelude ? h("p", { class: "soft" }, "No test speaks of it.") : null,
      h("pre", { dir: "ltr" }, highlighted(entry.text)));
  }

  const cards = doc.definitions.map((entry, place) => {
    const answer = answers.get(entry.name);
    const card = h("details", { class: "card", id: `definition-${entry.name}` },
      h("summary", {}, h("strong", {}, h("bdi", {}, entry.name)), h("span", { class: "soft" }, entry.kind), entry.title && h("bdi", {}, entry.title), answer && !answer.values && h("span", { class: "soft" }, sizeText(answer, run)),
        (expectations.get(entry.name) ?? []).some((each) => each.holds === false) && h("strong", { class: "bad" }, "expectation broken")));
    const fill = () => { if (card.childElementCount === 1) card.append(body(entry, place)); };
    card.addEventListener("toggle", () => card.open && fill());
    const words = [entry.name, entry.kind, entry.title, entry.doc, entry.owner, entry.text, entry.file, ...(entry.tags ?? [])].filter(Boolean).join("\n").toLowerCase();
    return { card, fill, words };
  });

  // Rows and figures elsewhere on the page go with the cards.
  function search(words) {
    const shown = new Set();
    let left = 0;
    cards.forEach(({ card, words: own }, place) => {
      const isShown = words.every((word) => own.includes(word));
      card.hidden = !isShown;
      if (isShown) shown.add(doc.definitions[place].name);
      left += isShown ? 1 : 0;
    });
    for (const other of document.querySelectorAll("[data-definition]")) other.hidden = !shown.has(other.dataset.definition);
    return { left, all: cards.length, thing: "definition" };
  }

  const openAll = (isOpen) => () => cards.forEach(({ card, fill }) => { if (isOpen) fill(); card.open = isOpen; });
  return { search, nodes: [
    h("p", { class: "no-print" }, h("button", { type: "button", onclick: openAll(true) }, "Open all"), " ", h("button", { type: "button", onclick: openAll(false) }, "Close all")),
    ...cards.map(({ card }) => card), cards.length === 0 && h("p", { class: "soft" }, "The project declares nothing yet.")].filter(Boolean) };
}
