// What the numbers rest on: missing values, time, fairness, governance.
import { bars, lines } from "./charts.js";
import { choice, count, counted, decimal, h, percent, share, some, table } from "./dom.js";
import { valueName } from "./report_numbers.js";

// ---- missing values

export function missing({ run, link }) {
  const open = run.assess.definitions.filter((each) => each.undetermined !== 0).sort((a, b) => b.undetermined - a.undetermined);
  if (open.length === 0) return [h("p", {}, "No account is undetermined for any definition: no missing value decides.")];
  const columns = new Map();
  for (const each of open) {
    for (const { column, undetermined } of each.decided_by) {
      const sum = columns.get(column) ?? { column, most: 0, definitions: [] };
      sum.most = Math.max(sum.most, undetermined);
      sum.definitions.push(each.name);
      columns.set(column, sum);
    }
  }
  const list = [...columns.values()].sort((a, b) => b.most - a.most);
  const caption = "Columns whose missing values leave accounts undetermined, each by the definition of most of them";
  return [
    h("p", {}, "An account is undetermined for a definition where the answer would depend on a value that is missing: it counts as no member, and might be one."),
    list.length !== 0 && bars(list.length > 30 ? `${caption} (the first 30 of ${list.length})` : caption, list.slice(0, 30).map((each) => ({ name: each.column, size: each.most, label: `${count(each.most)} in ${counted(each.definitions.length, "definition")}` })),
      table(caption, [{ title: "Column", of: (each) => h("code", {}, each.column) }, { title: "Undetermined, at most", number: true, of: (each) => count(each.most) }, { title: "Definitions", of: (each) => each.definitions.slice(0, 20).map((name, i) => [i ? ", " : "", link(name)]).concat(each.definitions.length > 20 ? ` and ${each.definitions.length - 20} more` : "") }], list)),
    table("Undetermined accounts by definition", [
      { title: "Definition", of: (each) => link(each.name), sort: (each) => each.name }, { title: "Undetermined", number: true, of: (each) => count(each.undetermined), sort: (each) => each.undetermined },
      { title: "Of all", number: true, of: (each) => (each.undetermined_share === null ? "" : percent(each.undetermined_share)), sort: (each) => each.undetermined_share ?? -1 },
      { title: "By missing values of", of: (each) => each.decided_by.map(({ column, undetermined }, i) => [i ? ", " : "", h("code", {}, column), ` ${count(undetermined)}`]) }], open, { props: (each) => ({ "data-definition": each.name }) }),
  ].filter(Boolean);
}

// ---- over time

export function overTime({ run, page }) {
  if (!run.history) return [h("p", { class: "soft" }, "Ask for it: ", h("code", {}, "segue report --history monthly 12 …"), " shows how sizes came to be, with the rows that were known then.")];
  const times = run.history.map((point) => point.as_of.slice(0, 10));
  const series = new Map([["all accounts", run.history.map((point) => point.accounts)]]);
  for (let i = 0; i < run.definitions.length; ++i) {
    const one = run.definitions[i];
    if (one.kind === "score") continue;
    if (one.values) one.values.filter((value) => value.name !== null).forEach((value, at) => series.set(`${one.name} = ${valueName(value)}`, run.history.map((point) => point.definitions[i].values[at].size)));
    else series.set(one.name, run.history.map((point) => point.definitions[i].accounts ?? point.definitions[i].size));
  }
  // First those that changed most for their size.
  const change = (name) => { const all = series.get(name); return (Math.max(...all) - Math.min(...all)) / (1 + Math.max(...all)) * Math.log(2 + Math.max(...all)); };
  const segments = run.definitions.filter((answer) => answer.kind === "segment" || answer.kind === "audience").map((answer) => answer.name);
  const names = [...series.keys()].slice(0, 400);
  const first = [...segments].sort((a, b) => change(b) - change(a)).slice(0, 5).filter((name) => names.includes(name));
  const place = h("div", { id: "history-chart" });
  const draw = (chosen) => place.replaceChildren(chosen.length === 0 ? h("p", { class: "soft" }, "Tick at least one.") : lines("Accounts over time", times, chosen.map((name) => ({ name, values: series.get(name) })),
    table("Accounts over time", [{ title: "As of", of: (i) => times[i] }, ...chosen.map((name) => ({ title: name, number: true, of: (i) => count(series.get(name)[i]) }))], times.map((_, i) => i))));
  return [choice("Which definitions", names, first.length ? first : names.slice(0, 1), 8, draw), place];
}

// ---- fairness

export function fairness({ run, link }) {
  if (!run.audit || run.audit.length === 0) {
    return [h("p", { class: "soft" }, "No column of the schema has ", h("code", {}, "class: protected"), " and can be compared: there is nothing to compare selection rates by.")];
  }
  const flagged = run.audit.filter((each) => each.groups.some((group) => group.flagged));
  const named = (each) => (each.value === null ? each.definition : `${each.definition} = ${each.value}`);
  const draw = (each) => h("div", { "data-definition": each.definition }, h("h3", {}, link(each.definition), each.value === null ? "" : ` = ${each.value}`, " by ", h("code", {}, each.column)),
    table(`${named(each)} by ${each.column}`, [
      { title: each.column, of: (group) => group.value ?? h("em", {}, "missing") }, { title: "Accounts", number: true, of: (group) => count(group.accounts) }, { title: "Selected", number: true, of: (group) => count(group.selected) },
      { title: "Rate", number: true, of: (group) => percent(group.rate), props: (group) => ({ class: "number cell-size", style: `--part:${(group.rate * 100).toFixed(1)}%` }) },
      { title: "To the highest", number: true, of: (group) => (group.ratio === null ? "" : decimal(group.ratio)) },
      { title: "Remark", of: (group) => [group.flagged && h("strong", { class: "bad" }, "below four fifths"), group.flagged && group.small && ", ", group.small && h("span", { class: "soft" }, "few accounts")].filter(Boolean) }], each.groups, { narrow: true }));
  const rest = run.audit.filter((each) => !flagged.includes(each));
  return [
    h("p", {}, `How often accounts of each protected value are selected. ${flagged.length === 0 ? "No rate" : `In ${count(flagged.length)} of ${counted(run.audit.length, "comparison")} a rate`} lies below four fifths of the highest. Rates of few accounts say little.`),
    flagged.length !== 0 && some(flagged, 8, draw),
    rest.length !== 0 && h("details", {}, h("summary", {}, `${counted(rest.length, "comparison")} without a flag`), some(rest, 20, draw)),
  ].filter(Boolean);
}

// ---- governance

export function governance({ doc, run, link }) {
  const name = (place) => doc.definitions[place].name;
  const classes = ["sensitive", "personal", "protected"];
  const columns = doc.tables.flatMap((table_) => table_.columns.filter((column) => column.class).map((column) => ({ ...column, table: table_.name })))
    .sort((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class));
  const links = (places) => places.slice(0, 30).map((place, i) => [i ? ", " : "", link(name(place))]).concat(places.length > 30 ? ` and ${places.length - 30} more` : "");
  const bases = doc.definitions.filter((entry) => entry.basis);
  const suppressed = run.suppressed;
  return [
    h("h3", {}, "Columns with a class"),
    columns.length === 0 ? h("p", { class: "soft" }, "The schema marks no column as personal, sensitive or protected.") : table("Columns with a class and who reads them", [
      { title: "Column", of: (column) => h("code", {}, column.table === "account" ? column.name : `${column.table}.${column.name}`) }, { title: "Class", of: (column) => column.class, sort: (column) => classes.indexOf(column.class) },
      { title: "Read by", of: (column) => (column.read_by.length ? links(column.read_by) : h("span", { class: "soft" }, "nobody")) }, { title: "Through others by", of: (column) => links(column.read_through) }], columns),
    h("h3", {}, "Why personal data may be used"),
    bases.length === 0 ? h("p", { class: "soft" }, "No definition states a basis.") : table("Definitions with a basis", [{ title: "Definition", of: (entry) => link(entry.name) }, { title: "Basis", of: (entry) => h("bdi", {}, entry.basis) }, { title: "Owner", of: (entry) => h("bdi", {}, entry.owner ?? "") }], bases),
    h("h3", {}, "Suppressed accounts"),
    !suppressed ? h("p", { class: "soft" }, run.accounts === null ? "Without data nothing is known of them." : "The project has no suppress lists.") : [
      h("p", {}, `${counted(suppressed.accounts, "account")} (${percent(share(suppressed.accounts, run.accounts))}) ${suppressed.accounts === 1 ? "is" : "are"} on a suppress list: no output holds them.`),
      table("Suppress lists", [{ title: "List", of: (list) => h("code", {}, list.path) }, { title: "By", of: (list) => h("code", {}, list.by) }, { title: "Values", number: true, of: (list) => count(list.values) },
        { title: "That no account has", number: true, of: (list) => count(list.unmatched) }, { title: "Accounts", number: true, of: (list) => count(list.accounts) }], suppressed.lists, { narrow: true })],
  ];
}
