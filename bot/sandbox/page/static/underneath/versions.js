/** Every version of a growing message on a time line; a slider goes back to each of them. */

import { element, fill } from "../dom.js";
import { Panel, precisely } from "./redrawing.js";

const WIDTH = 320;
const HEIGHT = 90;

export class Versions extends Panel {
  constructor(place, page) {
    super(place, page);
    this.message = null;
    this.versions = [];
    this.at = null; // which version is looked at; null is the newest
    this.title = element("p.subtext");
    this.chart = element("div.chart");
    this.slider = element("input", {
      type: "range",
      min: "0",
      value: "0",
      "aria-label": "Version",
      oninput: () => this.look(Number(this.slider.value)),
    });
    this.facts = element("p.version-facts", { "aria-live": "off" });
    this.text = element("pre.version-text", { tabindex: "0" });
    this.tools = element("div.version-tools", {}, this.slider, this.facts, this.text);
    fill(place, this.title, this.chart, this.tools);
    this.store.on("message", (frame) => this.came(frame));
    this.store.on("snapshot", () => this.forget());
  }

  /** Follow one message. */
  async follow(message) {
    this.message = message;
    this.versions = [];
    this.at = null;
    const answer = await this.page.act("versions", { message: message.id });
    if (!answer || this.message.id !== message.id) return;
    this.versions = answer.versions;
    this.changed();
  }

  forget() {
    this.message = null;
    this.versions = [];
    this.changed();
  }

  /** The bot's newest message in this channel is followed by itself, as it grows. */
  came({ change, message }) {
    const growing = message.author.id === this.store.bot && message.channel === this.store.channel;
    if (message.id === this.message?.id && change === "edited") this.grow(message);
    else if (change === "created" && growing && this.at === null) this.follow(message);
  }

  grow(message) {
    this.message = message;
    if (this.versions.length + 1 !== message.versions) {
      this.follow(message);
      return;
    }
    const { version_at: at, content, thinking, components, embeds } = message;
    this.versions.push({
      at,
      content,
      thinking,
      components: components.length,
      embeds: embeds.length,
    });
    this.changed();
  }

  look(place) {
    this.at = place === this.versions.length - 1 ? null : place;
    this.draw();
  }

  draw() {
    const { versions } = this;
    this.tools.hidden = !versions.length;
    if (!versions.length) {
      this.title.textContent =
        "Ask the bot something, and watch its message grow here. Of any other message: “See its versions”.";
      fill(this.chart);
      return;
    }
    const place = this.at ?? versions.length - 1;
    const took = versions.at(-1).at - versions[0].at;
    this.title.textContent = `${versions.length} versions of ${this.message.display}’s message in ${took.toFixed(1)} s`;
    fill(this.chart, chart(versions, place));
    this.slider.max = versions.length - 1;
    this.slider.value = place;
    this.show(versions, place);
  }

  show(versions, place) {
    const version = versions[place];
    const before = versions[place - 1];
    const gap = before
      ? `${(version.at - before.at).toFixed(2)} s after the one before`
      : "the first";
    const grown =
      before && version.content.startsWith(before.content) ? before.content.length : null;
    this.facts.textContent = `Version ${place + 1} of ${versions.length}, ${precisely(version.at)}, ${gap}, ${version.content.length} characters`;
    if (version.thinking) fill(this.text, element("i", {}, "thinking…"));
    else if (grown === null) fill(this.text, version.content);
    else
      fill(
        this.text,
        version.content.slice(0, grown),
        element("ins", {}, version.content.slice(grown)),
      );
  }
}

/** The length of the text over time, with a mark for each version. */
function chart(versions, place) {
  const start = versions[0].at;
  const span = Math.max(versions.at(-1).at - start, 0.1);
  const longest = Math.max(...versions.map((one) => one.content.length), 1);
  const points = versions.map((one) => [
    6 + ((one.at - start) / span) * (WIDTH - 12),
    HEIGHT - 16 - (one.content.length / longest) * (HEIGHT - 28),
  ]);
  const line = points
    .map(([x, y], index) =>
      index ? `H${x.toFixed(1)}V${y.toFixed(1)}` : `M${x.toFixed(1)} ${y.toFixed(1)}`,
    )
    .join("");
  return [
    drawing(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": `The message grew to ${longest} characters in ${versions.length} versions`,
      },
      drawing("path", { d: `M6 ${HEIGHT - 16}H${WIDTH - 6}`, class: "axis" }),
      drawing("path", { d: line, class: "growth" }),
      ...points.map(([x, y], index) =>
        drawing("circle", {
          cx: x.toFixed(1),
          cy: y.toFixed(1),
          r: index === place ? 5 : 2.5,
          class: index === place ? "here" : "there",
        }),
      ),
      drawing("text", { x: 6, y: HEIGHT - 3 }, "0 s"),
      drawing(
        "text",
        { x: WIDTH - 6, y: HEIGHT - 3, "text-anchor": "end" },
        `${span.toFixed(1)} s`,
      ),
    ),
  ];
}

function drawing(name, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
