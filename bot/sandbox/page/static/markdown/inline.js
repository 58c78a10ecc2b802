/**
 * Discord's Markdown within a line: emphasis, code, spoilers, links, mentions, timestamps.
 *
 * Source: Discord's help pages "Markdown Text 101" and "Spoiler Tags", and its developer
 * documentation, "Message Formatting". Everything becomes DOM nodes; nothing is parsed as HTML.
 */

import { element } from "../dom.js";
import { mention } from "./mentions.js";
import { timestamp } from "./timestamps.js";

const MARKS = [
  ["**", (inside) => element("strong", {}, inside)],
  ["__", (inside) => element("u", {}, inside)],
  ["~~", (inside) => element("s", {}, inside)],
  ["||", (inside) => spoiler(inside)],
  ["*", (inside) => element("em", {}, inside)],
  ["_", (inside) => element("em", {}, inside)],
];
const SPECIAL = /[\\`*_~|<[@]|https?:\/\//g;
const ADDRESS = /https?:\/\/[^\s<>]+/y;
const ENCLOSED_ADDRESS = /<(https?:\/\/[^\s<>]+)>/y;
const MASKED_LINK =
  /\[((?:\\.|[^\]\\\n])+)\]\(<?(https?:\/\/[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"([^"\n]*)")?\)/y;
const TIMESTAMP = /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y;
const MENTION = /<(@!?|@&|#)(\d+)>|<\/([^:>\n]+):(\d+)>|@(everyone|here)\b/y;
const EMOJI = /<a?:(\w{2,32}):\d+>/y;
const ESCAPABLE = /[^\p{L}\p{N}\s]/u;
const WORD = /[\p{L}\p{N}_]/u;
const MAX_DEPTH = 12; // of marks in marks; what is nested deeper stays text

/**
 * The nodes of a text.
 *
 * @param {string} text without blocks.
 * @param {object} names tells what ids are called: see mentions.js.
 * @param {number} [depth] how many marks it stands in.
 * @returns {Node[]}
 */
export function inline(text, names, depth = 0) {
  const nodes = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
  };
  while (at < text.length) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    plain += text.slice(at, next);
    at = next;
    if (at === text.length) break;
    const found = special(text, at, names, depth);
    if (found?.node) {
      flush();
      nodes.push(found.node);
    } else {
      plain += found?.text ?? text[at];
    }
    at = found?.end ?? at + 1;
  }
  flush();
  return nodes;
}

/** What begins at a special character: a node or a text, and where it ends; null if nothing. */
function special(text, at, names, depth) {
  switch (text[at]) {
    case "\\":
      return ESCAPABLE.test(text[at + 1] ?? "") ? { text: text[at + 1], end: at + 2 } : null;
    case "`":
      return code(text, at);
    case "<":
      return enclosed(text, at, names);
    case "[":
      return masked(text, at, names, depth);
    case "@":
      return mentioned(text, at, names);
    case "h":
      return address(text, at);
    default:
      return marked(text, at, names, depth);
  }
}

function code(text, at) {
  const end = codeEnd(text, at);
  if (end === -1) return null;
  const ticks = /^`+/.exec(text.slice(at))[0].length;
  const inside = text.slice(at + ticks, end - ticks);
  return {
    node: element("code", {}, inside.replace(/^ (.*`) $/, "$1").replace(/^ (`.*) $/, "$1")),
    end,
  };
}

/** Where inline code that begins here ends; -1 if it does not. */
function codeEnd(text, at) {
  const ticks = /^`+/.exec(text.slice(at, at + 3))[0].length;
  if (ticks > 2) return -1;
  for (let close = at + ticks; close < text.length; close++) {
    if (text[close] !== "`") continue;
    let run = 1;
    while (text[close + run] === "`") run++;
    if (run === ticks) return close > at + ticks ? close + ticks : -1;
    close += run - 1;
  }
  return -1;
}

function enclosed(text, at, names) {
  const time = matched(TIMESTAMP, text, at);
  if (time) return { node: timestamp(Number(time[1]), time[2] ?? "f"), end: at + time[0].length };
  const emoji = matched(EMOJI, text, at);
  if (emoji)
    return { node: element("span.emoji-name", {}, `:${emoji[1]}:`), end: at + emoji[0].length };
  const link = matched(ENCLOSED_ADDRESS, text, at);
  if (link) return { node: anchor(link[1], [link[1]]), end: at + link[0].length };
  return mentioned(text, at, names);
}

function mentioned(text, at, names) {
  const found = matched(MENTION, text, at);
  return found && { node: mention(found, names), end: at + found[0].length };
}

function masked(text, at, names, depth) {
  const found = depth < MAX_DEPTH && matched(MASKED_LINK, text, at);
  if (!found) return null;
  const [whole, label, target, title] = found;
  return { node: anchor(target, inline(label, names, depth + 1), title), end: at + whole.length };
}

function address(text, at) {
  const found = matched(ADDRESS, text, at);
  if (!found) return null;
  let target = found[0].replace(/[.,:;"'!?*_~|\]]+$/, "");
  while (target.endsWith(")") && count(target, ")") > count(target, "("))
    target = target.slice(0, -1);
  return { node: anchor(target, [target]), end: at + target.length };
}

function anchor(target, inside, title) {
  if (!URL.canParse(target)) return element("span", {}, inside);
  const attributes = {
    href: target,
    target: "_blank",
    rel: "noreferrer noopener",
    title: title ?? target,
  };
  return element("a", attributes, inside);
}

function marked(text, at, names, depth) {
  if (depth >= MAX_DEPTH) return null;
  for (const [mark, wrap] of MARKS) {
    if (!text.startsWith(mark, at)) continue;
    const close = closing(text, at, mark);
    if (close === -1) continue;
    const inside = text.slice(at + mark.length, close);
    return { node: wrap(inline(inside, names, depth + 1)), end: close + mark.length };
  }
  return null;
}

/** Where the mark that closes the one at `at` begins; -1 if there is none. */
function closing(text, at, mark) {
  const start = at + mark.length;
  const single = mark.length === 1;
  if (single && (/\s/.test(text[start] ?? " ") || (mark === "_" && WORD.test(text[at - 1] ?? ""))))
    return -1;
  for (let here = start; here < text.length; here++) {
    if (text[here] === "\\") here++;
    else if (text[here] === "`") here = Math.max(here, codeEnd(text, here) - 1);
    else if (text[here] === mark[0]) {
      let run = 1;
      while (text[here + run] === mark[0]) run++;
      const close = here + run - mark.length;
      if (closes(text, mark, run, close, start)) return close;
      here += run - 1;
    }
  }
  return -1;
}

function closes(text, mark, run, close, start) {
  if (close <= start) return false;
  if (mark.length === 2) return run >= 2;
  if (run % 2 === 0) return false; // two of them belong to bold or underlined text inside
  if (mark === "_") return !WORD.test(text[close + 1] ?? "");
  return !/\s/.test(text[close - 1]);
}

/** Hidden until it is pressed; the keyboard and screen readers know it as a button. */
function spoiler(inside) {
  const attributes = {
    role: "button",
    tabindex: "0",
    "aria-expanded": "false",
    "aria-label": "Spoiler: press to show",
  };
  const hidden = element("span.spoiler-text", { "aria-hidden": "true" }, inside);
  const node = element("span.spoiler", attributes, hidden);
  const show = () => {
    node.classList.add("shown");
    node.setAttribute("aria-expanded", "true");
    node.removeAttribute("aria-label");
    hidden.removeAttribute("aria-hidden");
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      show();
    }
  });
  return node;
}

function matched(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function count(text, character) {
  return text.split(character).length - 1;
}
