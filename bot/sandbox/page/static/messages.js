/**
 * The messages of the channel that is looked at.
 *
 * Changes are gathered and drawn once per frame of the screen; only what changed is touched.
 * Messages out of sight cost nothing: see chunks.js.
 */

import { Chunks } from "./chunks.js";
import { byId, fill } from "./dom.js";
import { MessageView } from "./message.js";

const NEAR_THE_END = 80; // pixels from the end within which one counts as reading along
const NEAR_THE_TOP = 600; // pixels from the top at which older messages are asked for

export class MessageList {
  /** @param {object} page what messages may ask of the page: `store`, `act`, `interact`, `dismiss`. */
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.scroller = byId("scroller");
    this.list = byId("messages");
    this.chunks = new Chunks(this.list);
    this.views = new Map();
    this.dirty = new Set();
    this.readingAlong = true;
    this.before = 0; // where one was before the last scrolling
    this.listen();
  }

  listen() {
    const { store } = this;
    store.on("channel", () => this.show());
    store.on("snapshot", () => this.show());
    store.on("places", () => this.redraw());
    store.on("history", (channel) => channel === store.channel && this.arrange());
    store.on(
      "message",
      ({ message }) => message.channel === store.channel && this.touch(message.id),
    );
    store.on(
      "deleted",
      ({ channel, messages }) =>
        channel === store.channel && messages.forEach((id) => this.touch(id)),
    );
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroller.addEventListener("click", (event) => this.followLink(event));
    this.scroller.addEventListener("keydown", (event) => this.move(event));
    new ResizeObserver(() => this.readingAlong && this.toEnd()).observe(this.list);
    new ResizeObserver(() => this.readingAlong && this.toEnd()).observe(this.scroller);
  }

  /** Show another channel, from its end. */
  show() {
    this.views.clear();
    this.dirty.clear();
    fill(this.list);
    this.readingAlong = true;
    const messages = this.messages;
    if (!messages) return;
    if (!messages.complete) this.store.loadHistory(this.store.channel).catch(this.page.complain);
    this.arrange();
  }

  get messages() {
    return this.store.current && this.store.messagesOf(this.store.channel);
  }

  /** Draw a message anew at the next frame. */
  touch(id) {
    this.dirty.add(id);
    if (this.dirty.size === 1) requestAnimationFrame(() => this.draw());
  }

  draw() {
    const { messages } = this;
    if (!messages) return;
    for (const id of this.dirty) {
      const message = messages.byId.get(id);
      if (!message) {
        this.takeOut(id);
        continue;
      }
      const place = messages.indexOf(id);
      if (!this.views.has(id)) this.putIn(message, messages.list[place + 1]);
      this.views.get(id).update(message, messages.list[place - 1]);
      this.refreshAfter(messages, place);
    }
    this.dirty.clear();
    if (this.readingAlong) this.toEnd();
  }

  /** Put all known messages of the channel in their order, those that came from above included. */
  arrange() {
    const { list, complete, more } = this.messages;
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    let next = null;
    for (let place = list.length - 1; place >= 0; place--) {
      const message = list[place];
      if (!this.views.has(message.id))
        this.views.set(message.id, new MessageView(message, this.page));
      const view = this.views.get(message.id);
      view.update(message, list[place - 1]);
      if (!view.node.isConnected) this.chunks.put(view.node, next);
      next = view.node;
    }
    byId("beginning").hidden = !complete || more;
    if (this.readingAlong) this.toEnd();
    else this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
  }

  redraw() {
    for (const view of this.views.values()) view.forget();
    if (this.messages) this.arrange();
    else this.show();
  }

  putIn(message, next) {
    const view = new MessageView(message, this.page);
    this.views.set(message.id, view);
    this.chunks.put(view.node, (next && this.views.get(next.id)?.node) ?? null);
  }

  takeOut(id) {
    const view = this.views.get(id);
    if (!view) return;
    const next = this.chunks.neighbour(view.node, 1);
    this.chunks.remove(view.node);
    this.views.delete(id);
    if (next) this.refreshAfter(this.messages, this.messages.indexOf(next.dataset.id) - 1);
  }

  /** The message after one may need a heading now, or no more. */
  refreshAfter(messages, place) {
    const next = messages.list[place + 1];
    if (next) this.views.get(next.id)?.update(next, messages.list[place]);
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Content that grows leaves the end behind as well: only who scrolls up has left it.
    if (scrollHeight - scrollTop - clientHeight < NEAR_THE_END) this.readingAlong = true;
    else if (scrollTop < this.before) this.readingAlong = false;
    this.before = scrollTop;
    if (scrollTop < NEAR_THE_TOP && this.messages?.complete && this.messages.more) {
      this.store.loadHistory(this.store.channel).catch(this.page.complain);
    }
  }

  followLink({ target }) {
    const channel = target.closest("[data-channel]")?.dataset.channel;
    const jump = target.closest("[data-jump]")?.dataset.jump;
    const command = target.closest("[data-command]")?.dataset.command;
    if (channel) this.store.open(channel);
    if (command) this.page.startCommand(command);
    if (jump) this.jumpTo(jump);
  }

  jumpTo(id) {
    const node = this.views.get(id)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.focus();
  }

  /** The arrows go from message to message, when one of them has the focus. */
  move(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.target.closest("input, textarea, details[open], [role=menu]")) return;
    const here = event.target.closest("li.message");
    const next = here ? this.chunks.neighbour(here, step) : this.chunks.last;
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}
