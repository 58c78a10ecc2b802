/** What goes on underneath: requests, versions of messages, the model's side, and what can be broken. */

import { element, fill, icon } from "../dom.js";
import { Requests } from "./requests.js";
import { Switches } from "./switches.js";
import { Versions } from "./versions.js";
import { Weryai } from "./weryai.js";

const KEY = "underneath";
const TABS = [
  ["requests", "Requests", Requests],
  ["versions", "Versions", Versions],
  ["weryai", "WeryAI", Weryai],
  ["switches", "Break things", Switches],
];

export class Underneath {
  constructor(place, page) {
    this.place = place;
    this.tabs = element("div.tabs", { role: "tablist", "aria-label": "Underneath" });
    this.views = {};
    this.body = element("div.underneath-body");
    for (const [name, label, View] of TABS) this.add(name, label, View, page);
    fill(
      place,
      element(
        "header",
        {},
        this.tabs,
        element(
          "button.icon-button",
          {
            type: "button",
            title: "Close",
            "aria-label": "Close what is underneath",
            onclick: () => this.toggle(false),
          },
          icon("close"),
        ),
      ),
      this.body,
    );
    this.tabs.addEventListener("keydown", (event) => this.move(event));
    document.addEventListener("keydown", (event) => {
      if (!event.ctrlKey || event.key !== ".") return;
      event.preventDefault();
      this.toggle();
    });
    this.choose(localStorage.getItem(KEY) ?? "requests");
  }

  get open() {
    return !this.place.hidden;
  }

  add(name, label, View, page) {
    const panel = element("section.underneath-panel", {
      role: "tabpanel",
      id: `panel-${name}`,
      "aria-labelledby": `tab-${name}`,
      tabindex: "0",
    });
    const tab = element(
      "button.tab",
      {
        type: "button",
        role: "tab",
        id: `tab-${name}`,
        "aria-controls": panel.id,
        onclick: () => this.choose(name),
      },
      label,
    );
    this.tabs.append(tab);
    this.body.append(panel);
    this.views[name] = { tab, panel, view: new View(panel, page) };
  }

  choose(name) {
    const chosen = name in this.views ? name : "requests";
    for (const [other, { tab, panel, view }] of Object.entries(this.views)) {
      const active = other === chosen;
      tab.setAttribute("aria-selected", String(active));
      tab.tabIndex = active ? 0 : -1;
      panel.hidden = !active;
      view.visible = active && this.open;
      if (view.visible) view.draw();
    }
    this.chosen = chosen;
    localStorage.setItem(KEY, chosen);
  }

  toggle(open = !this.open) {
    this.place.hidden = !open;
    document.documentElement.classList.toggle("underneath-open", open);
    document.getElementById("underneath-button")?.setAttribute("aria-pressed", String(open));
    this.choose(this.chosen);
  }

  /** Show how one message came to be what it is. */
  showVersions(message) {
    this.views.versions.view.follow(message);
    this.chosen = "versions";
    this.toggle(true);
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = Object.keys(this.views);
    const next = names[(names.indexOf(this.chosen) + step + names.length) % names.length];
    this.choose(next);
    this.views[next].tab.focus();
  }
}
