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
    element("p", {}, where(channel, title)),
    element(
      "ul",
      {},
      tips(channel, bot).map((tip) => element("li", {}, tip)),
    ),
  ];
}

function where(channel, title) {
  if (channel.type === DM) return `This is the beginning of your direct messages with ${title}.`;
  if (THREADS.has(channel.type)) return "This is the start of the thread.";
  return `This is the start of the #${title} channel of a Discord on your own machine: no account, no key, no network.`;
}

function tips(channel, bot) {
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
      " tells which words give which answer.",
    ],
    [
      "Be somebody else with the button below the channels; see what happens underneath with the one at the top right.",
    ],
  ];
}
