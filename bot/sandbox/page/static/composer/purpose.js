/** What the box is for, besides a new message: a reply to one, or an edit of one. */

import { element, fill, icon } from "../dom.js";

export class Purpose {
  /** @param {function(): void} cancelled called when the line's cross is pressed. */
  constructor(cancelled) {
    this.cancelled = cancelled;
    this.node = element("div.composer-bar", { hidden: true });
    this.clear();
  }

  /** Neither reply nor edit. */
  clear() {
    this.editing = null;
    this.replying = null;
    this.pinging = true;
    this.node.hidden = true;
  }

  reply(message) {
    this.clear();
    this.replying = message;
    const ping = element("button.link", { type: "button", "aria-pressed": "true" }, "@ ON");
    ping.addEventListener("click", () => {
      this.pinging = !this.pinging;
      ping.textContent = this.pinging ? "@ ON" : "@ OFF";
      ping.setAttribute("aria-pressed", String(this.pinging));
    });
    this.show("Replying to ", message.display, ping);
  }

  edit(message) {
    this.clear();
    this.editing = message;
    this.show("Editing ", "your message", null);
  }

  /** What of it goes into the action "send". */
  get fields() {
    return this.replying ? { reply_to: this.replying.id, ping: this.pinging } : {};
  }

  show(words, name, extra) {
    const cancel = element(
      "button.icon-button",
      { type: "button", "aria-label": "Cancel", title: "Cancel (Escape)", onclick: this.cancelled },
      icon("close"),
    );
    fill(this.node, element("span", {}, words, element("b", {}, name)), extra, cancel);
    this.node.hidden = false;
  }
}
