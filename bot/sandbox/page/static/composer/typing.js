/** Who is typing where one looks: shown for ten seconds, or until they have said it. */

import { element, fill } from "../dom.js";

export class TypingLine {
  constructor(store) {
    this.store = store;
    this.node = element("div.typing", { role: "status", "aria-live": "off" });
    for (const topic of ["typing", "message", "channel", "snapshot"])
      store.on(topic, () => this.draw());
  }

  draw() {
    const { store } = this;
    const now = Date.now() / 1000;
    const until = Object.entries(store.typing.get(store.channel) ?? {}).filter(
      ([id, end]) => id !== store.you && end > now,
    );
    const names = until.map(([id]) => store.nameOf(id) ?? "Somebody");
    clearTimeout(this.timer);
    if (until.length)
      this.timer = setTimeout(
        () => this.draw(),
        (Math.min(...until.map(([, end]) => end)) - now) * 1000 + 50,
      );
    const words =
      names.length > 3
        ? "Several people are typing…"
        : `${listed(names)} ${names.length === 1 ? "is" : "are"} typing…`;
    if (this.node.textContent === (names.length ? words : "")) return;
    const dots = element(
      "span.dots",
      { "aria-hidden": "true" },
      element("i"),
      element("i"),
      element("i"),
    );
    fill(this.node, names.length > 0 && [dots, words]);
  }
}

/** "Ada, Mo and Wery". */
function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
}
