/** What moderators and members do with places: make, name, share and remove them. */

import { element } from "../dom.js";
import { labelled, openDialog } from "./dialog.js";
import { openForm } from "./forms.js";
import { permissionTable } from "./permissions.js";

const LONGEST_NAME = 100; // Discord's limit for channels and threads

export class Dialogs {
  constructor(page) {
    this.page = page;
    this.store = page.store;
  }

  openForm(interaction) {
    openForm(interaction, this.page);
  }

  createChannel(guild) {
    this.askName(
      {
        title: `Create a channel in ${guild.name}`,
        label: "Channel name",
        submit: "Create channel",
        value: "",
      },
      (name) =>
        this.open("create_channel", {
          guild: guild.id,
          name: name.toLowerCase().replace(/\s+/g, "-"),
        }),
    );
  }

  /** `where` is {channel} or {message}; `words` are the message's. */
  startThread(where, words = "") {
    const name = words.replace(/\s+/g, " ").slice(0, 40);
    const hidden = where.channel && element("input", { type: "checkbox" });
    this.askName(
      {
        title: "Start a thread",
        label: "Thread name",
        submit: "Create thread",
        value: name,
        extra:
          hidden && element("label.check", {}, hidden, " Private: only invited members see it"),
      },
      (chosen) =>
        this.open("start_thread", {
          ...where,
          name: chosen,
          ...(hidden && { private: hidden.checked }),
        }),
    );
  }

  renameThread(thread) {
    this.askName(
      { title: "Rename the thread", label: "Thread name", submit: "Rename", value: thread.name },
      (name) => this.attempt("change_thread", { channel: thread.id, name }),
    );
  }

  deleteChannel(channel) {
    openDialog({
      title: `Delete ${channel.name}?`,
      body: element("p", {}, "Everything that was said in it goes, too."),
      submit: "Delete",
      danger: true,
      send: () => this.attempt("delete_channel", { channel: channel.id }),
    });
  }

  addMember(thread) {
    const guild = this.store.guildOf(thread);
    const others = guild.members.filter((one) => !thread.members.includes(one.user));
    const choice = element(
      "select",
      {},
      others.map((one) => element("option", { value: one.user }, one.display)),
    );
    openDialog({
      title: `Add somebody to ${thread.name}`,
      body: others.length
        ? labelled("Member", choice)
        : element("p", {}, "Everybody is in it already."),
      submit: others.length ? "Add" : null,
      send: () => this.attempt("add_member", { channel: thread.id, user: choice.value }),
    });
  }

  permissions(channel) {
    const { page } = this;
    openDialog({
      title: `Permissions in ${channel.name}`,
      body: permissionTable(channel, page),
      submit: null,
      send: async () => null,
    });
  }

  askName({ title, label, submit, value, extra }, send) {
    const input = element("input", {
      type: "text",
      maxlength: LONGEST_NAME,
      value,
      autocomplete: "off",
    });
    openDialog({
      title,
      body: [labelled(label, input), extra],
      submit,
      send: async () =>
        input.value.trim() ? send(input.value.trim()) : `${label}: This field is required.`,
    });
  }

  /** Do something; what is wrong with it, if it was refused. */
  async attempt(what, fields) {
    try {
      await this.store.act(what, fields);
      return null;
    } catch (error) {
      return error.message;
    }
  }

  /** Make a place, and look at it as soon as it is there. */
  async open(what, fields) {
    try {
      const { channel } = await this.store.act(what, fields);
      this.store.openWhenThere(channel);
      return null;
    } catch (error) {
      return error.message;
    }
  }
}
