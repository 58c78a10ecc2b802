/**
 * Discord's Markdown as DOM nodes: fences, quotes, headings, lists, small text, and paragraphs.
 *
 * Source: Discord's help page "Markdown Text 101". Tables are none of it and stay text.
 */

import { element } from "../dom.js";
import { highlighted } from "./highlight.js";
import { inline } from "./inline.js";

const FENCE = /```(?:([\w+#.-]+)\n)?\n*([^]*?[^\n])\n*```/y;
const HEADING = /(#{1,3}) +(\S[^\n]*)(?:\n|$)/y;
const SMALL = /-# +(\S[^\n]*)(?:\n|$)/y;
const QUOTE_REST = />>> ([^]*)/y;
const QUOTE_LINES = /(?:> [^\n]*(?:\n|$)|>(?:\n|$)(?=> ))+/y;
const LIST_LINES =
  /(?: *(?:[-*]|\d{1,9}\.) +\S[^\n]*(?:\n|$)(?: +(?![-*] |\d{1,9}\. )\S[^\n]*(?:\n|$))*)+/y;
const ITEM = /^( *)([-*]|\d{1,9}\.) +([^]*)$/;
const PLAIN_LINE = /[^\n]*(?:\n|$)/y;

/** Whether nothing but a block may begin: at the start of a line. `quoted`: Discord has no quote in a quote. */
const BLOCKS = [
  [
    HEADING,
    ([, marks, text], names) =>
      element(`h${marks.length}`, {}, inline(text.replace(/ #+ *$/, ""), names)),
  ],
  [SMALL, ([, text], names) => element("small.subtext", {}, inline(text, names))],
  [QUOTE_REST, ([, text], names) => quote(text, names), "quote"],
  [
    QUOTE_LINES,
    ([text], names) => quote(text.replace(/^> ?/gm, "").replace(/\n$/, ""), names),
    "quote",
  ],
  [LIST_LINES, ([text], names) => list(text, names)],
];

/**
 * The nodes of a message's text.
 *
 * @param {string} text as it was sent.
 * @param {object} names tells what ids are called: see mentions.js.
 * @param {boolean} [quoted] whether it stands in a quote.
 * @returns {Node[]}
 */
export function markdown(text, names, quoted = false) {
  const nodes = [];
  let paragraph = "";
  const flush = () => {
    if (paragraph.trim()) nodes.push(...inline(paragraph, names));
    paragraph = "";
  };
  let at = 0;
  while (at < text.length) {
    const block = blockAt(text, at, names, quoted);
    if (block) {
      flush();
      nodes.push(block.node);
      at = block.end;
      continue;
    }
    const line = matched(PLAIN_LINE, text, at)[0];
    const fenceAt = line.indexOf("```");
    const fence = fenceAt === -1 ? null : matched(FENCE, text, at + fenceAt);
    paragraph += fence ? line.slice(0, fenceAt) : line;
    at += fence ? fenceAt : line.length;
    if (!fence) continue;
    flush();
    nodes.push(fenceNode(fence));
    at += fence[0].length;
    if (text[at] === "\n") at++;
  }
  flush();
  return nodes;
}

function blockAt(text, at, names, quoted) {
  if (at > 0 && text[at - 1] !== "\n") return null;
  for (const [pattern, build, kind] of BLOCKS) {
    if (quoted && kind === "quote") continue;
    const found = matched(pattern, text, at);
    if (found?.[0]) return { node: build(found, names), end: at + found[0].length };
  }
  return null;
}

function fenceNode([, language, code]) {
  const pre = element("pre", {
    tabindex: "0",
    "aria-label": language ? `Code, ${language}` : "Code",
  });
  pre.append(
    element("code", { dataset: { language: language ?? "" } }, highlighted(code, language)),
  );
  return pre;
}

function quote(text, names) {
  return element("blockquote", {}, markdown(text, names, true));
}

/** Lists, nested by how far their items are indented. */
function list(text, names) {
  const root = element("div.lists");
  const open = []; // the lists that the next item may belong to, outermost first
  for (const item of itemsOf(text)) {
    while (open.length && item.indent < open.at(-1).indent) open.pop();
    if (!open.length || item.indent > open.at(-1).indent + (open.length ? 1 : 0)) {
      const parent = open.at(-1)?.node.lastElementChild ?? root;
      open.push({ indent: item.indent, node: parent.appendChild(newList(item.mark)) });
    } else if (isOrdered(item.mark) !== (open.at(-1).node.tagName === "OL")) {
      const { node, indent } = open.pop();
      open.push({ indent, node: node.parentElement.appendChild(newList(item.mark)) });
    }
    open.at(-1).node.append(element("li", {}, inline(item.text, names)));
  }
  return root.childElementCount === 1 ? root.firstElementChild : root;
}

function itemsOf(text) {
  const items = [];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const found = ITEM.exec(line);
    if (found) items.push({ indent: found[1].length, mark: found[2], text: found[3] });
    else items.at(-1).text += `\n${line.trimStart()}`;
  }
  return items;
}

function newList(mark) {
  return isOrdered(mark) ? element("ol", { start: parseInt(mark, 10) }) : element("ul");
}

function isOrdered(mark) {
  return mark.endsWith(".");
}

function matched(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
