/** The left side: servers, their channels and threads, direct messages, and who one is. */

import { avatar } from "./avatar.js";
import { byId, element, fill, icon } from "./dom.js";
import { openMenu } from "./menus.js";
import { order } from "./history.js";
import { switchTheme } from "./theme.js";

export class Sidebar {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.places = byId("places");
    this.self = byId("self");
    for (const topic of ["snapshot", "places", "channel", "unread"])
      this.store.on(topic, () => this.draw());
    this.store.on("channel", () => this.leave());
    this.places.addEventListener("keydown", (event) => this.move(event));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.leave());
    document
      .querySelector("main")
      .addEventListener("pointerdown", ({ target }) => !target.closest("#header") && this.leave());
  }

  /** On a narrow screen the channels lie over the messages, until one is chosen. */
  leave() {
    document.documentElement.classList.remove("sidebar-open");
  }

  draw() {
    const { store } = this;
    const focused = document.activeElement?.closest?.("#places [data-channel]")?.dataset.channel;
    fill(
      this.places,
      store.places.guilds.map((guild) => this.guild(guild)),
      this.directMessages(),
    );
    fill(this.self, this.me());
    if (focused) this.places.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
  }

  guild(guild) {
    const channels = [...guild.channels].sort(
      (one, other) => one.position - other.position || order(one.id, other.id),
    );
    const add =
      guild.can.includes("MANAGE_CHANNELS") &&
      element(
        "button.icon-button",
        {
          type: "button",
          title: "Create a channel",
          "aria-label": `Create a channel in ${guild.name}`,
          onclick: () => this.page.dialogs.createChannel(guild),
        },
        icon("plus"),
      );
    return element(
      "section.guild",
      { "aria-label": guild.name },
      element(
        "h2",
        {},
        element("span.guild-icon", { "aria-hidden": "true" }, [...guild.name][0]),
        guild.name,
        add,
      ),
      element(
        "ul",
        {},
        channels.map((channel) => this.channel(channel, guild)),
      ),
    );
  }

  channel(channel, guild) {
    const threads = guild.threads.filter(
      (one) => one.parent === channel.id && (!one.archived || one.id === this.store.channel),
    );
    return element(
      "li",
      {},
      this.row(channel, channel.name, icon("hash")),
      threads.length > 0 &&
        element(
          "ul.threads",
          {},
          threads.map((thread) =>
            element(
              "li",
              {},
              this.row(thread, thread.name, icon(thread.type === 12 ? "lock" : "thread")),
            ),
          ),
        ),
    );
  }

  directMessages() {
    const { dms } = this.store.places;
    const bot = this.store.user(this.store.bot);
    const rows = dms.map((dm) =>
      element("li", {}, this.row(dm, this.store.titleOf(dm), avatar(bot, bot?.display))),
    );
    const open =
      !dms.length &&
      element(
        "li",
        {},
        element(
          "button.channel-link",
          { type: "button", onclick: () => this.openDm() },
          icon("plus"),
          `Message ${bot?.display ?? "the bot"}`,
        ),
      );
    return element(
      "section.guild",
      { "aria-label": "Direct messages" },
      element("h2", {}, "Direct messages"),
      element("ul", {}, rows, open),
    );
  }

  async openDm() {
    const answer = await this.page.act("open_dm");
    if (answer) this.store.openWhenThere(answer.channel);
  }

  row(channel, name, picture) {
    const here = channel.id === this.store.channel;
    const unread = this.store.unread.get(channel.id);
    return element(
      unread ? "button.channel-link.unread" : "button.channel-link",
      {
        type: "button",
        "aria-current": here ? "page" : null,
        dataset: { channel: channel.id },
        onclick: () => this.store.open(channel.id),
      },
      picture,
      element("span.name", {}, name),
      unread?.pings > 0 &&
        element("span.pings", { "aria-label": `${unread.pings} mentions` }, unread.pings),
    );
  }

  /** The arrows go from channel to channel. */
  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = [...this.places.querySelectorAll(".channel-link")];
    const here = rows.indexOf(document.activeElement);
    if (!step || here === -1) return;
    event.preventDefault();
    rows[(here + step + rows.length) % rows.length].focus();
  }

  me() {
    const { store } = this;
    const person = store.people.find((one) => one.id === store.you);
    const who = element(
      "button.who",
      {
        type: "button",
        "aria-haspopup": "menu",
        "aria-label": `You are ${person?.name}, ${person?.role}. Be somebody else`,
        onclick: () => this.bePerson(who),
      },
      avatar(store.user(store.you) ?? { id: store.you }, person?.name),
      element(
        "span",
        {},
        element("b", {}, person?.name ?? "…"),
        element("small", {}, person?.role ?? ""),
      ),
      element("span.switch", { "aria-hidden": "true" }, "⇅"),
    );
    return [
      who,
      element(
        "button.icon-button",
        {
          type: "button",
          title: "Dark or light",
          "aria-label": "Dark or light",
          onclick: switchTheme,
        },
        icon("moon"),
      ),
    ];
  }

  bePerson(anchor) {
    openMenu(
      anchor,
      this.store.people.map((person) => ({
        label: `${person.name} · ${person.role}`,
        checked: person.id === this.store.you,
        choose: () => this.page.act("be", { person: person.id }),
      })),
      "Be somebody else",
    );
  }
}
