// What the tests of pages share: a browser that tells of everything that goes wrong, accessibility, and checks that name what failed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const failures = [];
let checks = 0;

export function check(holds, what) {
  ++checks;
  if (!holds) failures.push(what);
}

// Prints the verdict and gives the exit code.
export function verdict() {
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  console.log(`${checks - failures.length} of ${checks} checks passed`);
  return failures.length === 0 && checks > 0 ? 0 : 1;
}

export async function openBrowser(chromium, modules) {
  const require = createRequire(path.join(modules, "puppeteer-core/package.json"));
  const puppeteer = require("puppeteer-core");
  const axe = readFileSync(path.join(modules, "axe-core/axe.min.js"), "utf8");
  // Containers have no user namespaces for the sandbox; the pages are our own.
  const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-dev-shm-usage"] });

  // A page of a file, drawn; whatever it says on the console or asks for is a failure.
  async function open(file, name, { scheme = "light", width = 1200, hash = "" } = {}) {
    const page = await browser.newPage();
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
    const url = pathToFileURL(file).href;
    page.on("console", (message) => check(false, `${name}: the console says ${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => check(false, `${name}: ${error.message}`));
    page.on("request", (request) => check(request.url().split("#")[0] === url, `${name}: asks for ${request.url()}`));
    await page.goto(url + hash);
    await page.waitForFunction(() => [...document.querySelectorAll(".plot")].every((plot) => plot.offsetParent === null || plot.querySelector("svg")), { timeout: 20000 });
    return page;
  }

  // What axe finds, by the rules of WCAG 2.2 A and AA and good practice. The script comes by way of the debugger, which the page's policy does not hold for.
  async function checkAccessible(page, name) {
    await page.evaluate(axe);
    const found = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations
      .map((violation) => `${violation.id}: ${violation.help}; ${violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any.map((any) => any.message).join("; ")}`).join(" | ")}`));
    check(found.length === 0, `${name}: not accessible: ${found.join("\n    ")}`);
  }

  return { open, checkAccessible, close: () => browser.close() };
}
