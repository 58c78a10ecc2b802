/** The list of commands above the box, once a slash is typed. */

import { element } from "../dom.js";
import { matching, named, slashCommands } from "./commands.js";

export class CommandPicker {
  /**
   * @param {object} page what the parts may ask of the page.
   * @param {object} suggestions the list above the box.
   * @param {function(object, string=): void} begin called with the command, and what follows it.
   */
  constructor(page, suggestions, begin) {
    this.page = page;
    this.store = page.store;
    this.suggestions = suggestions;
    this.begin = begin;
    this.byChannel = new Map(); // what is offered; asked for anew when it may have changed
    for (const topic of ["snapshot", "places", "commands"]) {
      this.store.on(topic, () => this.byChannel.clear());
    }
  }

  /** Offer what the text in the box could mean; a command that is named in full is begun. */
  async suggest(box) {
    const commands = await this.offered();
    if (!box.value.startsWith("/")) return;
    const whole = named(commands, box.value);
    if (whole) {
      this.begin(whole.command, whole.rest);
      return;
    }
    const items = matching(commands, box.value.slice(1)).map((command) => ({
      label: command.name,
      content: row(command),
      choose: () => this.begin(command),
    }));
    const title = items.length
      ? `Commands of ${this.store.nameOf(this.store.bot) ?? "the bot"}`
      : "No command matches. Discord would send this as text.";
    this.suggestions.show(box, title, items);
  }

  /** The command of a name, if it is offered here. */
  async find(name) {
    return (await this.offered()).find((one) => one.name === name);
  }

  offered() {
    const { channel } = this.store;
    if (!this.byChannel.has(channel)) this.byChannel.set(channel, this.ask(channel));
    return this.byChannel.get(channel);
  }

  async ask(channel) {
    try {
      const { commands } = await this.store.act("commands", { channel });
      return slashCommands(commands);
    } catch (error) {
      this.page.complain(error);
      this.byChannel.delete(channel);
      return [];
    }
  }
}

function row({ name, description, options }) {
  const shown = options.map((one) =>
    element(one.required ? "span.option.required" : "span.option", {}, one.name),
  );
  return [
    element("span.command", {}, element("b", {}, `/${name}`), shown),
    element("span.about", {}, description),
  ];
}
