/** Each request to WeryAI: its messages, its options, and how its answer came. */

import { answerTable } from "../answerwords.js";
import { element, fill } from "../dom.js";
import { Panel, precisely } from "./redrawing.js";

const SHOWN = 40;
const EXCERPT = 600; // characters of a message

export class Weryai extends Panel {
  constructor(place, page) {
    super(place, page);
    this.rows = new Map(); // by request id: {node, key}
    this.about = element("p.subtext");
    this.words = element("details.answers");
    this.list = element("div.weryai-list");
    fill(place, this.about, this.words, this.list);
    this.store.on("weryai", () => this.changed());
    this.store.on("snapshot", () => {
      this.rows.clear();
      this.newest = null;
      fill(this.list);
      this.drawWords();
      this.changed();
    });
  }

  drawWords() {
    const { answers } = this.store;
    this.words.hidden = !answers.length;
    fill(this.words, element("summary", {}, "Which words give which answer"), answerTable(answers));
  }

  draw() {
    const { store } = this;
    const requests = [...store.weryai.values()].slice(-SHOWN);
    this.about.textContent = store.realModels
      ? "WERYAI_API_KEY is set: the real models answer. What they are sent is not seen here."
      : requests.length
        ? `${store.weryai.size} ${store.weryai.size === 1 ? "request" : "requests"} to the local WeryAI.`
        : "Nothing has been asked of WeryAI yet.";
    for (const request of requests) this.show(request);
  }

  show(request) {
    const key = JSON.stringify(request);
    const row = this.rows.get(request.id);
    if (row?.key === key) return;
    if (row) {
      row.key = key;
      fill(row.summary, summary(request, this.store));
      fill(row.foot, foot(request));
      return;
    }
    const parts = {
      key,
      summary: element("summary", {}, summary(request, this.store)),
      foot: element("p.subtext", {}, foot(request)),
    };
    const node = element(
      "details.weryai-request",
      {},
      parts.summary,
      options(request),
      messages(request),
      parts.foot,
    );
    // The newest one is open, unless somebody closed the one before it.
    node.open = this.newest?.open ?? true;
    if (this.newest) this.newest.open = false;
    this.newest = node;
    this.rows.set(request.id, parts);
    this.list.prepend(node);
  }
}

function summary({ at, model, messages: said, state, status, fault }, store) {
  return [
    element("b", {}, model),
    element(
      "span.count",
      { title: `At most ${store.maxMessages} messages are sent` },
      `${said.length} of ${store.maxMessages} messages`,
    ),
    element(`span.state.${state}`, {}, state),
    fault && element("span.fault", {}, fault),
    status >= 400 && element("span.status.refused", {}, status),
    element("time", {}, precisely(at)),
  ];
}

function options({ options: given, stream }) {
  const entries = Object.entries({ stream, ...given });
  return element(
    "dl.options",
    {},
    entries.map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, JSON.stringify(value))),
    ),
  );
}

function messages({ messages: said }) {
  return element(
    "ol.said",
    {},
    said.map(({ role, content }) => {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      return element(
        `li.${role}`,
        {},
        element("b", {}, role),
        element(
          "span",
          {},
          text.length > EXCERPT ? `${text.slice(0, EXCERPT)} … (${text.length} characters)` : text,
        ),
      );
    }),
  );
}

function foot({ at, deltas, first_at: first, last_at: last }) {
  if (!first) return deltas ? `${deltas} pieces` : "No piece of an answer yet.";
  const spent = last - first;
  return `First piece after ${(first - at).toFixed(2)} s, ${deltas} pieces in ${spent.toFixed(1)} s${spent > 0.5 ? `, ${Math.round(deltas / spent)} a second` : ""}.`;
}
