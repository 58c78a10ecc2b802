/** A command being filled in: its options as fields, checked as Discord's app does. */

import { element, fill, icon } from "../dom.js";
import { ATTACHMENT, choicesOf, typeName, valueOf } from "./options.js";
import { upload } from "./uploads.js";

const PAUSE = 120; // milliseconds of rest in typing before suggestions are asked for

export class CommandLine {
  /**
   * @param {object} command one of commands.js.
   * @param {{store: object, suggestions: object, run: function(object): void, leave: function(): void}} around
   */
  constructor(command, around) {
    this.command = command;
    Object.assign(this, around);
    this.fields = new Map(); // by option name: {option, input, chosen, node}
    this.more = element("div.more-options");
    this.places = element("div.option-fields");
    this.failure = element("div.option-error", { role: "alert", hidden: true });
    this.node = element(
      "div.command-line",
      { role: "group", "aria-label": `/${command.name}` },
      element("span.command-name", {}, `/${command.name}`),
      this.places,
      this.more,
      element(
        "button.icon-button.run",
        {
          type: "button",
          title: "Run the command (Enter)",
          "aria-label": "Run the command",
          onclick: () => this.submit(),
        },
        icon("reply"),
      ),
      element(
        "button.icon-button",
        {
          type: "button",
          title: "Leave it (Escape)",
          "aria-label": "Leave the command",
          onclick: () => this.leave(),
        },
        icon("close"),
      ),
    );
    this.node.addEventListener("keydown", (event) => this.key(event));
    for (const option of command.options.filter((one) => one.required)) this.add(option);
    this.offerMore();
  }

  /** Begin with what was typed behind the command already, if anything was. */
  start(text = "") {
    const first = this.fields.values().next().value;
    if (first && text) first.input.value = text;
    (first?.input ?? this.more.querySelector("button") ?? this.node.querySelector(".run")).focus();
  }

  add(option) {
    const file = option.type === ATTACHMENT;
    const input = element("input", {
      type: file ? "file" : "text",
      role: file ? null : "combobox",
      autocomplete: "off",
      spellcheck: option.type === 3 ? "true" : "false",
      "aria-label": `${option.name}: ${option.description}`,
      "aria-required": String(Boolean(option.required)),
      dataset: { option: option.name },
    });
    const field = { option, input, chosen: undefined };
    const label = element(
      "span.option-name",
      { "aria-hidden": "true" },
      option.name,
      option.required && element("b", { title: "required" }, "*"),
    );
    field.node = element("label.option-field", {}, label, input);
    input.addEventListener("input", () => this.typed(field));
    input.addEventListener("focus", () => this.suggest(field));
    input.addEventListener("blur", () => this.check(field));
    this.fields.set(option.name, field);
    this.places.append(field.node);
    return field;
  }

  remove(field) {
    if (field.option.required) return;
    const before = field.node.previousElementSibling?.querySelector("input");
    this.fields.delete(field.option.name);
    field.node.remove();
    this.offerMore();
    (before ?? this.more.querySelector("button")).focus();
  }

  offerMore() {
    const left = this.command.options.filter((one) => !this.fields.has(one.name));
    fill(
      this.more,
      left.map((option) =>
        element(
          "button.option-more",
          {
            type: "button",
            title: option.description,
            "aria-label": `Add the option ${option.name}: ${option.description}`,
            onclick: () => {
              const field = this.add(option);
              this.offerMore();
              field.input.focus();
            },
          },
          `+ ${option.name}`,
        ),
      ),
    );
  }

  typed(field) {
    field.chosen = undefined;
    this.clearError(field);
    clearTimeout(this.timer);
    // Only what the bot is asked for waits: Enter must never choose from a list that is out of date.
    if (field.option.autocomplete) this.timer = setTimeout(() => this.suggest(field), PAUSE);
    else this.suggest(field);
  }

  /** Show what an option is for, and what can be chosen for it. */
  async suggest(field) {
    const { option, input } = field;
    const kind = `${typeName(option)}${option.required ? ", required" : ", optional"}`;
    const title = [
      element("b", {}, option.name),
      " ",
      option.description,
      element("span.type", {}, kind),
    ];
    if (option.autocomplete) return this.complete(field, title);
    const wanted = field.chosen === undefined ? input.value.trim().toLowerCase() : "";
    const choices = choicesOf(option, this.store) ?? [];
    this.offer(
      field,
      title,
      choices.filter((one) => String(one.name).toLowerCase().includes(wanted)),
    );
    return undefined;
  }

  async complete(field, title) {
    const asked = (this.asked = {});
    this.suggestions.show(
      field.input,
      [...title, element("span.loading", {}, "Loading options…")],
      [],
    );
    let choices = [];
    let failed = false;
    try {
      ({ choices } = await this.store.act("autocomplete", {
        channel: this.store.channel,
        command: this.command.name,
        option: field.option.name,
        value: field.chosen === undefined ? field.input.value : "",
        options: this.filledIn(field),
      }));
    } catch {
      failed = true;
    }
    if (this.asked !== asked || document.activeElement !== field.input) return;
    const word = failed
      ? "Loading options failed"
      : choices.length
        ? ""
        : "No options match your search";
    this.offer(field, [...title, word && element("span.loading", {}, word)], choices);
  }

  offer(field, title, choices) {
    const items = choices.slice(0, 25).map((one) => ({
      label: String(one.name),
      content: element("span", {}, one.name),
      choose: () => this.choose(field, one),
    }));
    this.suggestions.show(field.input, title, items);
  }

  choose(field, { name, value }) {
    clearTimeout(this.timer);
    field.input.value = name;
    field.chosen = value;
    this.suggestions.hide();
    this.clearError(field);
    const fields = [...this.fields.values()];
    const next = fields.slice(fields.indexOf(field) + 1).find((one) => !one.input.value);
    next?.input.focus();
  }

  /** What is in the other fields, for the bot's suggestions. */
  filledIn(except) {
    const values = {};
    for (const field of this.fields.values()) {
      const { value } =
        field === except || field.option.type === ATTACHMENT ? {} : this.read(field);
      if (value !== undefined) values[field.option.name] = value;
    }
    return values;
  }

  read({ option, input, chosen }) {
    return valueOf(option, input.value, chosen, this.store);
  }

  /** Mark a field that was left with something wrong in it. */
  check(field) {
    if (field.input.value && field.option.type !== ATTACHMENT)
      this.mark(field, this.read(field).error);
  }

  mark(field, error) {
    field.node.classList.toggle("wrong", Boolean(error));
    field.input.setAttribute("aria-invalid", String(Boolean(error)));
    if (error) fill(this.failure, element("b", {}, `${field.option.name}: `), error).hidden = false;
  }

  clearError(field) {
    this.mark(field, undefined);
    this.failure.hidden = true;
  }

  /** Run the command, if every option is right; else lead to the first that is not. */
  async submit() {
    const options = {};
    for (const field of this.fields.values()) {
      const { value, error } =
        field.option.type === ATTACHMENT ? await this.file(field) : this.read(field);
      if (error) {
        this.mark(field, error);
        field.input.focus();
        return;
      }
      if (value !== undefined) options[field.option.name] = value;
    }
    this.run({ command: this.command.name, options });
  }

  async file({ option, input }) {
    if (!input.files[0])
      return option.required ? { error: "This option is required. Specify a value." } : {};
    try {
      return { value: await upload(input.files[0]) };
    } catch (error) {
      return { error: error.message };
    }
  }

  key(event) {
    const field = [...this.fields.values()].find((one) => one.input === event.target);
    const emptied = event.key === "Backspace" && field && !field.input.value;
    if (field && event.key !== "Escape" && this.suggestions.takes(event)) return;
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter" && field && !event.isComposing) this.submit();
    else if (emptied && !field.option.required) this.remove(field);
    else if (emptied) this.leave();
    else return;
    event.preventDefault();
  }
}
