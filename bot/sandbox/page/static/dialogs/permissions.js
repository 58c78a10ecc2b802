/** Who may do what in one channel: three states for each role and the bot, as in Discord. */

import { element } from "../dom.js";

const SHOWN = [
  ["VIEW_CHANNEL", "View channel"],
  ["SEND_MESSAGES", "Send messages"],
  ["SEND_MESSAGES_IN_THREADS", "Send messages in threads"],
  ["READ_MESSAGE_HISTORY", "Read message history"],
  ["CREATE_PUBLIC_THREADS", "Create public threads"],
  ["CREATE_PRIVATE_THREADS", "Create private threads"],
  ["ATTACH_FILES", "Attach files"],
  ["EMBED_LINKS", "Embed links"],
  ["ADD_REACTIONS", "Add reactions"],
  ["USE_APPLICATION_COMMANDS", "Use commands"],
  ["MANAGE_MESSAGES", "Manage messages"],
];
const STATES = [
  ["deny", "✕", "Deny"],
  ["inherit", "/", "As elsewhere"],
  ["allow", "✓", "Allow"],
];

/** The table; each choice is made at once. */
export function permissionTable(channel, page) {
  const { store } = page;
  const guild = store.guildOf(channel);
  const place = store.channels.get(channel.parent) ?? channel;
  const targets = [
    { id: guild.id, name: "@everyone" },
    { id: store.bot, name: store.nameOf(store.bot, channel) },
    ...guild.roles
      .filter((one) => one.id !== guild.id)
      .map((one) => ({ id: one.id, name: one.name })),
    ...guild.members
      .filter((one) => one.user !== store.bot)
      .map((one) => ({ id: one.user, name: one.display })),
  ];
  const body = element("div.permissions");
  const choice = element(
    "select",
    { "aria-label": "For whom" },
    targets.map((one) => element("option", { value: one.id }, one.name)),
  );
  const draw = () =>
    body.replaceChildren(
      ...SHOWN.map(([name, label]) => row(name, label, choice.value, place, page)),
    );
  choice.addEventListener("change", draw);
  draw();
  return [choice, body];
}

function row(permission, label, target, channel, page) {
  const overwrite = channel.overwrites.find((one) => one.target === target);
  const state = overwrite?.allow.includes(permission)
    ? "allow"
    : overwrite?.deny.includes(permission)
      ? "deny"
      : "inherit";
  const name = `permission-${permission}`;
  const choices = STATES.map(([value, sign, words]) =>
    element(
      `label.state.${value}`,
      { title: words },
      element("input", {
        type: "radio",
        name,
        checked: value === state,
        "aria-label": words,
        value,
        onchange: () =>
          page.act("permit", { channel: channel.id, target, permission, state: value }),
      }),
      element("span", { "aria-hidden": "true" }, sign),
    ),
  );
  return element("fieldset", {}, element("legend", {}, label), element("div.states", {}, choices));
}
