/** What the viewer does with the bot's commands, buttons and menus, until the bot has answered. */

import { avatar } from "./avatar.js";
import { element } from "./dom.js";

const COMMAND = 2;
const NOT_RESPONDED = "The application did not respond";
const FAILED = "This interaction failed";

export class Interactions {
  constructor(page, place) {
    this.page = page;
    this.place = place;
    this.waiting = new Map(); // by interaction: called when it is no longer pending
    this.rows = new Map(); // commands under way, by interaction
    this.opened = new Set(); // whose form has been opened
    page.store.on("interaction", ({ interaction }) => this.changed(interaction));
    page.store.on("channel", () => this.clear());
    page.store.on("snapshot", () => this.clear());
  }

  /**
   * Begin one and wait until the bot has acknowledged it, or failed to.
   *
   * @returns {Promise<?object>} the interaction; null if it was refused at once, which is shown.
   */
  async begin(what, fields) {
    try {
      const { interaction } = await this.page.store.act(what, fields);
      const known = this.page.store.interactions.get(interaction);
      if (known && known.state !== "pending") return known;
      return await new Promise((resolve) => this.waiting.set(interaction, resolve));
    } catch (error) {
      this.page.complain(error);
      return null;
    }
  }

  changed(interaction) {
    const { id, state, kind, modal, source, channel } = interaction;
    if (modal && !this.opened.has(id)) {
      this.opened.add(id);
      this.page.dialogs.openForm(interaction);
    }
    if (channel === this.page.store.channel && (kind === COMMAND || (kind === 5 && !source)))
      this.showCommand(interaction);
    if (state === "pending") return;
    if (state === "failed" && source) this.failAt(source);
    this.waiting.get(id)?.(interaction);
    this.waiting.delete(id);
  }

  showCommand({ id, state, name, user }) {
    this.rows.get(id)?.remove();
    this.rows.delete(id);
    if (state !== "pending" && state !== "failed") return;
    const { store } = this.page;
    const failed = state === "failed";
    const row = element(
      "li.message.pending",
      {},
      element(
        "div.quoted",
        {},
        avatar(store.user(user), store.nameOf(user)),
        element("b", {}, store.nameOf(user) ?? ""),
        " used ",
        element("span.command-name", {}, `/${name}`),
      ),
      element(
        "div.line",
        {},
        element("div.gutter", {}, avatar(store.user(store.bot), store.nameOf(store.bot))),
        element(
          "div.body",
          {},
          element(
            "div.heading",
            {},
            element("span.author", {}, store.nameOf(store.bot) ?? "The bot"),
            element("span.tag", {}, "APP"),
          ),
          element(
            failed ? "div.failure" : "div.thinking",
            {},
            failed ? NOT_RESPONDED : "Sending command…",
          ),
        ),
      ),
    );
    this.rows.set(id, row);
    this.place.append(row);
    row.scrollIntoView({ block: "nearest" });
  }

  failAt(message) {
    const node = document.querySelector(`li.message[data-id="${CSS.escape(message)}"] .body`);
    node?.querySelector(".failure")?.remove();
    node?.append(element("div.failure", { role: "alert" }, FAILED));
  }

  clear() {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
  }
}
