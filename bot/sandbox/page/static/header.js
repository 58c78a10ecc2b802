/** The line above the messages: where one is, and what can be done with the place. */

import { element, fill, icon } from "./dom.js";
import { openMenu } from "./menus.js";

const THREADS = new Set([11, 12]);

export class Header {
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.store = page.store;
    for (const topic of ["snapshot", "places", "channel"]) this.store.on(topic, () => this.draw());
  }

  draw() {
    const { current } = this.store;
    const title = current ? this.store.titleOf(current) : "Nowhere";
    document.title = `${title} · A local Discord`;
    fill(
      this.place,
      button(
        "menu",
        "Channels",
        () => document.documentElement.classList.toggle("sidebar-open"),
        "narrow-only",
      ),
      current && this.parent(current),
      element("h1", { id: "channel-title" }, current && icon(iconOf(current)), title),
      current?.topic && element("span.topic", { title: current.topic }, current.topic),
      element("span.space"),
      this.models(),
      current &&
        !THREADS.has(current.type) &&
        current.type !== 1 &&
        button("thread", "Start a thread", () =>
          this.page.dialogs.startThread({ channel: current.id }),
        ),
      current && current.type !== 1 && this.settings(current),
      this.underneathButton(),
    );
  }

  parent(current) {
    const parent = this.store.channels.get(current.parent);
    return (
      parent &&
      element(
        "button.link.parent",
        { type: "button", onclick: () => this.store.open(parent.id) },
        `#${parent.name} ›`,
      )
    );
  }

  /** Whether real models answer must be plain to see: they cost money. */
  models() {
    const { realModels, savedIn } = this.store;
    const where = savedIn ? `State is kept in ${savedIn}.` : "State is kept in memory.";
    return element(
      realModels ? "span.models.real" : "span.models",
      {
        title: `${realModels ? "WERYAI_API_KEY is set: the real WeryAI answers, and charges for it." : "The local WeryAI answers: no key, no network, no cost."} ${where}`,
      },
      realModels ? "real models" : "local model",
    );
  }

  settings(current) {
    const anchor = button("gear", "This channel", () =>
      openMenu(anchor, this.entries(current), "This channel"),
    );
    anchor.setAttribute("aria-haspopup", "menu");
    return anchor;
  }

  entries(current) {
    const { dialogs, act } = this.page;
    const entries = [];
    if (THREADS.has(current.type)) {
      entries.push(
        { label: "Join the thread", choose: () => act("join", { channel: current.id }) },
        { label: "Add somebody…", choose: () => dialogs.addMember(current) },
        { label: "Rename…", choose: () => dialogs.renameThread(current) },
        {
          label: current.archived ? "Open again" : "Close the thread",
          choose: () => act("change_thread", { channel: current.id, archived: !current.archived }),
        },
        {
          label: current.locked ? "Unlock" : "Lock",
          choose: () => act("change_thread", { channel: current.id, locked: !current.locked }),
        },
      );
    } else {
      entries.push({
        label: "Start a thread…",
        choose: () => dialogs.startThread({ channel: current.id }),
      });
    }
    entries.push({ label: "Permissions…", choose: () => dialogs.permissions(current) });
    entries.push(null, {
      label: THREADS.has(current.type) ? "Delete the thread" : "Delete the channel",
      danger: true,
      choose: () => dialogs.deleteChannel(current),
    });
    return entries;
  }

  underneathButton() {
    const node = button("underneath", "See underneath (Ctrl+.)", () =>
      this.page.underneath.toggle(),
    );
    node.setAttribute("aria-pressed", String(this.page.underneath?.open ?? false));
    node.id = "underneath-button";
    return node;
  }
}

function button(picture, label, press, kind = "plain") {
  return element(
    `button.icon-button.${kind}`,
    { type: "button", title: label, "aria-label": label, onclick: press },
    icon(picture),
  );
}

function iconOf(channel) {
  return { 0: "hash", 1: "smile", 5: "hash", 11: "thread", 12: "lock" }[channel.type] ?? "hash";
}
