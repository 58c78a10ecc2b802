/** The message box: words, mentions, commands, files, replies and edits. */

import { element, fill, icon } from "../dom.js";
import { CommandLine } from "./commandline.js";
import { matching, named, slashCommands } from "./commands.js";
import { beingTyped, decoded, encoded, mentionable } from "./mentions.js";
import { Suggestions } from "./suggestions.js";
import { TypingLine } from "./typing.js";
import { upload } from "./uploads.js";

const LONGEST = 2000; // Discord's limit for a message
const TYPING_EVERY = 8_000; // milliseconds between two "is typing"
const SHOWN_MENTIONS = 10;

export class Composer {
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.store = page.store;
    this.suggestions = new Suggestions();
    this.drafts = new Map();
    this.files = [];
    this.commands = new Map(); // by channel; asked for anew when they may have changed
    this.build();
    this.listen();
  }

  build() {
    this.box = element("textarea.words", {
      id: "words", rows: "1", autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false",
    });
    this.bar = element("div.composer-bar", { hidden: true });
    this.fileRow = element("div.composer-files", { hidden: true });
    this.counter = element("span.counter", { hidden: true });
    this.picker = element("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", onchange: () => this.attach([...this.picker.files]) });
    this.line = element("div.composer-line", {},
      element("button.icon-button", { type: "button", title: "Attach files", "aria-label": "Attach files", onclick: () => this.picker.click() }, icon("plus")),
      this.box, this.counter, this.picker,
      element("button.icon-button.send", { type: "button", title: "Send (Enter)", "aria-label": "Send", onclick: () => this.send() }, icon("reply")));
    this.frame = element("div.composer-frame", {}, this.bar, this.fileRow, this.line);
    fill(this.place, this.suggestions.node, this.frame, new TypingLine(this.store).node);
  }

  listen() {
    const { store, box } = this;
    store.on("channel", () => this.enter());
    store.on("snapshot", () => this.commands.clear());
    for (const topic of ["places", "commands"]) store.on(topic, () => this.refresh());
    box.addEventListener("input", () => this.typed());
    box.addEventListener("click", () => this.suggest());
    box.addEventListener("blur", () => this.suggestions.hide());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("paste", (event) => event.clipboardData.files.length && (event.preventDefault(), this.attach([...event.clipboardData.files])));
    this.place.addEventListener("dragover", (event) => event.preventDefault());
    this.place.addEventListener("drop", (event) => (event.preventDefault(), this.attach([...event.dataTransfer.files])));
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
    this.commands.clear();
    const { current } = this.store;
    if (!current) return;
    const thread = current.type === 11 || current.type === 12;
    const allowed = current.type === 1 || this.store.can(thread ? "SEND_MESSAGES_IN_THREADS" : "SEND_MESSAGES");
    const title = `${current.type === 1 ? "@" : thread ? "" : "#"}${this.store.titleOf(current)}`;
    this.box.disabled = !allowed;
    this.box.placeholder = allowed ? `Message ${title}` : "You do not have permission to send messages in this channel.";
    this.box.setAttribute("aria-label", this.box.placeholder);
  }

  typed() {
    this.resize();
    this.suggest();
    const now = Date.now();
    if (!this.box.value || this.box.value.startsWith("/") || now - (this.typingAt ?? 0) < TYPING_EVERY) return;
    this.typingAt = now;
    this.store.act("type", { channel: this.store.channel }).catch(() => {}); // only a courtesy
  }

  resize() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
    const left = LONGEST - this.box.value.length;
    this.counter.hidden = left > 200;
    this.counter.textContent = left;
    this.counter.classList.toggle("over", left < 0);
  }

  async suggest() {
    const { box } = this;
    if (box.value.startsWith("/") && !this.editing) return this.suggestCommands();
    const mention = beingTyped(box.value, box.selectionStart);
    const found = mention && mentionable(mention.sign, this.store).filter((one) => one.label.slice(1).toLowerCase().includes(mention.typed.toLowerCase()));
    if (!found?.length) return this.suggestions.hide();
    const items = found.slice(0, SHOWN_MENTIONS).map((one) => ({
      label: one.label,
      content: [element("b", {}, one.label), element("span.about", {}, one.about)],
      choose: () => this.mention(mention, one),
    }));
    return this.suggestions.show(box, mention.sign === "@" ? "Members and roles" : "Channels", items);
  }

  async suggestCommands() {
    const commands = await this.offered();
    const { value } = this.box;
    if (!value.startsWith("/")) return;
    const whole = named(commands, value);
    if (whole) {
      this.begin(whole.command, whole.rest);
      return;
    }
    const items = matching(commands, value.slice(1)).map((command) => ({
      label: command.name,
      content: commandRow(command),
      choose: () => this.begin(command),
    }));
    const title = items.length ? `Commands of ${this.store.nameOf(this.store.bot) ?? "the bot"}` : "No command matches. Discord would send this as text.";
    this.suggestions.show(this.box, title, items);
  }

  async offered() {
    const { channel } = this.store;
    if (!this.commands.has(channel)) {
      this.commands.set(channel, this.store.act("commands", { channel }).then((answer) => slashCommands(answer.commands), (error) => {
        this.page.complain(error);
        return [];
      }));
    }
    return this.commands.get(channel);
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
    const empty = !this.box.value;
    if (event.key === "Enter" && !event.shiftKey) this.send();
    else if (event.key === "Escape" && this.editing) this.forget(true);
    else if (event.key === "Escape") this.forget();
    else if (event.key === "ArrowUp" && empty) this.editLast();
    else return;
    event.preventDefault();
  }

  /** Letters typed anywhere but in a field belong into the box; "/" above all. */
  typedElsewhere(event) {
    const elsewhere = event.target === document.body || event.target.closest?.("#scroller");
    if (!elsewhere || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " || this.box.disabled || this.commandLine || event.target.closest("button, input, summary, [role=button]")) return;
    this.box.focus();
  }

  async send() {
    const content = encoded(this.box.value.trim(), this.store);
    if (!content && !this.files.length) return;
    const { channel } = this.store;
    const { editing, replying, files } = this;
    const pinging = this.pinging;
    try {
      if (editing) await this.store.act("edit", { message: editing.id, content });
      else {
        this.empty();
        await this.store.act("send", { channel, content, ...(replying && { reply_to: replying.id, ping: pinging }), ...(files.length && { files }) });
        return;
      }
      this.empty();
    } catch (error) {
      this.page.complain(error);
      if (!editing && !this.box.value && channel === this.store.channel) this.box.value = decoded(content, this.store);
      this.resize();
    }
  }

  empty() {
    this.box.value = "";
    this.files = [];
    this.typingAt = 0;
    this.suggestions.hide();
    this.forget();
    this.showFiles();
    this.resize();
  }

  /** Reply to nothing, edit nothing. */
  forget(clear = false) {
    if (clear) this.box.value = "";
    this.editing = this.replying = null;
    this.bar.hidden = true;
    this.suggestions.hide();
    this.resize();
  }

  replyTo(message) {
    this.forget(Boolean(this.editing));
    this.replying = message;
    this.pinging = true;
    const ping = element("button.link", { type: "button", "aria-pressed": "true" }, "@ ON");
    ping.addEventListener("click", () => {
      this.pinging = !this.pinging;
      ping.textContent = this.pinging ? "@ ON" : "@ OFF";
      ping.setAttribute("aria-pressed", String(this.pinging));
    });
    this.showBar("Replying to ", message.display, ping);
  }

  edit(message) {
    this.forget();
    this.editing = message;
    this.box.value = decoded(message.content, this.store);
    this.showBar("Editing ", "your message", null);
    this.resize();
  }

  editLast() {
    const mine = this.store.messagesOf(this.store.channel).list.filter((one) => one.author.id === this.store.you && one.content);
    if (mine.length) this.edit(mine.at(-1));
  }

  showBar(words, name, extra) {
    fill(this.bar, element("span", {}, words, element("b", {}, name)), extra,
      element("button.icon-button", { type: "button", "aria-label": "Cancel", title: "Cancel (Escape)", onclick: () => this.forget(Boolean(this.editing)) }, icon("close")));
    this.bar.hidden = false;
    this.box.focus();
  }

  async attach(files) {
    for (const file of files) {
      try {
        this.files.push(await upload(file));
      } catch (error) {
        this.page.complain(error);
      }
    }
    this.picker.value = "";
    this.showFiles();
    this.box.focus();
  }

  showFiles() {
    this.fileRow.hidden = !this.files.length;
    fill(this.fileRow, this.files.map((file, place) => element("span.chip", {}, icon("file"), file.name,
      element("button.icon-button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: () => (this.files.splice(place, 1), this.showFiles()) }, icon("close")))));
  }

  /** Begin to fill in a command that was chosen or is named somewhere. */
  async startCommand(name) {
    const command = (await this.offered()).find((one) => one.name === name);
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

function commandRow({ name, description, options }) {
  const shown = options.map((one) => element(one.required ? "span.option.required" : "span.option", {}, one.name));
  return [element("span.command", {}, element("b", {}, `/${name}`), shown), element("span.about", {}, description)];
}
