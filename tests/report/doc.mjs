// The page of `segue doc` in Chromium: doc.mjs SEGUE CHROMIUM MODULES EXAMPLE.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { check, openBrowser, verdict } from "./browser.mjs";

const [segue, chromium, modules, example] = process.argv.slice(2);
const folder = mkdtempSync(path.join(os.tmpdir(), "segue-doc-"));
const file = (name) => path.join(folder, name);

function catalogue(project, name) {
  const run = spawnSync(segue, ["doc", project, "--format", "html", "--out", file(name), "--quiet"], { encoding: "utf8" });
  check(run.status === 0, `segue doc for ${name} ends with ${run.status}: ${run.stderr}`);
  return file(name);
}

const nodesOf = (page) => page.$$eval("#graph-plot .node text", (texts) => texts.map((text) => text.textContent).sort());

async function testExample(browser) {
  const html = catalogue(example, "abm.html");
  for (const scheme of ["light", "dark"]) {
    const page = await browser.open(html, scheme, { scheme });
    await page.evaluate(() => [...document.querySelectorAll("button")].find((button) => button.textContent === "Open all").click());
    await page.evaluate(() => document.querySelectorAll("details:not(.card)").forEach((details) => { details.open = true; }));
    await browser.checkAccessible(page, scheme);
    if (scheme === "light") await testContent(page);
    await page.close();
  }
  await testNarrow(browser, html);
}

async function testContent(page) {
  const sections = await page.$$eval("main > section", (all) => all.map((section) => section.id).join());
  check(sections === "overview,graph,definitions,tests,data,gaps", `all sections are there: ${sections}`);
  check(await page.$$eval("main a[href^='#']", (all) => all.every((link) => document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1))))), "each link leads somewhere");
  const card = await page.$eval("#definition-icp", (element) => element.innerText);
  check(["Accounts that we can serve best.", "marketing-ops", "min_employees", "target_accounts", "size between 20 and 500", "hq_country"].every((word) => card.includes(word)), `a card has doc comment, owner, uses, users, expectations and columns: ${card}`);
  const guarded = await page.$eval("#data table tbody tr", (row) => row.innerText);
  check(/contacts\.email\s+personal\s+nobody/.test(guarded), `personal columns come first: ${guarded}`);

  check((await nodesOf(page)).length > 25 && (await page.$$(".edge")).length > 25, "everything that is linked is drawn");
  await page.evaluate(() => [...document.querySelectorAll("#definition-icp button")].find((button) => button.textContent === "Show in the graph").click());
  check((await nodesOf(page)).join() === "cfo_invites,coverage,holdout,icp,journey,min_employees,target_accounts", `a card shows what is around it: ${await nodesOf(page)}`);
  await page.select("#graph-steps", "all");
  check((await nodesOf(page)).includes("stalled"), "all the way reaches further");
  await page.$eval("#graph-focus", (input) => { input.value = "nothing_of_that_name"; input.dispatchEvent(new Event("change")); });
  check(await page.$eval("#graph", (section) => /No declaration has that name/.test(section.innerText)), "an unknown name is told");

  await page.type("#search", "needs.seg slow");
  await page.waitForFunction(() => / of /.test(document.querySelector("output").textContent));
  const shown = await page.$$eval(".card", (cards) => cards.filter((element) => !element.hidden).map((element) => element.id).join());
  check(shown === "definition-slow_closers", `search filters cards: ${shown}`);
}

async function testNarrow(browser, html) {
  const page = await browser.open(html, "narrow", { width: 380, hash: "#definition-icp" });
  check(await page.$eval("#definition-icp", (card) => card.open), "an address opens the card that it names");
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), "nothing is wider than a narrow screen");
  await page.emulateMediaType("print");
  const height = await page.$eval("#graph-plot svg", (svg) => svg.getBoundingClientRect().height);
  check(height > 40 && (await page.pdf({ format: "A4" })).length > 30_000, "the page prints, with its graph");
  await page.close();
}

// ---- texts that would like to be markup, and many definitions

const kHostile = "</script><script>window.taken = 1</script><img src=x onerror='window.taken = 1'>";

function writeProject(name, rules) {
  const project = file(name);
  mkdirSync(project);
  writeFileSync(path.join(project, "segue.yaml"), "language: 1\nschema: schema.yaml\nrules: ['*.seg']\nsources: {account: accounts.csv}\n");
  writeFileSync(path.join(project, "schema.yaml"), "account:\n  key: id\n  columns: {id: text, a: bool, '<b>c</b>': bool}\n");
  for (const [path_, text] of Object.entries(rules)) writeFileSync(path.join(project, path_), text);
  return project;
}

async function testHostile(browser) {
  const rules = `## ${kHostile} **bold** [link](javascript:alert(1)) ![pixel](https://example.com/pixel.png)\nsegment \`<i>"x"\` "${kHostile}" {\n  owner: "${kHostile}"\n  where \`<b>c</b>\`\n}\nsegment next { where \`<i>"x"\` }\n`;
  const page = await browser.open(catalogue(writeProject("hostile", { "r.seg": rules }), "hostile.html"), "hostile");
  await page.$$eval(".card", (cards) => cards.forEach((card) => { card.open = true; }));
  await page.waitForSelector(".card strong + span");
  const text = await page.$eval("#definitions", (section) => section.innerText);
  check(text.includes(kHostile) && !text.includes("**bold**"), `what people wrote is shown as text: ${text}`);
  check(await page.evaluate(() => window.taken === undefined && document.querySelector("main img, main script, main a[href^='javascript']") === null), "nothing of it is markup");
  check((await nodesOf(page)).join() === '<i>"x",next', "the graph has the names as they are");
  await page.close();
}

async function testMany(browser) {
  const rules = {};
  for (let i = 0; i < 20; ++i) {
    rules[`f${i}.seg`] = Array.from({ length: 50 }, (_, j) => `segment s${i}_${j} {\n  where a${i ? ` and s${i - 1}_${j} and s${i - 1}_${(j + 7) % 50}` : ""}\n}\n`).join("\n");
  }
  const start = Date.now();
  const page = await browser.open(catalogue(writeProject("many", rules), "many.html"), "many");
  check(Date.now() - start < 20_000, "a thousand definitions are there soon");
  check((await nodesOf(page)).length === 20, "their files are drawn");
  await page.$eval("#graph-focus", (input) => { input.value = "s3_3"; input.dispatchEvent(new Event("change")); });
  check((await nodesOf(page)).join() === "s2_10,s2_3,s3_3,s4_3,s4_46", `around one of them: ${await nodesOf(page)}`);
  await page.select("#graph-steps", "all");
  check((await nodesOf(page)).length === 150, "no picture has more than 150");
  await page.close();
}

const browser = await openBrowser(chromium, modules);
try {
  await testExample(browser);
  await testHostile(browser);
  await testMany(browser);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(verdict());
