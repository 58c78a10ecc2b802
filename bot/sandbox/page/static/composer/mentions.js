/** Mentions as they are typed (`@Wery`, `#general`) and as they are sent (`<@id>`, `<#id>`). */

const TYPED = /(?:^|\s)([@#])([^\s@#]{0,32})$/;

/** What is being mentioned right before the cursor: {sign, typed, start}, or null. */
export function beingTyped(text, cursor) {
  const found = TYPED.exec(text.slice(0, cursor));
  return found && { sign: found[1], typed: found[2], start: cursor - found[2].length - 1 };
}

/** Whom or what a sign can mention here: [{label, about, code}]. */
export function mentionable(sign, store) {
  const channel = store.current;
  const guild = store.guildOf(channel);
  if (sign === "#") {
    return [...(guild?.channels ?? []), ...(guild?.threads ?? [])].map((one) => ({
      label: `#${one.name}`,
      about: "",
      code: `<#${one.id}>`,
    }));
  }
  const ids = guild ? guild.members.map((one) => one.user) : channel.members;
  const people = ids.map((id) => ({
    label: `@${store.nameOf(id)}`,
    about: store.user(id)?.name ?? "",
    code: `<@${id}>`,
    bot: store.user(id)?.bot,
  }));
  const roles = (guild?.roles ?? [])
    .filter((one) => one.id !== guild.id)
    .map((one) => ({ label: `@${one.name}`, about: "role", code: `<@&${one.id}>` }));
  return [...people.sort((one, other) => Number(other.bot) - Number(one.bot)), ...roles];
}

/** A text as it is sent. */
export function encoded(text, store) {
  return replaced(text, every(store), "label", "code");
}

/** A text as it was typed. */
export function decoded(text, store) {
  return replaced(text, every(store), "code", "label");
}

function every(store) {
  return [...mentionable("@", store), ...mentionable("#", store)].sort(
    (a, b) => b.label.length - a.label.length,
  );
}

function replaced(text, mentions, from, to) {
  if (!mentions.length) return text;
  // Of namesakes the first one is meant: people come before roles, and a bot has a role of its name.
  const codes = new Map(mentions.toReversed().map((one) => [one[from].toLowerCase(), one[to]]));
  const pattern = mentions
    .map((one) => RegExp.escape?.(one[from]) ?? one[from].replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("|");
  return text.replace(
    new RegExp(`(${pattern})(?![\\w])`, "gi"),
    (found) => codes.get(found.toLowerCase()) ?? found,
  );
}
