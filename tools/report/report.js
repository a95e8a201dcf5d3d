// The page of `segue report`: its sections, from the document `segue.report/1`.
import { count, counted, frame, h, openNamedCard, table } from "./dom.js";
import { definitionCards } from "./report_definitions.js";
import { funnels, overlaps, scores, sizes, values } from "./report_numbers.js";
import { fairness, governance, missing, overTime } from "./report_trust.js";

const page = JSON.parse(document.getElementById("data").textContent);
const { run, test, doc } = page;
const hasData = run.accounts !== null;
// Definitions with answers, by name: what the rules say, and what came of them.
const entries = new Map(doc.definitions.map((entry) => [entry.name, entry]));
const answers = new Map(run.definitions.map((answer) => [answer.name, answer]));
const context = { page, run, test, doc, hasData, entries, answers, link: (name) => h("a", { href: `#definition-${name}` }, h("bdi", {}, name)) };

function tile(number, what) {
  return h("li", {}, h("strong", {}, number), h("span", { class: "soft" }, what));
}

function overview() {
  const kinds = new Map();
  for (const entry of doc.definitions) if (!entry.prelude) kinds.set(entry.kind, (kinds.get(entry.kind) ?? 0) + 1);
  const broken = run.expectations.filter((expectation) => expectation.holds === false);
  const failed = test.tests.filter((each) => !each.passed);
  const checked = run.expectations.filter((expectation) => expectation.holds !== null);
  const tiles = [
    hasData && tile(count(run.accounts), run.accounts === 1 ? "account" : "accounts"),
    ...["segment", "audience", "tiers", "stages", "grid", "split", "score"].filter((kind) => kinds.has(kind)).map((kind) =>
      tile(count(kinds.get(kind)), kinds.get(kind) === 1 || /s$/.test(kind) ? kind : `${kind}s`)),
    tile(`${count(test.passed)} of ${count(test.passed + test.failed)}`, "tests pass"),
    hasData && tile(`${count(checked.length - broken.length)} of ${count(checked.length)}`, "expectations hold"),
    run.suppressed && tile(count(run.suppressed.accounts), "accounts suppressed"),
  ];
  const remarks = run.diagnostics.filter((diagnostic) => diagnostic.severity !== "note");
  return [
    h("ul", { class: "tiles" }, tiles.filter(Boolean)),
    !hasData && h("p", { class: "note" }, "This page was made without data: it has the definitions and their tests, and no numbers."),
    hasData && run.accounts === 0 && h("p", { class: "note" }, "There is no account at this time: every definition is empty. Are the tables the right ones, and is the time?"),
    broken.length !== 0 && h("div", { class: "note bad-note", id: "broken" }, h("h3", {}, `${counted(broken.length, "expectation")} broken`),
      h("ul", {}, broken.map((each) => h("li", {}, context.link(each.definition), ` expects ${each.text}`)))),
    failed.length !== 0 && h("div", { class: "note bad-note" }, h("h3", {}, `${counted(failed.length, "test")} failed`),
      h("ul", {}, failed.map((each) => h("li", { dir: "auto" }, `${each.name} (${each.file}, line ${each.line})`)))),
    remarks.length !== 0 && h("details", {}, h("summary", {}, `${counted(remarks.length, "remark")} on rules and data`),
      h("ul", {}, remarks.slice(0, 200).map((each) => h("li", { dir: "auto" }, `${each.severity}: ${each.message}`)))),
  ].filter(Boolean);
}

function tablesRead() {
  if (!hasData) return [];
  const columns = [["Rows", "rows"], ["Bad rows", "bad_rows"], ["Without a parent", "orphans"]].map(([title, key]) => ({ title, number: true, of: (each) => count(each[key]) }));
  return [table("Tables that were read", [{ title: "Table", of: (each) => each.table }, ...columns], run.data, { narrow: true })];
}

const definitions = definitionCards(context);
frame({
  title: page.project || "Segments",
  subtitle: hasData ? `${counted(run.accounts, "account")} as of ${page.local_time}` : `made without data, as of ${page.local_time}`,
  search: definitions.search,
  about: [h("p", {}, `Made by Segue ${page.version}. The page holds counts and the text of rules, no account and no contact; it asks no network for anything.`)],
  sections: [
    { id: "overview", title: "Overview", nodes: overview() },
    { id: "sizes", title: "Sizes and shares", nodes: hasData ? sizes(context) : [] },
    { id: "overlap", title: "Overlap", nodes: hasData ? overlaps(context) : [] },
    { id: "funnel", title: "From market to audience", nodes: hasData ? funnels(context) : [] },
    { id: "tiers", title: "Tiers, grids and splits", nodes: hasData ? values(context, ["tiers", "grid", "split"]) : [] },
    { id: "stages", title: "Stages", nodes: hasData ? values(context, ["stages"]) : [] },
    { id: "scores", title: "Scores", nodes: hasData ? scores(context) : [] },
    { id: "missing", title: "What missing values decide", nodes: hasData ? missing(context) : [] },
    { id: "history", title: "Over time", nodes: hasData ? overTime(context) : [] },
    { id: "fairness", title: "Fairness", nodes: hasData ? fairness(context) : [] },
    { id: "governance", title: "Governance", nodes: governance(context) },
    { id: "definitions", title: "Definitions", nodes: definitions.nodes },
    { id: "data", title: "Data", nodes: tablesRead() },
  ],
});
addEventListener("hashchange", openNamedCard);
openNamedCard();
