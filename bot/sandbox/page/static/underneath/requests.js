/** Each request that the bot sent to Discord, with its bucket and what is left of it. */

import { element, fill } from "../dom.js";
import { Panel, precisely } from "./redrawing.js";

const SHOWN = 120;

export class Requests extends Panel {
  constructor(place, page) {
    super(place, page);
    this.buckets = element("div.buckets");
    this.rows = element("ol.request-list", { "aria-label": "Requests, the newest first" });
    this.count = element("p.subtext");
    fill(place, this.count, this.buckets, this.rows);
    this.store.on("request", () => this.changed());
    this.store.on("snapshot", () => this.changed());
  }

  draw() {
    const { requests } = this.store;
    const refused = requests.filter((one) => one.status === 429).length;
    this.count.textContent = requests.length
      ? `${requests.length} requests of the bot, ${refused || "none"} of them refused for being too fast.`
      : "The bot has not asked Discord for anything yet.";
    fill(this.buckets, this.bars(requests));
    fill(this.rows, requests.slice(-SHOWN).reverse().map(row));
  }

  /** The newest state of each bucket that is not full. */
  bars(requests) {
    const newest = new Map(
      requests.filter((one) => one.bucket && one.limit).map((one) => [one.bucket, one]),
    );
    return [...newest.values()]
      .sort((one, other) => other.at - one.at)
      .slice(0, 6)
      .map(({ bucket, limit, remaining }) =>
        element(
          "label.bucket",
          {},
          element("span", {}, bucket),
          element("meter", {
            min: "0",
            max: String(limit),
            low: String(limit / 3),
            value: remaining,
          }),
          element("b", {}, `${remaining}/${limit}`),
        ),
      );
  }
}

function row({ at, method, path, status, bucket, limit, remaining }) {
  const kind = status >= 500 ? "bad" : status >= 400 ? "refused" : "fine";
  return element(
    "li",
    {},
    element("time", {}, precisely(at)),
    element(`span.method.${method.toLowerCase()}`, {}, method),
    element("span.path", { title: path }, short(path)),
    element(`span.status.${kind}`, {}, status),
    element(
      "small",
      {},
      bucket ? `${bucket}${limit ? ` · ${remaining} of ${limit} left` : ""}` : "no bucket",
    ),
  );
}

/** A path without its version, its tokens and the length of its ids. */
function short(path) {
  return path
    .replace(/^\/api\/v\d+/, "")
    .replace(/\d{12,}/g, (id) => `…${id.slice(-4)}`)
    .replace(/[\w-]{40,}/g, "…");
}
