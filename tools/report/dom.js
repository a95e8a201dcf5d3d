// What pages are built of: elements, numbers for people, tables, the frame around the sections, and search.

// An element: `h("a", {href: "#x", class: "soft"}, "text", otherElement)`. Texts are texts: nothing in them is markup. Null children are left out.
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// ---- numbers for people

const whole = new Intl.NumberFormat("en-US");
const real = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

export const count = (number) => whole.format(number);
export const counted = (number, thing) => `${count(number)} ${thing}${number === 1 ? "" : "s"}`;
// What JSON cannot hold as a number comes as a text; what is no number, as null.
export const decimal = (value) => (typeof value === "number" ? real.format(value) : value === "inf" ? "∞" : value === "-inf" ? "−∞" : "none");
export function percent(share) {
  if (share === 0 || share === 1) return `${share * 100}%`;
  const text = (share * 100).toFixed(share < 0.1 || share > 0.9 ? 1 : 0);
  return text === "0.0" ? "<0.1%" : text === "100.0" ? ">99.9%" : `${text}%`;
}
export const share = (part, of) => (of === 0 ? 0 : part / of);

// ---- tables

// `columns`: {title, of: row => text or node, number, sort: row => value}. Columns with `sort` can be sorted by; each row may have `props`.
export function table(caption, columns, rows, { narrow = false, props = () => ({}) } = {}) {
  const body = h("tbody");
  const fill = (sorted) => body.replaceChildren(...sorted.map((row) => h("tr", props(row), columns.map((column, i) =>
    h(i === 0 ? "th" : "td", { class: column.number && "number", scope: i === 0 && "row", ...(column.props ? column.props(row) : {}) }, column.of(row))))));
  const heads = columns.map((column) => {
    const head = h("th", { scope: "col", class: column.number && "number" });
    if (!column.sort) head.append(column.title);
    else head.append(h("button", { type: "button", onclick: () => sortBy(column, head) }, column.title));
    return head;
  });
  function sortBy(column, head) {
    const falls = head.getAttribute("aria-sort") === "ascending" || (column.number && head.getAttribute("aria-sort") !== "descending");
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falls ? "descending" : "ascending");
    const order = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en") : a - b);
    fill([...rows].sort((a, b) => order(column.sort(a), column.sort(b)) * (falls ? -1 : 1)));
  }
  fill(rows);
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    h("table", { class: narrow && "narrow" }, h("caption", { class: "hidden-text" }, caption), h("thead", {}, h("tr", {}, heads)), body));
}

export const facts = (pairs) => h("dl", { class: "facts" },
  pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value.length !== 0).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));

// The first `most` of many things, and a button for further ones.
export function some(items, most, draw) {
  const box = h("div", {});
  const more = h("button", { type: "button", class: "no-print", onclick: () => add() });
  let shown = 0;
  function add() {
    more.remove();
    for (const item of items.slice(shown, shown + most)) box.append(draw(item));
    shown += most;
    if (shown >= items.length) return;
    more.textContent = `Show ${count(Math.min(most, items.length - shown))} more of ${count(items.length)}`;
    box.append(more);
  }
  add();
  return box;
}

// Boxes to tick, of which `most` can be ticked; calls `use` with the chosen ones now and whenever they change.
export function choice(legend, options, chosen, most, use) {
  const ticked = new Set(chosen);
  const boxes = options.map((option) => {
    const box = h("input", { type: "checkbox", checked: ticked.has(option) });
    box.addEventListener("change", () => {
      if (box.checked) ticked.add(option);
      else ticked.delete(option);
      for (const other of boxes) other.box.disabled = !other.box.checked && ticked.size >= most;
      use(options.filter((each) => ticked.has(each)));
    });
    return { option, box };
  });
  for (const other of boxes) other.box.disabled = !other.box.checked && ticked.size >= most;
  use(options.filter((each) => ticked.has(each)));
  return h("details", { class: "chosen no-print" }, h("summary", {}, `${legend} (at most ${most})`),
    h("fieldset", { class: "choice", style: "border:0;margin:0" }, h("legend", { class: "hidden-text" }, legend), boxes.map(({ option, box }) => h("label", {}, box, option))));
}

// ---- the frame

// What the page was asked to look like, or what the system prefers.
function themeSwitch() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = h("button", { type: "button", id: "theme" });
  let asked = null;
  function show() {
    const theme = asked ?? (dark.matches ? "dark" : "light");
    root.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Show the page ${theme === "dark" ? "light" : "dark"}`);
  }
  button.addEventListener("click", () => {
    asked = root.dataset.theme === "dark" ? "light" : "dark";
    show();
  });
  dark.addEventListener("change", show);
  show();
  return button;
}

// `search(words)` gives how many things are left of how many: `{left, all, thing}`.
function searchBox(search) {
  const found = h("output", { for: "search", "aria-live": "polite", class: "soft" });
  const input = h("input", { type: "search", id: "search", placeholder: "name, title, owner, tag, text", autocomplete: "off", spellcheck: "false" });
  let waiting = 0;
  function run() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { left, all, thing } = search(words);
    found.textContent = words.length === 0 ? "" : `${count(left)} of ${counted(all, thing)}`;
  }
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(run, 120); });
  return h("form", { role: "search", onsubmit: (event) => { event.preventDefault(); run(); } }, h("label", { for: "search" }, "Search"), input, found);
}

function footer(about) {
  const licences = h("pre", { tabindex: "0", role: "group", "aria-label": "Licences" });
  const details = h("details", { class: "no-print" }, h("summary", {}, "Licences of the libraries in this page"), licences);
  details.addEventListener("toggle", () => { licences.textContent ||= document.getElementById("licences").textContent; });
  return h("footer", { class: "page-footer" }, about, details);
}

// Puts the page together. `sections`: {id, title, nodes}; those without nodes are left out.
export function frame({ title, subtitle, sections, about, search }) {
  const shown = sections.filter((section) => section.nodes && section.nodes.length !== 0);
  document.body.prepend(
    h("a", { class: "skip", href: "#main" }, "To the content"),
    h("header", { class: "page-header" }, h("div", {}, h("h1", { dir: "auto" }, title), h("div", { class: "soft" }, subtitle)), searchBox(search), themeSwitch()),
    h("div", { class: "page-body" },
      h("nav", { class: "page-nav", "aria-label": "Sections" }, h("ul", {}, shown.map(({ id, title: name }) => h("li", {}, h("a", { href: `#${id}` }, name))))),
      h("main", { id: "main", tabindex: "-1" }, shown.map(({ id, title: name, nodes }) => h("section", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, name), nodes)))),
    footer(about));
}

// Opens the card that the address names, and those that links name later on.
export function openNamedCard() {
  const id = decodeURIComponent(location.hash.slice(1));
  const card = id && document.getElementById(id);
  if (!(card instanceof HTMLDetailsElement)) return;
  card.hidden = false;
  card.open = true;
  card.scrollIntoView();
}
