// The page of `segue report` in Chromium: report.mjs SEGUE CHROMIUM MODULES EXAMPLE.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { check, openBrowser, verdict } from "./browser.mjs";

const [segue, chromium, modules, example] = process.argv.slice(2);
const folder = mkdtempSync(path.join(os.tmpdir(), "segue-report-"));
const file = (name) => path.join(folder, name);
const kAsOf = ["--as-of", "2026-03-01"];

function report(project, name, ...options) {
  const run = spawnSync(segue, ["report", project, "--out", file(name), "--quiet", ...options], { encoding: "utf8" });
  check(run.status === 0, `segue report for ${name} ends with ${run.status}: ${run.stderr}`);
  return file(name);
}

// ---- the example, with all that can be asked for

async function testExample(browser) {
  const earlier = file("earlier.parquet");
  const project = file("abm");
  cpSync(example, project, { recursive: true });
  execFileSync(segue, ["run", project, "--as-of", "2026-02-20", "--out", earlier, "--quiet", "--expect", "warn"]);
  const html = report(project, "abm.html", ...kAsOf, "--previous", earlier, "--history", "monthly", "2", "--expect", "warn");
  check(readFileSync(html).length < 2_000_000, "the page of the example is smaller than two megabytes");
  check(/http-equiv="Content-Security-Policy" content="default-src 'none'/.test(readFileSync(html, "utf8")), "a policy forbids the network");
  for (const scheme of ["light", "dark"]) {
    const page = await browser.open(html, scheme, { scheme });
    check(await page.$eval("html", (root) => root.dataset.theme) === scheme, `the page is ${scheme} where the system is`);
    await page.evaluate(() => [...document.querySelectorAll("button")].find((button) => button.textContent === "Open all").click());
    await page.evaluate(() => document.querySelectorAll("details:not(.card)").forEach((details) => { details.open = true; }));
    await browser.checkAccessible(page, scheme);
    if (scheme === "light") await testContent(page);
    await page.close();
  }
  await testPaper(browser, html);
  await testNarrow(browser, html);
}

async function testContent(page) {
  const sections = await page.$$eval("main > section", (all) => all.map((section) => section.id));
  const wanted = ["overview", "sizes", "overlap", "funnel", "tiers", "stages", "scores", "missing", "history", "fairness", "governance", "definitions", "data"];
  check(sections.join() === wanted.join(), `sections are ${wanted.join(", ")}; found ${sections.join(", ")}`);
  check(await page.$$eval("nav a", (all) => all.every((link) => document.querySelector(link.getAttribute("href")))), "each link of the navigation leads somewhere");
  for (const id of ["sizes", "overlap", "funnel", "tiers", "stages", "scores", "missing", "history"]) {
    const marks = await page.$$eval(`#${id} figure`, (figures) => figures.map((figure) => figure.querySelectorAll("svg path").length));
    check(marks.length > 0 && marks.every((count) => count > 1), `the charts of ${id} have marks: ${marks.join()}`);
    check(await page.$$eval(`#${id} figure`, (figures) => figures.every((figure) => figure.querySelector("svg").getAttribute("aria-label") && (figure.querySelector("table") || figure.nextElementSibling.parentElement.querySelector(":scope > .scroll table")))), `the charts of ${id} are told in words and as a table`);
  }
  const text = await page.$eval("#stages", (section) => section.innerText);
  check(/moved since the earlier output/.test(text), "stages show who moved");
  check(await page.$$eval("#definition-icp pre .keyword", (all) => all.length) > 2, "the text of a definition is highlighted");
  check(await page.$eval("#definition-icp", (card) => /marketing-ops/.test(card.innerText) && /Tests/.test(card.innerText) && /conditions? made true and false/.test(card.innerText)), "a card has owner, tests and coverage");

  const sums = await page.$eval("#upset", (place) => [...place.querySelectorAll("tbody td:nth-child(2)")].map((cell) => Number(cell.textContent.replaceAll(",", ""))));
  check(sums.length > 5 && sums.every((sum, i) => i === 0 || sums[i - 1] >= sum), "intersections stand in the order of their sizes");
  const before = await page.$eval("#upset svg", (svg) => svg.outerHTML.length);
  await page.$eval("#overlap .chosen input:checked", (box) => box.click());
  check(await page.waitForFunction((old) => document.querySelector("#upset svg") && document.querySelector("#upset svg").outerHTML.length !== old, {}, before).then(() => true, () => false), "another choice of sets draws another plot");
  await page.select("#funnel-choice", "1");
  check(await page.$eval("#funnel-chart figcaption", (caption) => /accounts left/.test(caption.textContent)), "another funnel can be chosen");

  await page.type("#search", "dach_targets");
  await page.waitForFunction(() => / of /.test(document.querySelector("output").textContent));
  const shown = await page.$$eval(".card", (cards) => cards.filter((card) => !card.hidden).map((card) => card.id));
  const rows = await page.$$eval("#sizes tr[data-definition]", (all) => all.filter((row) => !row.hidden).length);
  check(shown.includes("definition-dach_targets") && shown.length < 5 && rows >= 1 && rows < 5, `search filters cards and rows: ${shown.length} cards, ${rows} rows`);
  await page.$eval("#search", (input) => { input.value = ""; input.dispatchEvent(new Event("input")); });
  await page.waitForFunction(() => document.querySelector("output").textContent === "");

  await page.click("#sizes thead button");
  check(await page.$eval("#sizes thead th", (head) => head.getAttribute("aria-sort")) === "ascending", "a table is sorted by a column");
  await page.click("#theme");
  check(await page.$eval("html", (root) => root.dataset.theme) === "dark", "the switch makes the page dark");
  await page.keyboard.press("Tab");
  check(await page.evaluate(() => document.activeElement !== document.body), "the keyboard reaches what can be used");
}

async function testPaper(browser, html) {
  const page = await browser.open(html, "paper", { scheme: "dark" });
  await page.emulateMediaType("print");
  const seen = await page.evaluate(() => ({
    hidden: ["nav", "#search", "#theme"].every((what) => document.querySelector(what).offsetParent === null),
    charts: [...document.querySelectorAll("figure svg")].filter((svg) => svg.closest("details:not([open])") === null).every((svg) => svg.getBoundingClientRect().height > 40),
    white: getComputedStyle(document.body).backgroundColor,
  }));
  check(seen.hidden && seen.charts && seen.white === "rgb(255, 255, 255)", `on paper there are charts on white and nothing to click: ${JSON.stringify(seen)}`);
  check((await page.pdf({ format: "A4" })).length > 30_000, "the page prints");
  await page.close();
}

async function testNarrow(browser, html) {
  const page = await browser.open(html, "narrow", { width: 380, hash: "#definition-icp" });
  check(await page.$eval("#definition-icp", (card) => card.open), "an address opens the card that it names");
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), "nothing is wider than a narrow screen");
  await page.close();
}

// ---- texts that would like to be markup, no accounts, no data

const kHostile = `</script><script>window.taken = 1</script><img src=x onerror='window.taken = 1'>`;
const kRightToLeft = "\u202eشركات كبيرة \u05e2\u05d1\u05e8\u05d9\u05ea";
const kSchema = `account:
  key: id
  columns:
    id: text
    employees: int?
    region: {type: text, class: protected}
`;
const kRules = `## ${kHostile} **bold** ![pixel](https://example.com/pixel.png) [link](javascript:alert(1))
segment first "${kHostile}" {
  owner: "${kHostile}"
  tags: ["${kHostile}", "${kRightToLeft}"]
  where region = "${kHostile}" or employees > 5
}

segment second "${kRightToLeft}" {
  where employees > 1
}

score points {
  +1 when employees > 5
  +2 when region = "EU"
}

tiers size_of {
  big "<b>big</b>": employees > 5
  otherwise small
}

test "${kHostile}" {
  account { employees: 9, region: "x" }
  expect first
}
`;

function hostileProject(name, rows) {
  const project = file(name);
  mkdirSync(project);
  writeFileSync(path.join(project, "segue.yaml"), "language: 1\nschema: schema.yaml\nrules: [rules.seg]\nsources:\n  account: accounts.csv\n");
  writeFileSync(path.join(project, "schema.yaml"), kSchema);
  writeFileSync(path.join(project, "rules.seg"), kRules);
  writeFileSync(path.join(project, "accounts.csv"), `id,employees,region\n${rows}`);
  return project;
}

async function testHostile(browser) {
  const value = `"${kHostile.replaceAll('"', '""')}"`;
  const html = report(hostileProject("<b>hostile", `1,9,${value}\n2,,EU\n3,2,EU\n`), "hostile.html", ...kAsOf);
  const page = await browser.open(html, "hostile");
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  await page.waitForFunction(() => document.querySelector("#definition-first pre"));
  check(await page.evaluate(() => window.taken === undefined), "no text of the rules becomes a script");
  check(await page.evaluate(() => document.querySelector("main img, main script, main b") === null), "no text of the rules becomes an element");
  check(await page.evaluate(() => [...document.querySelectorAll("main a")].every((link) => !link.protocol.startsWith("javascript"))), "no link runs a script");
  const doc = await page.$eval("#definition-first > div > div", (box) => box.innerHTML);
  check(doc.includes("&lt;/script&gt;") && doc.includes("<strong>bold</strong>"), `texts are shown as they are, and doc comments as Markdown: ${doc}`);
  check((await page.title()).includes("<b>hostile"), "the title is a text");
  await browser.checkAccessible(page, "hostile");
  await page.close();
}

async function testLittle(browser) {
  const empty = await browser.open(report(hostileProject("empty", ""), "empty.html", ...kAsOf), "empty");
  check(await empty.$eval("#overview", (section) => /no account at this time/.test(section.innerText)), "a page without accounts says so");
  await browser.checkAccessible(empty, "empty");
  await empty.close();
  const bare = await browser.open(report(file("empty"), "bare.html", "--no-data"), "bare");
  check(await bare.$eval("#overview", (section) => /made without data/.test(section.innerText)), "a page without data says so");
  check(await bare.$$eval("main > section", (all) => all.map((section) => section.id).join()) === "overview,governance,definitions", "a page without data has what needs none");
  await bare.close();
}

const browser = await openBrowser(chromium, modules);
try {
  await testExample(browser);
  await testHostile(browser);
  await testLittle(browser);
} catch (error) {
  check(false, error.stack);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = verdict();
