/** The list above the message box: what could be meant by what is typed. */

import { byId, element, fill } from "../dom.js";

export class Suggestions {
  constructor() {
    this.list = element("div.suggestion-list", { role: "listbox", id: "suggestions" });
    this.title = element("div.suggestion-title", { id: "suggestions-title" });
    this.list.setAttribute("aria-labelledby", "suggestions-title");
    this.node = element("div.suggestions", { hidden: true }, this.title, this.list);
    this.items = [];
    this.active = 0;
  }

  /** Whether there is something to choose. */
  get open() {
    return !this.node.hidden && this.items.length > 0;
  }

  /**
   * Offer something.
   *
   * @param {HTMLElement} field where it is typed; it keeps the focus.
   * @param {*} title nodes above the list.
   * @param {{content: *, label: string, choose: function(): void}[]} items
   */
  show(field, title, items) {
    const same = this.open && this.items[this.active]?.label;
    this.field = field;
    this.items = items;
    this.active = Math.max(
      0,
      items.findIndex((one) => one.label === same),
    );
    fill(this.title, title);
    fill(
      this.list,
      items.map((item, place) => this.row(item, place)),
    );
    this.node.hidden = false;
    field.setAttribute("aria-controls", "suggestions");
    field.setAttribute("aria-expanded", String(items.length > 0));
    this.mark();
  }

  hide() {
    this.node.hidden = true;
    this.items = [];
    this.field?.setAttribute("aria-expanded", "false");
    this.field?.removeAttribute("aria-activedescendant");
  }

  /** Take a key, if it is one that moves in the list or chooses from it; whether it was. */
  takes(event) {
    if (!this.open || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (this.active + step + this.items.length) % this.items.length;
      this.mark();
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
      this.items[this.active].choose();
    } else if (event.key === "Escape") {
      this.hide();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  row({ content, choose }, place) {
    return element(
      "div.suggestion",
      {
        role: "option",
        id: `suggestion-${place}`,
        onmousedown: (event) => event.preventDefault(), // the field keeps the focus
        onclick: choose,
        onmousemove: () => this.active !== place && ((this.active = place), this.mark()),
      },
      content,
    );
  }

  mark() {
    [...this.list.children].forEach((row, place) =>
      row.setAttribute("aria-selected", String(place === this.active)),
    );
    const row = byId(`suggestion-${this.active}`);
    if (!row) return;
    row.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", row.id);
  }
}
