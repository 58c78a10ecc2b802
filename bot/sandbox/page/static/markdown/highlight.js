/** Simple colours for code: comments, strings, numbers, keywords, and what is called. */

import { element } from "../dom.js";

const words = (text) => new Set(text.split(" "));
const PYTHON = words(
  "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda match case None nonlocal not or pass raise return self True try while with yield",
);
const C_LIKE = words(
  "abstract as async await bool boolean break byte case catch char class const continue default defer delete do double else enum export extends false final finally float fn for from func function go if impl implements import in instanceof int interface let long loop match mod mut namespace new nil null number override package private protected pub public return select self short static string struct super switch this throw throws trait true try type typeof undefined unsafe use using var void while yield",
);
const SHELL = words(
  "case cd do done echo elif else esac exit export fi for function if in local return set sudo then until while",
);
const SQL = words(
  "add all alter and as asc between by case create cross default delete desc distinct drop else end exists foreign from full group having in index inner insert into is join key left like limit not null offset on or order outer primary references returning right select set table then union unique update using values view when where with",
);
const LITERALS = words("true false null yes no");

/** Each family: how its comments begin, and its keywords. */
const FAMILIES = {
  python: { comment: "#[^\\n]*", keywords: PYTHON },
  shell: { comment: "(?<![^\\s])#[^\\n]*", keywords: SHELL },
  sql: { comment: "--[^\\n]*|/\\*[^]*?(?:\\*/|$)", keywords: SQL, anyCase: true },
  data: { comment: "(?<![^\\s])#[^\\n]*|//[^\\n]*", keywords: LITERALS },
  code: { comment: "//[^\\n]*|/\\*[^]*?(?:\\*/|$)", keywords: C_LIKE },
};
const LANGUAGES = {
  ...named("python", "py python python3 ruby rb"),
  ...named("shell", "sh bash zsh shell console powershell ps1 dockerfile makefile"),
  ...named("sql", "sql sqlite postgresql pgsql mysql"),
  ...named("data", "json yaml yml toml ini"),
  ...named(
    "code",
    "js javascript jsx ts typescript tsx c cpp c++ cs csharp java kotlin kt go golang rust rs swift php css scss scala dart zig",
  ),
};
const STRINGS = String.raw`"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|${"`"}(?:\\.|[^${"`"}\\])*${"`"}?`;
const NUMBERS = String.raw`\b0[xXbBoO][\da-fA-F_]+\b|\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b`;
const WORDS = String.raw`[@$]?[A-Za-z_\u00c0-\u024f][\w\u00c0-\u024f]*(?=\s*(\()?)`;
const PATTERNS = Object.fromEntries(
  Object.entries(FAMILIES).map(([name, { comment }]) => [
    name,
    new RegExp(`(${comment})|(${STRINGS})|(${NUMBERS})|(${WORDS})`, "g"),
  ]),
);

function named(family, names) {
  return Object.fromEntries(names.split(" ").map((name) => [name, family]));
}

/** The nodes of some code; only its text, if the language is unknown. */
export function highlighted(code, language) {
  const family = LANGUAGES[(language ?? "").toLowerCase()];
  if (!family) return [code];
  const nodes = [];
  let at = 0;
  for (const found of code.matchAll(PATTERNS[family])) {
    const kind = kindOf(found, FAMILIES[family]);
    if (!kind) continue;
    nodes.push(code.slice(at, found.index), element(`span.code-${kind}`, {}, found[0]));
    at = found.index + found[0].length;
  }
  return [...nodes, code.slice(at)];
}

function kindOf([whole, comment, string, number, word, called], family) {
  if (comment) return "comment";
  if (string) return "string";
  if (number) return "number";
  if (!word) return null;
  const known = family.keywords.has(family.anyCase ? whole.toLowerCase() : whole);
  if (known) return "keyword";
  if (word.startsWith("@")) return "decorator";
  return called ? "called" : null;
}
