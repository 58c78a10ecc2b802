/** The message box: words, mentions, commands, files, replies and edits. */

import { element, fill, icon } from "../dom.js";
import { CommandLine } from "./commandline.js";
import { CommandPicker } from "./commandpicker.js";
import { Files } from "./files.js";
import { beingTyped, decoded, encoded, mentionable } from "./mentions.js";
import { Purpose } from "./purpose.js";
import { Suggestions } from "./suggestions.js";
import { TypingLine } from "./typing.js";

const LONGEST = 2000; // Discord's limit for a message
const COUNTED_FROM = 200; // characters left, from which they are counted down
const TYPING_EVERY = 8_000; // milliseconds between two "is typing"
const SHOWN_MENTIONS = 10;
const THREADS = new Set([11, 12]);
const DM = 1;
const NOT_ALLOWED = "You do not have permission to send messages in this channel.";

export class Composer {
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.store = page.store;
    this.drafts = new Map();
    this.suggestions = new Suggestions();
    this.files = new Files(page.complain);
    this.purpose = new Purpose(() => this.forget(Boolean(this.purpose.editing)));
    this.picker = new CommandPicker(page, this.suggestions, (command, rest) =>
      this.begin(command, rest),
    );
    this.build();
    this.listen();
  }

  build() {
    this.box = element("textarea.words", {
      id: "words",
      rows: "1",
      autocomplete: "off",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
    });
    this.counter = element("span.counter", { hidden: true });
    const attach = button("plus", "Attach files", () => this.files.choose());
    const send = button("reply", "Send", () => this.send());
    send.classList.add("send");
    this.line = element(
      "div.composer-line",
      {},
      ...[attach, this.box, this.counter, this.files.chooser, send],
    );
    this.frame = element("div.composer-frame", {}, this.purpose.node, this.files.node, this.line);
    fill(this.place, this.suggestions.node, this.frame, new TypingLine(this.store).node);
  }

  listen() {
    const { store, box } = this;
    store.on("channel", () => this.enter());
    store.on("places", () => this.refresh());
    box.addEventListener("input", () => this.typed());
    box.addEventListener("click", () => this.suggest());
    box.addEventListener("blur", () => this.suggestions.hide());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("paste", (event) => this.drop(event, event.clipboardData));
    this.place.addEventListener("dragover", (event) => event.preventDefault());
    this.place.addEventListener("drop", (event) => this.drop(event, event.dataTransfer));
    document.addEventListener("keydown", (event) => this.typedElsewhere(event));
  }

  /** Another channel: its own draft, and what may be said in it. */
  enter() {
    if (this.at) this.drafts.set(this.at, this.box.value);
    this.at = this.store.channel;
    this.leaveCommand();
    this.forget();
    this.box.value = this.drafts.get(this.at) ?? "";
    this.refresh();
    this.resize();
    if (matchMedia("(hover: hover)").matches) this.box.focus();
  }

  refresh() {
    const { current } = this.store;
    if (!current) return;
    const thread = THREADS.has(current.type);
    const needed = thread ? "SEND_MESSAGES_IN_THREADS" : "SEND_MESSAGES";
    const allowed = current.type === DM || this.store.can(needed);
    const sign = current.type === DM ? "@" : thread ? "" : "#";
    this.box.disabled = !allowed;
    this.box.placeholder = allowed ? `Message ${sign}${this.store.titleOf(current)}` : NOT_ALLOWED;
    this.box.setAttribute("aria-label", this.box.placeholder);
  }

  typed() {
    this.resize();
    this.suggest();
    const now = Date.now();
    const said = this.box.value && !this.box.value.startsWith("/");
    if (!said || now - (this.typingAt ?? 0) < TYPING_EVERY) return;
    this.typingAt = now;
    this.store.act("type", { channel: this.store.channel }).catch(() => {}); // only a courtesy
  }

  resize() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
    const left = LONGEST - this.box.value.length;
    this.counter.hidden = left > COUNTED_FROM;
    this.counter.textContent = left;
    this.counter.classList.toggle("over", left < 0);
  }

  suggest() {
    if (this.box.value.startsWith("/") && !this.purpose.editing) this.picker.suggest(this.box);
    else this.suggestMentions();
  }

  suggestMentions() {
    const { box } = this;
    const mention = beingTyped(box.value, box.selectionStart);
    const typed = mention?.typed.toLowerCase();
    const found = mention ? mentionable(mention.sign, this.store) : [];
    const items = found
      .filter((one) => one.label.slice(1).toLowerCase().includes(typed))
      .slice(0, SHOWN_MENTIONS)
      .map((one) => ({
        label: one.label,
        content: [element("b", {}, one.label), element("span.about", {}, one.about)],
        choose: () => this.mention(mention, one),
      }));
    const title = mention?.sign === "@" ? "Members and roles" : "Channels";
    if (items.length) this.suggestions.show(box, title, items);
    else this.suggestions.hide();
  }

  mention({ start }, { label }) {
    const after = this.box.value.slice(this.box.selectionStart);
    this.box.value = `${this.box.value.slice(0, start)}${label} ${after}`;
    this.box.setSelectionRange(start + label.length + 1, start + label.length + 1);
    this.suggestions.hide();
    this.resize();
  }

  key(event) {
    if (this.suggestions.takes(event) || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) this.send();
    else if (event.key === "Escape") this.forget(Boolean(this.purpose.editing));
    else if (event.key === "ArrowUp" && !this.box.value) this.editLast();
    else return;
    event.preventDefault();
  }

  /** Letters typed anywhere but in a field belong into the box; "/" above all. */
  typedElsewhere(event) {
    const { target } = event;
    const written = event.key.length === 1 && event.key !== " ";
    if (!written || event.ctrlKey || event.metaKey || event.altKey) return;
    const elsewhere = target === document.body || target.closest?.("#scroller");
    const control = target.closest?.("button, input, summary, [role=button], [role=option]");
    if (elsewhere && !control && !this.box.disabled && !this.commandLine) this.box.focus();
  }

  drop(event, { files }) {
    if (!files.length) return;
    event.preventDefault();
    this.files.add([...files]);
  }

  async send() {
    const content = encoded(this.box.value.trim(), this.store);
    const files = this.files.list;
    if (!content && !files.length) return;
    const { channel } = this.store;
    const { editing, fields } = this.purpose;
    const [what, more] = editing
      ? ["edit", { message: editing.id, content }]
      : ["send", { channel, content, ...fields, ...(files.length && { files }) }];
    this.empty();
    try {
      await this.store.act(what, more);
    } catch (error) {
      this.page.complain(error);
      if (!this.box.value && channel === this.store.channel) {
        this.box.value = decoded(content, this.store);
      }
      this.resize();
    }
  }

  empty() {
    this.typingAt = 0;
    this.files.clear();
    this.forget(true);
  }

  /** Reply to nothing, edit nothing. */
  forget(clear = false) {
    if (clear) this.box.value = "";
    this.purpose.clear();
    this.suggestions.hide();
    this.resize();
  }

  replyTo(message) {
    this.forget(Boolean(this.purpose.editing));
    this.purpose.reply(message);
    this.box.focus();
  }

  edit(message) {
    this.forget();
    this.purpose.edit(message);
    this.box.value = decoded(message.content, this.store);
    this.box.focus();
    this.resize();
  }

  editLast() {
    const { list } = this.store.messagesOf(this.store.channel);
    const mine = list.findLast((one) => one.author.id === this.store.you && one.content);
    if (mine) this.edit(mine);
  }

  /** Begin to fill in a command that is named somewhere on the page. */
  async startCommand(name) {
    const command = await this.picker.find(name);
    if (command) this.begin(command);
  }

  begin(command, rest = "") {
    this.box.value = "";
    this.leaveCommand();
    this.commandLine = new CommandLine(command, {
      store: this.store,
      suggestions: this.suggestions,
      leave: () => this.leaveCommand(true),
      run: (what) => this.run(what),
    });
    this.line.hidden = true;
    this.frame.append(this.commandLine.node, this.commandLine.failure);
    this.commandLine.start(rest);
  }

  leaveCommand(focus = false) {
    this.suggestions.hide();
    this.commandLine?.node.remove();
    this.commandLine?.failure.remove();
    this.commandLine = null;
    this.line.hidden = false;
    this.resize();
    if (focus) this.box.focus();
  }

  run({ command, options }) {
    this.leaveCommand(true);
    this.page.interact("slash", { channel: this.store.channel, command, options });
  }
}

function button(picture, label, press) {
  const attributes = { type: "button", title: label, "aria-label": label, onclick: press };
  return element("button.icon-button", attributes, icon(picture));
}
