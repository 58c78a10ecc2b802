/** What Discord itself says in a channel, by the type of the message. */

import { element, icon } from "./dom.js";
import { markdown } from "./markdown/blocks.js";

const LINES = {
  4: (message, who) => [who, " changed the channel name: ", element("b", {}, message.content)],
  6: (message, who) => [who, " pinned a message to this channel."],
  7: (message, who) => [who, " joined the server."],
  18: (message, who) => [who, " started a thread: ", element("b", {}, message.content)],
};

/** The nodes of such a line. */
export function systemLine(message, page) {
  if (message.type === 21 && message.reply_to) return starter(message.reply_to, page);
  const who = element("b", {}, message.display);
  const line = LINES[message.type]?.(message, who) ?? [message.content];
  return [icon("thread"), ...line];
}

/** A thread begins with the message that it was started on. */
function starter(quoted, page) {
  if (quoted.deleted)
    return [element("i", {}, "The message this thread was started on was deleted.")];
  return [
    element(
      "div.starter",
      {},
      element("b", {}, quoted.display),
      " ",
      markdown(quoted.content, page.names, true),
    ),
  ];
}
