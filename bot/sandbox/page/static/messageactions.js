/** What can be done with a message: the bar that appears on it, and its menu. */

import { byId, element, fill, icon } from "./dom.js";
import { openMenu } from "./menus.js";

const QUICK = ["👍", "❤️", "😂", "🎉", "👀", "🤔", "😢", "🔥"];
const MESSAGE_MENU = 3;
const USER_MENU = 2;

export class MessageActions {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.bar = element("div.message-actions", {
      role: "toolbar",
      "aria-label": "What to do with the message",
    });
    const list = byId("messages");
    list.addEventListener("pointerover", (event) => this.follow(event));
    list.addEventListener("focusin", (event) => this.follow(event));
    list.addEventListener("contextmenu", (event) => this.contextMenu(event));
    list.addEventListener("keydown", (event) => this.key(event));
    byId("scroller").addEventListener(
      "pointerleave",
      () => !this.bar.contains(document.activeElement) && this.bar.remove(),
    );
  }

  follow({ target }) {
    const node = target.closest("li.message");
    const message = node && this.messageOf(node);
    if (
      !message ||
      this.bar.contains(target) ||
      (this.shown === message && this.bar.parentElement === node)
    )
      return;
    if (this.bar.contains(document.activeElement)) return;
    this.shown = message;
    fill(this.bar, this.buttons(message));
    node.append(this.bar);
  }

  messageOf(node) {
    return (
      this.store.current && this.store.messagesOf(this.store.channel).byId.get(node.dataset.id)
    );
  }

  buttons(message) {
    const react = button("smile", "Add a reaction", () => this.react(message, react));
    const more = button("more", "More", () => this.menu(message, more));
    return [
      !message.ephemeral && react,
      !message.ephemeral && button("reply", "Reply", () => this.page.replyTo(message)),
      this.mine(message) && button("edit", "Edit", () => this.page.editMessage(message)),
      message.versions > 1 &&
        button("history", "Its versions", () => this.page.underneath.showVersions(message)),
      more,
    ];
  }

  mine(message) {
    return message.author.id === this.store.you;
  }

  react(message, anchor) {
    openMenu(
      anchor,
      QUICK.map((emoji) => ({
        label: emoji,
        choose: () => this.page.act("react", { message: message.id, emoji }),
      })),
      "Reactions",
    );
    document.querySelector(".menu").classList.add("emoji-menu");
  }

  async menu(message, anchor) {
    openMenu(anchor, await this.entries(message), "Message");
  }

  async entries(message) {
    const { page } = this;
    if (message.ephemeral)
      return [{ label: "Dismiss message", choose: () => page.dismiss(message) }];
    const { commands } = (await page.act("commands", { channel: message.channel })) ?? {
      commands: [],
    };
    const apps = commands
      .filter((one) => one.type === MESSAGE_MENU)
      .map((one) => ({
        label: `Apps › ${one.name}`,
        choose: () => page.interact("menu", { name: one.name, message: message.id }),
      }));
    const about = commands
      .filter((one) => one.type === USER_MENU)
      .map((one) => ({
        label: `Apps › ${one.name} (${message.display})`,
        choose: () =>
          page.interact("menu", {
            name: one.name,
            user: message.author.id,
            channel: message.channel,
          }),
      }));
    const threadable =
      this.store.guildOf(this.store.current) && !this.store.current.parent && !message.thread;
    const deletable = this.mine(message) || this.store.can("MANAGE_MESSAGES");
    return [
      { label: "Reply", choose: () => page.replyTo(message) },
      this.mine(message) && { label: "Edit message", choose: () => page.editMessage(message) },
      threadable && {
        label: "Start a thread…",
        choose: () => page.dialogs.startThread({ message: message.id }, message.content),
      },
      ...apps,
      ...about,
      null,
      { label: "See its versions", choose: () => page.underneath.showVersions(message) },
      { label: "Copy text", choose: () => navigator.clipboard?.writeText(message.content) },
      deletable && {
        label: "Delete message",
        danger: true,
        choose: () => page.act("delete", { messages: [message.id] }),
      },
    ].filter((one) => one !== false && one !== undefined);
  }

  contextMenu(event) {
    const node = event.target.closest("li.message");
    const message = node && this.messageOf(node);
    if (!message || event.target.closest("a, input, textarea") || String(getSelection())) return;
    event.preventDefault();
    this.menu(message, node);
  }

  /** Enter on a message opens its menu; other keys are Discord's own. */
  key(event) {
    if (!event.target.matches("li.message") || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const message = this.messageOf(event.target);
    if (!message) return;
    if (event.key === "Enter") this.menu(message, event.target);
    else if (event.key === "Delete" || event.key === "Backspace")
      this.page.act("delete", { messages: [message.id] });
    else return;
    event.preventDefault();
  }
}

function button(picture, label, press) {
  return element(
    "button.icon-button",
    { type: "button", title: label, "aria-label": label, onclick: press },
    icon(picture),
  );
}
