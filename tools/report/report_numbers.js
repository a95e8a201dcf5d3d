// Sizes, overlaps, funnels, values and scores.
import { bars, columns, flow, upset } from "./charts.js";
import { choice, count, counted, decimal, h, percent, share, some, table } from "./dom.js";

const kBars = 30;  // that a chart of sizes shows
const kFigures = 12;  // that are shown at once
const isSet = (answer) => answer.kind === "segment" || answer.kind === "audience";
const accountsOf = (answer) => answer.accounts ?? answer.size;
const sized = (number, of) => `${count(number)} (${percent(share(number, of))})`;
export const valueName = (value) => (value.name === null ? "no value" : value.name);
const titled = (name, title) => [h("bdi", {}, name), title ? [" ", h("bdi", { class: "soft" }, title)] : null];

// ---- sizes

export function sizes({ run, link }) {
  const sets = run.definitions.filter(isSet);
  if (sets.length === 0) return [];
  const moved = sets.some((answer) => answer.entered !== undefined);
  const largest = [...sets].sort((a, b) => accountsOf(b) - accountsOf(a)).slice(0, kBars);
  const bar = (answer) => ({ name: answer.name, size: accountsOf(answer), label: sized(accountsOf(answer), run.accounts), color: answer.kind === "audience" ? "var(--c3)" : undefined });
  return [
    run.accounts !== 0 && bars(largest.length < sets.length ? `Accounts, the ${kBars} largest of ${sets.length}` : "Accounts", largest.map(bar)),
    h("p", { class: "soft" }, "Of an audience, which holds rows such as contacts, the accounts with at least one row count."),
    table("Sizes and shares of segments and audiences", [
      { title: "Definition", of: (answer) => [link(answer.name), answer.title && [h("br"), h("bdi", { class: "soft" }, answer.title)]], sort: (answer) => answer.name },
      { title: "Kind", of: (answer) => answer.kind, sort: (answer) => answer.kind },
      { title: "Owner", of: (answer) => answer.owner || h("span", { class: "soft" }, "nobody"), sort: (answer) => answer.owner },
      { title: "Accounts", number: true, of: (answer) => count(accountsOf(answer)), sort: accountsOf, props: (answer) => ({ class: "number cell-size", style: `--part:${(answer.share * 100).toFixed(2)}%` }) },
      { title: "Share", number: true, of: (answer) => percent(answer.share), sort: (answer) => answer.share },
      { title: "Rows", number: true, of: (answer) => (answer.kind === "audience" ? count(answer.size) : ""), sort: (answer) => (answer.kind === "audience" ? answer.size : -1) },
      { title: "Undetermined", number: true, of: (answer) => count(answer.undetermined), sort: (answer) => answer.undetermined },
      { title: "Suppressed", number: true, of: (answer) => count(answer.suppressed), sort: (answer) => answer.suppressed },
      ...(moved ? [{ title: "Entered", number: true, of: (answer) => (answer.entered === undefined ? "new" : count(answer.entered)), sort: (answer) => answer.entered ?? -1 },
        { title: "Left", number: true, of: (answer) => (answer.left === undefined ? "" : count(answer.left)), sort: (answer) => answer.left ?? -1 }] : []),
    ], sets, { props: (answer) => ({ "data-definition": answer.name }) }),
  ].filter(Boolean);
}

// ---- overlap

// The intersections of the chosen sets alone: what differs only in others is joined.
function projected(all, chosen) {
  const place = new Map(chosen.map((name, i) => [all.sets.indexOf(name), i]));
  const sums = new Map();
  for (const { sets, accounts } of all.intersections) {
    const within = sets.filter((set) => place.has(set)).map((set) => place.get(set)).sort((a, b) => a - b);
    const key = within.join();
    const sum = sums.get(key) ?? { sets: within, size: 0 };
    sum.size += accounts;
    sums.set(key, sum);
  }
  const none = sums.get("")?.size ?? 0;
  sums.delete("");
  return { none, intersections: [...sums.values()].sort((a, b) => b.size - a.size) };
}

const kIntersections = 30;
const kSets = 10;  // that can be chosen at once

function upsetOf({ run, answers }, all, chosen) {
  if (chosen.length === 0) return h("p", { class: "soft" }, "Tick at least one.");
  const { none, intersections } = projected(all, chosen);
  const rows = intersections.slice(0, kIntersections);
  const sets = chosen.map((name) => ({ name, size: accountsOf(answers.get(name)) }));
  const rest = intersections.slice(kIntersections).reduce((sum, each) => sum + each.size, 0) + all.accounts_left_out;
  const caption = "Accounts in exactly the segments with a dot below, and in none of the others";
  return h("div", {}, upset(caption, sets, rows, table(caption, [
    { title: "In exactly", of: (each) => each.sets.map((i) => chosen[i]).join(", ") },
    { title: "Accounts", number: true, of: (each) => count(each.size) },
    { title: "Share", number: true, of: (each) => percent(share(each.size, run.accounts)) }], rows, { narrow: true })),
  h("p", { class: "soft" }, `${counted(none, "account")} ${none === 1 ? "is" : "are"} in none of them.${rest === 0 ? "" : ` ${counted(rest, "account")} in smaller intersections ${rest === 1 ? "is" : "are"} not drawn.`}`));
}

function closest({ run, link }) {
  const pairs = run.assess.overlaps.slice(0, 20);
  const relation = { equal: "the same accounts", contains: "contains it", within: "lies within it", overlaps: "overlaps", disjoint: "disjoint" };
  return pairs.length === 0 ? null : [h("h3", {}, "The closest pairs"), table("The closest pairs", [
    { title: "Definition", of: (pair) => link(pair.left) }, { title: "Other", of: (pair) => link(pair.right) }, { title: "Relation", of: (pair) => relation[pair.relation] },
    { title: "In both", number: true, of: (pair) => count(pair.both) }, { title: "Of those in either", number: true, of: (pair) => percent(pair.jaccard) }], pairs, { narrow: true })];
}

function families({ run }) {
  const list = run.assess.families.filter((family) => family.segments.length > 1);
  return list.length === 0 ? null : [h("h3", {}, "In how many at once"), table("Accounts by how many segments of a family they are in", [
    { title: "Segments", of: (family) => (family.family === null ? "all" : `tagged ${family.family}`) }, { title: "How many", number: true, of: (family) => count(family.segments.length) },
    ...["none", "one", "several"].map((key) => ({ title: `In ${key}`, number: true, of: (family) => sized(family[key], run.accounts) }))], list, { narrow: true })];
}

export function overlaps(context) {
  const all = context.page.overlaps;
  if (all.sets.length < 2) return [];
  const place = h("div", { id: "upset" });
  // What holds for all says nothing of overlaps: the first choice leaves it out.
  const telling = all.sets.filter((name) => context.answers.get(name).share < 1);
  const pick = choice(`Which of ${all.sets.length}${all.sets_left_out ? ` (the largest; ${count(all.sets_left_out)} smaller ones are left out)` : ""}`, all.sets, (telling.length > 1 ? telling : all.sets).slice(0, 6), kSets,
    (chosen) => place.replaceChildren(upsetOf(context, all, chosen)));
  return [pick, place, closest(context), families(context)].filter(Boolean);
}

// ---- funnels

function funnelOf({ run, answers }, funnel) {
  const answer = answers.get(funnel.definition);
  const steps = [{ name: "all accounts", size: run.accounts }, ...funnel.steps.map((step) => ({ name: step.text, size: step.accounts }))];
  if (funnel.suppressed) steps.push({ name: "not suppressed", size: accountsOf(answer) - funnel.suppressed });
  const caption = `${funnel.definition}: accounts left after each clause`;
  return bars(caption, steps.map((step) => ({ ...step, label: sized(step.size, run.accounts) })), table(caption, [
    { title: "Clause", of: (step) => h("code", {}, step.name) }, { title: "Accounts left", number: true, of: (step) => count(step.size) },
    { title: "Of all", number: true, of: (step) => percent(share(step.size, run.accounts)) },
    { title: "Of the step before", number: true, of: (step) => (step === steps[0] ? "" : percent(share(step.size, steps[steps.indexOf(step) - 1].size))) }], steps));
}

export function funnels(context) {
  const { funnels: list, left_out: leftOut } = context.page.funnels;
  if (list.length === 0) return [];
  const place = h("div", { id: "funnel-chart" });
  const select = h("select", { id: "funnel-choice", onchange: () => place.replaceChildren(funnelOf(context, list[select.value])) },
    list.map((funnel, i) => h("option", { value: i }, `${funnel.definition} (${context.answers.get(funnel.definition).kind})`)));
  // First an audience; else what most clauses narrow.
  const audience = list.findIndex((funnel) => context.answers.get(funnel.definition).kind === "audience");
  select.value = audience >= 0 ? audience : list.indexOf([...list].sort((a, b) => b.steps.length - a.steps.length)[0]);
  place.append(funnelOf(context, list[select.value]));
  return [h("p", {}, "Each clause with all before it, in the order of the text: where the market is lost on the way to an audience."),
    h("p", { class: "no-print" }, h("label", { for: "funnel-choice" }, "Audience or segment "), select, leftOut ? ` ${count(leftOut)} further ones have none` : ""), place];
}

// ---- tiers, stages, grids and splits

// Moves with those that stayed: these are what is there now less what came.
function allMoves(answer) {
  const titles = new Map(answer.values.map((value) => [value.name, value.title || valueName(value)]));
  const named = (name) => (name === null ? "no value" : titles.get(name) ?? name);
  const came = (name) => answer.moved.filter((move) => move.to === name).reduce((sum, move) => sum + move.size, 0);
  const stays = answer.values.map((value) => ({ from: named(value.name), to: named(value.name), size: value.size - came(value.name) }));
  return [...answer.moved.map((move) => ({ from: named(move.from), to: named(move.to), size: move.size })), ...stays].filter((move) => move.size > 0);
}

const movesTable = (moves) => table("Moves", [{ title: "Before", of: (move) => move.from }, { title: "Now", of: (move) => move.to }, { title: "Accounts", number: true, of: (move) => count(move.size) }], moves, { narrow: true });

function flowOf(answer) {
  if (!answer.moved) return null;
  const moves = allMoves(answer);
  if (moves.length === 0) return null;
  const names = [...new Set([...answer.values.map((value) => value.title || valueName(value)), ...moves.flatMap((move) => [move.from, move.to])])];
  if (names.length > 24) return movesTable(moves.filter((move) => move.from !== move.to));
  const movers = answer.moved.reduce((sum, move) => sum + move.size, 0);
  return flow(`${answer.name}: ${counted(movers, "account")} moved since the earlier output`, names, moves, movesTable(moves));
}

// The cells of a grid as a table of two sides, where the names of the cells are made of those of the axes.
function gridTable(answer, run) {
  const cells = answer.values.filter((value) => value.name !== null).map((value) => ({ parts: value.name.split("/"), size: value.size }));
  const depth = cells[0]?.parts.length ?? 0;
  if (depth < 2 || cells.some((cell) => cell.parts.length !== depth)) return null;
  const across = [...new Set(cells.map((cell) => cell.parts.at(-1)))];
  const down = [...new Set(cells.map((cell) => cell.parts.slice(0, -1).join(" / ")))];
  if (across.length * down.length !== cells.length || across.length > 20) return null;
  const most = Math.max(1, ...cells.map((cell) => cell.size));
  const rows = down.map((name, i) => ({ name, cells: cells.slice(i * across.length, (i + 1) * across.length) }));
  return table(`${answer.name}: accounts in each cell`, [{ title: "Cells", of: (row) => row.name },
    ...across.map((name, i) => ({ title: name, number: true, of: (row) => count(row.cells[i].size), props: (row) => ({ class: "number cell-size", style: `--part:${((100 * row.cells[i].size) / most).toFixed(1)}%`, title: percent(share(row.cells[i].size, run.accounts)) }) }))], rows);
}

function valuesTable(answer, run) {
  return table(`${answer.name}: accounts by value`, [
    { title: "Value", of: (value) => titled(valueName(value), value.title) }, { title: "Accounts", number: true, of: (value) => count(value.size) },
    { title: "Share", number: true, of: (value) => percent(share(value.size, run.accounts)) }], answer.values, { narrow: true });
}

function valued({ run, link }, answer) {
  const bar = (value) => ({ name: value.title || valueName(value), size: value.size, label: sized(value.size, run.accounts), color: value.name === null ? "var(--c6)" : undefined });
  const isChart = answer.values.length <= 60;
  const caption = answer.kind === "stages" ? `${answer.name}: accounts in each stage, in their order` : `${answer.name}: accounts by value`;
  return h("div", { class: `values-${answer.kind}`, "data-definition": answer.name }, h("h3", {}, link(answer.name), answer.title && [" ", h("bdi", { class: "soft" }, answer.title)]),
    (answer.kind === "grid" && gridTable(answer, run)) || (isChart ? bars(caption, answer.values.map(bar), valuesTable(answer, run)) : valuesTable(answer, run)),
    h("p", { class: "soft" }, `${answer.kind}; ${counted(answer.undetermined, "account")} undetermined, ${count(answer.suppressed)} suppressed`), flowOf(answer));
}

export function values(context, kinds) {
  const list = context.run.definitions.filter((answer) => kinds.includes(answer.kind));
  return list.length === 0 ? [] : [some(list, kFigures, (answer) => valued(context, answer))];
}

// ---- scores

function histogram({ run, answers, link }, score) {
  const answer = answers.get(score.definition);
  const name = (bar) => (bar.from === bar.to ? decimal(bar.from) : `${decimal(bar.from)} to ${decimal(bar.to)}`);
  const caption = `${score.definition}: accounts by score`;
  const quantile = Object.fromEntries(score.quantiles.map(({ part, value }) => [part, value]));
  return h("div", { class: "values-score", "data-definition": score.definition }, h("h3", {}, link(score.definition), answer.title && [" ", h("bdi", { class: "soft" }, answer.title)]),
    score.bars.length === 0 ? h("p", { class: "soft" }, "No account has a finite score.")
      : columns(caption, score.bars.map((bar) => ({ name: decimal(bar.from), size: bar.accounts })), table(caption, [{ title: "Score", of: name }, { title: "Accounts", number: true, of: (bar) => count(bar.accounts) },
        { title: "Share", number: true, of: (bar) => percent(share(bar.accounts, run.accounts)) }], score.bars, { narrow: true })),
    score.quantiles.length !== 0 && h("p", { class: "soft" }, `From ${decimal(answer.min)} to ${decimal(answer.max)}, mean ${decimal(answer.mean)}, median ${decimal(quantile[0.5])}; the middle half from ${decimal(quantile[0.25])} to ${decimal(quantile[0.75])}, a tenth above ${decimal(quantile[0.9])}.`
      + (score.bars.some((bar) => bar.from !== bar.to) ? " Each bar starts at the number below it." : "") + (score.infinite ? ` ${counted(score.infinite, "account")} with no finite score.` : "")),
    answer.moved && answer.moved.length !== 0 && h("details", {}, h("summary", {}, "The most frequent changes since the earlier output"), movesTable(answer.moved.map((move) => ({ from: decimal(move.from), to: decimal(move.to), size: move.size })))));
}

export const scores = (context) => (context.page.scores.length === 0 ? [] : [some(context.page.scores, kFigures, (score) => histogram(context, score))]);
