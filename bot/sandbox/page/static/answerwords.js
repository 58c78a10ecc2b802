/** Which words of a question give which answer of the local model: told below `/help`, and underneath. */

import { element } from "./dom.js";

/** What the sandbox adds to the bot's answer to `/help`; nothing for other messages. */
export function answerWords(message, page) {
  const { answers } = page.store;
  if (message.command?.name !== "help" || !answers.length) return [];
  return element(
    "aside.answer-words",
    {},
    element("b", {}, "In this sandbox"),
    element("p", {}, "a local model answers. What it says depends on the words of your question:"),
    answerTable(answers),
  );
}

/** The words and their answers. */
export function answerTable(answers) {
  return element(
    "dl.answer-table",
    {},
    answers.map(({ words, gives }) => [element("dt", {}, words), element("dd", {}, gives)]),
  );
}
