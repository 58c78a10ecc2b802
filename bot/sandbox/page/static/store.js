/**
 * What the page knows: everything the server has told, found by id, and what is looked at.
 *
 * Parts of the page listen to topics: "snapshot", "places", "message", "history", "deleted",
 * "typing", "interaction", "commands", "request", "weryai", "switches", "channel" (another one is
 * looked at) and "connection". A listener gets the frame, or what its topic says below.
 */

import { ChannelMessages } from "./history.js";

const KEPT_REQUESTS = 300; // of each kind; the server keeps the last 200
const TYPING_LASTS = 10; // seconds, as in Discord

export class Store {
  constructor(act) {
    this.act = act;
    this.listeners = new Map();
    this.places = { users: {}, guilds: [], dms: [] };
    this.requests = [];
    this.weryai = new Map();
    this.interactions = new Map();
    this.channel = null; // the id of the one that is looked at
    this.forget();
  }

  /** Call `listener` whenever something of the topic happens. */
  on(topic, listener) {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  emit(topic, detail) {
    for (const listener of this.listeners.get(topic) ?? []) listener(detail);
  }

  /** Take in one frame of the server and tell who listens. */
  receive(frame) {
    const take = this[`take_${frame.type}`];
    take?.call(this, frame);
    this.emit(frame.type, frame);
  }

  take_snapshot(frame) {
    this.forget();
    this.interactions.clear();
    Object.assign(this, {
      you: frame.you,
      people: frame.people,
      bot: frame.bot,
      realModels: frame.real_models,
      savedIn: frame.saved_in,
      answers: frame.answers,
      maxMessages: frame.max_messages,
      switches: frame.switches,
      requests: frame.requests,
      weryai: new Map(frame.weryai.map((one) => [one.id, one])),
      skew: frame.now - Date.now() / 1000,
    });
    this.take_places(frame);
  }

  take_places({ places }) {
    this.places = places;
    const guilds = places.guilds.flatMap((guild) => [...guild.channels, ...guild.threads]);
    this.channels = new Map([...guilds, ...places.dms].map((one) => [one.id, one]));
    this.guilds = new Map(places.guilds.map((one) => [one.id, one]));
    if (!this.channels.has(this.channel)) this.channel = null;
    if (this.channels.has(this.awaited)) {
      const { awaited } = this;
      this.awaited = null;
      queueMicrotask(() => this.open(awaited)); // when everybody knows of it
    }
  }

  take_message({ change, message }) {
    this.messagesOf(message.channel).put(message, change === "created");
    if (message.author.id in (this.typing.get(message.channel) ?? {})) {
      delete this.typing.get(message.channel)[message.author.id];
      this.emit("typing", { channel: message.channel });
    }
    if (
      change === "created" &&
      message.channel !== this.channel &&
      message.author.id !== this.you
    ) {
      const unread = this.unread.get(message.channel) ?? { pings: 0 };
      this.unread.set(message.channel, { pings: unread.pings + Number(message.pings_you) });
      this.emit("unread");
    }
  }

  take_deleted({ channel, messages }) {
    for (const id of messages) this.messagesOf(channel).remove(id);
  }

  take_typing({ channel, user }) {
    if (!this.typing.has(channel)) this.typing.set(channel, {});
    this.typing.get(channel)[user] = Date.now() / 1000 + TYPING_LASTS;
  }

  take_interaction({ interaction }) {
    this.interactions.set(interaction.id, interaction);
  }

  take_request({ request }) {
    this.requests.push(request);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
  }

  take_weryai({ request }) {
    this.weryai.set(request.id, request);
    if (this.weryai.size > KEPT_REQUESTS) this.weryai.delete(this.weryai.keys().next().value);
  }

  take_switches({ switches }) {
    this.switches = switches;
  }

  forget() {
    this.histories = new Map();
    this.typing = new Map();
    this.unread = new Map();
    this.channels = new Map();
    this.guilds = new Map();
  }

  /** Look at another channel. */
  open(id) {
    if (id === this.channel || !this.channels.has(id)) return;
    this.channel = id;
    this.unread.delete(id);
    this.emit("channel", id);
    this.emit("unread");
  }

  /** Look at a channel that was just made, as soon as the server has told of it. */
  openWhenThere(id) {
    if (this.channels.has(id)) this.open(id);
    else this.awaited = id;
  }

  /** The messages of a channel as far as they are known. */
  messagesOf(channel) {
    if (!this.histories.has(channel)) this.histories.set(channel, new ChannelMessages());
    return this.histories.get(channel);
  }

  /** Ask the server for older messages of a channel (or the newest, at first). */
  async loadHistory(channel, limit = 100) {
    const messages = this.messagesOf(channel);
    if (messages.loading || !messages.more) return;
    messages.loading = true;
    try {
      const before = messages.complete ? messages.oldest : undefined;
      const answer = await this.act("history", { channel, before, limit });
      if (this.histories.get(channel) !== messages) return; // somebody else looks now
      messages.prepend(answer.messages, answer.more);
      this.emit("history", channel);
    } finally {
      messages.loading = false;
    }
  }

  /** The channel that is looked at, or undefined. */
  get current() {
    return this.channels.get(this.channel);
  }

  /** The server that a channel belongs to; undefined for a DM. */
  guildOf(channel) {
    return this.guilds.get(channel?.guild);
  }

  /** A user by id. */
  user(id) {
    return this.places.users[id];
  }

  /** What a user is called in a channel. */
  nameOf(id, channel = this.current) {
    const member = this.guildOf(channel)?.members.find((one) => one.user === id);
    return member?.display ?? this.user(id)?.display;
  }

  /** What a channel is called; a DM by whom it is with. */
  titleOf(channel) {
    if (channel.type !== 1) return channel.name;
    return channel.members
      .filter((id) => id !== this.you)
      .map((id) => this.nameOf(id, channel))
      .join(", ");
  }

  /** What the ids of a text are called, for the Markdown renderer. */
  get names() {
    return {
      viewer: this.you,
      user: (id) => this.nameOf(id),
      role: (id) =>
        this.places.guilds.flatMap((guild) => guild.roles).find((role) => role.id === id)?.name,
      channel: (id) => this.channels.get(id)?.name,
    };
  }

  /** Whether the viewer has a permission where they look. */
  can(permission, channel = this.current) {
    return Boolean(channel?.can.includes(permission));
  }

  /** The server's time, in Unix seconds. */
  now() {
    return Date.now() / 1000 + this.skew;
  }
}
