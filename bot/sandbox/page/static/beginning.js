/** The words at the beginning of a channel: where one is, and what to try there. */

import { element } from "./dom.js";

const DM = 1;
const THREADS = new Set([11, 12]);

/** The nodes of it. */
export function beginning(channel, store) {
  const title = store.titleOf(channel);
  const bot = store.nameOf(store.bot, channel) ?? "the bot";
  return [
    element(
      "h2",
      {},
      channel.type === DM || THREADS.has(channel.type) ? title : `Welcome to #${title}`,
    ),
    element("p", {}, where(channel, title, store)),
    element(
      "ul",
      {},
      tips(channel, bot, store).map((tip) => element("li", {}, tip)),
    ),
  ];
}

function where(channel, title, store) {
  if (channel.type === DM) return `This is the beginning of your direct messages with ${title}.`;
  if (THREADS.has(channel.type)) return "This is the start of the thread.";
  const without = store.realModels
    ? "no account; the real models answer"
    : "no account, no key, no network";
  return `This is the start of the #${title} channel of a Discord on your own machine: ${without}.`;
}

function tips(channel, bot, { answers }) {
  const code = (text) => element("code", {}, text);
  if (channel.type === DM) return [["Write anything, and ", bot, " answers."]];
  if (THREADS.has(channel.type)) return [];
  return [
    ["Ask: ", code(`@${bot} what is artificial intelligence?`)],
    [
      "Type ",
      code("/"),
      " for every command; ",
      code("/help"),
      answers.length ? " tells which words give which answer." : " tells what the bot can do.",
    ],
    [
      "Be somebody else with the button below the channels; see what happens underneath with the one at the top right.",
    ],
  ];
}
