// Doc comments are Markdown. No markup of theirs goes through, no image is fetched, and their headings are bold lines, since headings belong to the page.
import markdownit from "markdown-it";
import { h } from "./dom.js";

const markdown = markdownit({ html: false }).disable("image");

export function prose(text) {
  const box = h("div", { dir: "auto" });
  box.innerHTML = markdown.render(text);
  for (const heading of box.querySelectorAll("h1, h2, h3, h4, h5, h6")) heading.replaceWith(h("p", {}, h("strong", {}, ...heading.childNodes)));
  return box;
}
