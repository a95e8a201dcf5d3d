// Makes the page of a verb out of its script, the house style and the licences of what is bundled: one HTML file that asks for nothing, with the marks `@@TITLE@@` and
// `@@DATA@@` where the command puts what it has to say. Run by CMake:
//
//   node build.mjs NAME MODULES OUT.html      NAME.js is the script, NAME.css, where there is one, follows page.css
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [name, modules, out] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const { build } = createRequire(path.join(modules, "esbuild/package.json"))("esbuild");

const bundle = await build({
  entryPoints: [path.join(here, `${name}.js`)],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",  // the licences stand in the page whole
  nodePaths: [modules],
  metafile: true,
  write: false,
});

// The packages that something of is in the bundle: `echarts`, `@dagrejs/dagre`.
function bundledPackages() {
  const names = Object.keys(bundle.metafile.inputs).map((input) => input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

function licenceOf(package_) {
  const folder = path.join(modules, package_);
  const about = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder, { recursive: true }).map(String).sort()
    .filter((file) => /^(licen[cs]es?|notice)\b/i.test(file) && statSync(path.join(folder, file)).isFile());
  if (files.length === 0) throw new Error(`${package_} has no file with its licence`);
  const texts = files.map((file) => readFileSync(path.join(folder, file), "utf8").trim());
  return `${package_} ${about.version} (${about.license})\n\n${texts.join("\n\n")}\n`;
}

const script = bundle.outputFiles[0].text.trim();
const style = [`page.css`, `${name}.css`].map((file) => path.join(here, file)).filter(existsSync).map((file) => readFileSync(file, "utf8")).join("\n");
const licences = bundledPackages().map(licenceOf).join(`\n${"─".repeat(60)}\n\n`);
if (/<\/script/i.test(script + licences) || /<\/style/i.test(style)) throw new Error("a part of the page ends it early");

// Nothing is asked of any network, and no script runs but this one.
const hash = createHash("sha256").update(script).digest("base64");
const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;

writeFileSync(out, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>@@TITLE@@</title>
<style>
${style}</style>
</head>
<body>
<noscript><main><h1>@@TITLE@@</h1><p>This page draws itself with the script that it holds. Let it run scripts; it asks no network for anything.</p></main></noscript>
<script type="application/json" id="data">@@DATA@@</script>
<script type="text/plain" id="licences">${licences}</script>
<script>${script}</script>
</body>
</html>
`);
