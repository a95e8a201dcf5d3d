// The text of rules, with its words in colours.
import { h } from "./dom.js";

const kKeywords = new Set(("use param list define segment score tiers stages grid split audience test for of from by where except and or not in is missing known between within "
  + "last next any all none every count share sum avg min max latest earliest distinct has contains starts ends with matches near top percentile among sequence then "
  + "otherwise when range expect today now ago true false seed as each at least most below above").split(" "));
const kToken = /(#[^\n]*)|("(?:[^"\\\n]|\\.)*")|(\b\d[\d_]*(?:\.\d+)?%?)|([A-Za-z_][A-Za-z0-9_]*)/g;

// Nodes for an element such as `pre`.
export function highlighted(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(kToken)) {
    const [token, comment, string, number, word] = match;
    const kind = comment ? "comment" : string ? "string" : number ? "number-word" : kKeywords.has(word) ? "keyword" : null;
    if (!kind) continue;
    nodes.push(text.slice(end, match.index), h("span", { class: kind }, token));
    end = match.index + token.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}
