/** What can be made slow, or go wrong: Discord, its gateway, and WeryAI. */

import { element, fill } from "../dom.js";
import { Panel } from "./redrawing.js";

const PACES = [
  ["slow", "Slow", 10],
  ["usual", "Usual", 40],
  ["fast", "Fast", 200],
  ["instant", "At once", null],
];
const DROPS = [
  ["drop", "Drop the connection"],
  ["reconnect", "Ask to reconnect"],
  ["invalidate_resumable", "Invalidate, may resume"],
  ["invalidate", "Invalidate the session"],
];

export class Switches extends Panel {
  constructor(place, page) {
    super(place, page);
    this.store.on("switches", () => this.changed());
    this.store.on("snapshot", () => this.changed());
  }

  draw() {
    const { switches } = this.store;
    if (!switches) return;
    const active = document.activeElement?.dataset?.control;
    const open = new Set(
      [...this.place.querySelectorAll("details[open]")].map((one) => one.dataset.group),
    );
    fill(
      this.place,
      switches.weryai
        ? this.model(switches.weryai)
        : this.section(
            "WeryAI",
            element("p.subtext", {}, "The real WeryAI answers; it cannot be broken from here."),
          ),
      this.discord(switches),
      this.gateway(switches.gateway),
      this.faults(switches, open),
    );
    if (active) this.place.querySelector(`[data-control="${CSS.escape(active)}"]`)?.focus();
  }

  section(title, ...children) {
    return element("section.switches", {}, element("h3", {}, title), children);
  }

  set(name, value) {
    this.page.act("set", { switch: name, value });
  }

  model({ pace, balance, listing, listings }) {
    const paces = PACES.map(([name, label, rate]) =>
      element(
        "button.choice",
        {
          type: "button",
          dataset: { control: `pace-${name}` },
          "aria-pressed": String(pace.per_second === rate),
          onclick: () =>
            this.set("pace", { ...pace, per_second: rate, first_after: rate === null ? 0 : 0.3 }),
        },
        label,
      ),
    );
    const words =
      pace.per_second === null
        ? "as fast as can be"
        : `${Math.round(pace.per_second * pace.size)} characters a second`;
    return this.section(
      "The model’s speed",
      element("div.choices", { role: "group", "aria-label": "Speed" }, paces),
      element("p.subtext", {}, `Now ${words}, after ${pace.first_after} s.`),
      this.slider(
        "first",
        "Silence before the first word",
        pace.first_after,
        0,
        20,
        0.1,
        "s",
        (first_after) => this.set("pace", { ...pace, first_after }),
      ),
      this.choice("listing", "How the models are listed", listing, listings, (value) =>
        this.set("listing", value),
      ),
      this.number("balance", "Credits of the account", balance, (value) =>
        this.set("balance", value),
      ),
    );
  }

  discord({ rate_limits: limits, latency }) {
    return this.section(
      "Discord’s servers",
      this.toggle("rate_limits", "Rate limits", limits, (on) => this.set("rate_limits", on)),
      this.slider("mean", "Latency", latency.mean, 0, 3, 0.05, "s", (mean) =>
        this.set("latency", { ...latency, mean }),
      ),
      this.slider("jitter", "… more or less", latency.jitter, 0, 1, 0.05, "s", (jitter) =>
        this.set("latency", { ...latency, jitter }),
      ),
    );
  }

  gateway({ connected, reachable, acknowledges }) {
    const drops = DROPS.map(([what, label]) =>
      element(
        "button.choice",
        {
          type: "button",
          dataset: { control: what },
          onclick: () => this.page.act("gateway", { what }),
        },
        label,
      ),
    );
    return this.section(
      `Gateway: ${connected ? "connected" : "not connected"}`,
      element("div.choices", {}, drops),
      this.toggle("reachable", "Can be reached", reachable, (on) => this.set("reachable", on)),
      this.toggle("acknowledges", "Acknowledges heartbeats", acknowledges, (on) =>
        this.set("acknowledges", on),
      ),
    );
  }

  faults(switches, open) {
    const groups = [
      ...grouped("discord", "Discord", switches.discord_faults),
      ...grouped("weryai", "WeryAI", switches.weryai?.faults ?? []),
    ];
    return this.section(
      "Let the next request fail",
      element(
        "button.choice",
        {
          type: "button",
          dataset: { control: "clear" },
          onclick: () => this.page.act("clear_faults"),
        },
        "Forget all that still wait",
      ),
      groups.map(([title, server, list]) => this.faultGroup(title, server, list, open)),
    );
  }

  faultGroup(title, server, list, open) {
    const waiting = list.reduce((sum, one) => sum + one.waiting, 0);
    const node = element(
      "details",
      { dataset: { group: title } },
      element("summary", {}, title, waiting > 0 && element("b.waiting", {}, waiting)),
      element(
        "ul",
        {},
        list.map((one) =>
          element(
            "li",
            {},
            element(
              "button.fault-button",
              {
                type: "button",
                title: "Let the next request fail so",
                dataset: { control: `${server}-${one.name}` },
                onclick: () => this.page.act("fault", { server, name: one.name }),
              },
              element("code", {}, one.name),
              element("span", {}, one.text),
              one.waiting > 0 &&
                element("b.waiting", { "aria-label": `${one.waiting} still wait` }, one.waiting),
            ),
          ),
        ),
      ),
    );
    node.open = open.has(title);
    return node;
  }

  toggle(control, label, on, change) {
    return element(
      "label.toggle",
      {},
      element("span", {}, label),
      element("input", {
        type: "checkbox",
        role: "switch",
        checked: on,
        dataset: { control },
        onchange: ({ target }) => change(target.checked),
      }),
    );
  }

  slider(control, label, value, min, max, step, unit, change) {
    const shown = element("output", {}, `${value} ${unit}`);
    return element(
      "label.slide",
      {},
      element("span", {}, label),
      element("input", {
        type: "range",
        min,
        max,
        step,
        value,
        dataset: { control },
        oninput: ({ target }) => (shown.textContent = `${target.value} ${unit}`),
        onchange: ({ target }) => change(Number(target.value)),
      }),
      shown,
    );
  }

  number(control, label, value, change) {
    return element(
      "label.slide",
      {},
      element("span", {}, label),
      element("input", {
        type: "number",
        min: "0",
        value,
        dataset: { control },
        onchange: ({ target }) => change(Number(target.value)),
      }),
    );
  }

  choice(control, label, value, all, change) {
    return element(
      "label.slide",
      {},
      element("span", {}, label),
      element(
        "select",
        { dataset: { control }, onchange: ({ target }) => change(target.value) },
        all.map((one) => element("option", { value: one, selected: one === value }, one)),
      ),
    );
  }
}

/** Faults by their groups: [title, server, faults]. */
function grouped(server, title, faults) {
  const groups = new Map();
  for (const fault of faults) groups.set(fault.group, [...(groups.get(fault.group) ?? []), fault]);
  return [...groups].map(([group, list]) => [`${title}: ${group}`, server, list]);
}
