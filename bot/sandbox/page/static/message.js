/**
 * One message on the screen. It is made of parts, and only the parts that changed are drawn again:
 * a message that grows twenty times a second costs its text, and nothing else.
 */

import { answerWords } from "./answerwords.js";
import { attachments } from "./attachments.js";
import { avatar } from "./avatar.js";
import { components } from "./components/render.js";
import { element, icon } from "./dom.js";
import { embeds } from "./embeds.js";
import { markdown } from "./markdown/blocks.js";
import { clockTime, messageTime } from "./markdown/timestamps.js";
import { systemLine } from "./systemlines.js";

const SAME_BREATH = 7 * 60; // seconds within which messages of one author stand together
const CONVERSATION = new Set([0, 19, 20, 23]); // the types that people and bots write

/** Each part: what it is drawn from, and how. */
const PARTS = {
  quoted: [(one) => [one.reply_to, one.command], (one, page) => quotedLine(one, page)],
  heading: [(one) => [one.display, one.at, one.author.bot], (one) => headingLine(one)],
  text: [
    (one) => [one.content, one.thinking, wasEdited(one), one.v2],
    (one, page) => textNodes(one, page),
  ],
  files: [
    (one) => one.attachments.map((file) => file.id),
    (one) => (one.v2 ? [] : attachments(one.attachments)),
  ],
  embeds: [(one) => one.embeds, (one, page) => embeds(one, page.names)],
  components: [(one) => one.components, (one, page) => components(one, page)],
  reactions: [(one) => one.reactions, (one, page) => reactions(one, page)],
  thread: [(one) => one.thread, (one, page) => threadLine(one, page)],
  sandbox: [(one) => one.command, (one, page) => answerWords(one, page)],
  privacy: [(one) => one.ephemeral, (one, page) => privacyLine(one, page)],
};

export class MessageView {
  /**
   * @param {object} message as the server sends it.
   * @param {object} page what messages may ask of the page: see messages.js.
   */
  constructor(message, page) {
    this.page = page;
    this.drawn = {};
    this.parts = {}; // by name; made when there is something in them
    const gutter = element(
      "div.gutter",
      {},
      avatar(message.author, message.display),
      element(
        "time.gutter-time",
        { "aria-hidden": "true" },
        clockTime(new Date(message.at * 1000)),
      ),
    );
    this.body = element("div.body");
    this.node = element(
      "li.message",
      { tabindex: "-1", dataset: { id: message.id } },
      element("div.line", {}, gutter, this.body),
    );
  }

  /** Show a message's present state; `previous` is the one above it. */
  update(message, previous) {
    for (const [name, [basis, draw]] of Object.entries(PARTS)) {
      const key = JSON.stringify(basis(message));
      if (this.drawn[name] === key) continue;
      this.drawn[name] = key;
      this.fill(name, [draw(message, this.page)].flat().filter(Boolean));
    }
    this.node.classList.toggle("follows", follows(message, previous));
    this.node.classList.toggle("pings", message.pings_you);
    this.node.classList.toggle("ephemeral", message.ephemeral);
    this.node.classList.toggle("system", !CONVERSATION.has(message.type));
    // What grows is read out once, not at every edit.
    this.node.setAttribute("aria-live", message.versions > 1 ? "off" : "polite");
    this.node.setAttribute(
      "aria-label",
      `${message.display}, ${clockTime(new Date(message.at * 1000))}`,
    );
  }

  /** Have a part on the screen if there is something in it, in its place among the others. */
  fill(name, nodes) {
    if (!nodes.length) {
      this.parts[name]?.remove();
      delete this.parts[name];
      return;
    }
    const part = (this.parts[name] ??= element(`div.${name}`));
    if (name === "text") replaceGrown(part, nodes);
    else part.replaceChildren(...nodes);
    if (part.parentNode) return;
    if (name === "quoted") this.node.prepend(part);
    else this.body.insertBefore(part, this.partAfter(name));
  }

  partAfter(name) {
    const names = Object.keys(PARTS);
    const after = names.slice(names.indexOf(name) + 1).find((one) => one in this.parts);
    return this.parts[after] ?? null;
  }

  /** Draw every part again: names may have changed. */
  forget() {
    this.drawn = {};
  }
}

/** Whether a message stands under the one before it without a heading of its own. */
function follows(message, previous) {
  return Boolean(
    previous &&
    previous.author.id === message.author.id &&
    message.at - previous.at < SAME_BREATH &&
    !message.reply_to &&
    !message.command &&
    previous.ephemeral === message.ephemeral &&
    CONVERSATION.has(message.type) &&
    CONVERSATION.has(previous.type),
  );
}

/** Put nodes in place of others, but leave alone what is the same at the beginning. */
function replaceGrown(parent, nodes) {
  let kept = 0;
  while (
    kept < nodes.length &&
    kept < parent.childNodes.length &&
    parent.childNodes[kept].isEqualNode(nodes[kept])
  ) {
    kept++;
  }
  while (parent.childNodes.length > kept) parent.lastChild.remove();
  parent.append(...nodes.slice(kept));
}

function quotedLine(message, page) {
  if (message.type === 21) return [];
  if (message.command) {
    const who = page.store.nameOf(message.command.user) ?? "somebody";
    const user = page.store.user(message.command.user);
    const what = message.type === 23 ? message.command.name : `/${message.command.name}`;
    return [
      avatar(user, who),
      element("b", {}, who),
      " used ",
      element("span.command-name", {}, what),
    ];
  }
  const quoted = message.reply_to;
  if (!quoted) return [];
  if (quoted.deleted) return [icon("reply"), element("i", {}, "Original message was deleted")];
  const text = quoted.content.replace(/\s+/g, " ").slice(0, 160);
  return [
    avatar(quoted.author, quoted.display),
    element("b", {}, quoted.display),
    element(
      "button.quoted-text",
      { type: "button", dataset: { jump: quoted.id }, title: "Jump to that message" },
      text ? markdown(text, page.names, true) : element("i", {}, "Press to see the message"),
    ),
  ];
}

function headingLine(message) {
  const date = new Date(message.at * 1000);
  return [
    element("span.author", {}, message.display),
    message.author.bot && element("span.tag", {}, "APP"),
    element(
      "time",
      { datetime: date.toISOString(), title: date.toLocaleString("en-GB") },
      messageTime(date),
    ),
  ];
}

function textNodes(message, page) {
  if (message.thinking) {
    const dots = element(
      "span.dots",
      { "aria-hidden": "true" },
      element("i"),
      element("i"),
      element("i"),
    );
    return [element("span.thinking", {}, dots, `${message.display} is thinking…`)];
  }
  if (!CONVERSATION.has(message.type)) return systemLine(message, page);
  if (message.v2) return [];
  const nodes = markdown(message.content, page.names);
  if (wasEdited(message) && message.content) nodes.push(element("span.edited", {}, " (edited)"));
  return nodes;
}

/** Whether Discord says so: filling in "is thinking" counts for nothing. */
function wasEdited({ edited_at: at, command, versions }) {
  return at !== null && !(command && versions <= 2);
}

function reactions(message, page) {
  return message.reactions.map(({ emoji, count, mine }) =>
    element(
      "button.reaction",
      {
        type: "button",
        "aria-pressed": String(mine),
        "aria-label": `${emoji}, ${count} ${count === 1 ? "reaction" : "reactions"}`,
        onclick: () => page.act(mine ? "unreact" : "react", { message: message.id, emoji }),
      },
      element("span", {}, emoji),
      element("b", {}, count),
    ),
  );
}

function threadLine(message, page) {
  const thread = page.store.channels.get(message.thread);
  if (!thread) return [];
  return element(
    "button.thread-link",
    { type: "button", dataset: { channel: thread.id } },
    icon("thread"),
    element("b", {}, thread.name),
    element("span", {}, "See thread ›"),
  );
}

function privacyLine(message, page) {
  if (!message.ephemeral) return [];
  return [
    icon("eye"),
    "Only you can see this • ",
    element(
      "button.link",
      { type: "button", onclick: () => page.dismiss(message) },
      "Dismiss message",
    ),
  ];
}
