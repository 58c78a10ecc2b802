/** The types of a command's options: what they are called, offer, and accept. Numbers are Discord's. */

const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const NUMBER = 10;
export const ATTACHMENT = 11;
const MAX_TEXT = 6000;

const NAMES = {
  3: "text",
  4: "whole number",
  5: "true or false",
  6: "user",
  7: "channel",
  8: "role",
  9: "user or role",
  10: "number",
  11: "file",
};
const BOOLEANS = [
  { name: "True", value: true },
  { name: "False", value: false },
];
export const REQUIRED = "This option is required. Specify a value.";

/** What an option's type is called. */
export function typeName(option) {
  return NAMES[option.type] ?? "value";
}

/** What can be chosen for an option: [{name, value}]; null if anything can be typed. */
export function choicesOf(option, store) {
  if (option.choices?.length) return option.choices;
  const guild = store.guildOf(store.current);
  const members = () =>
    store.current.type === 1
      ? store.current.members.map((id) => ({ name: `@${store.nameOf(id)}`, value: id }))
      : guild.members.map((one) => ({ name: `@${one.display}`, value: one.user }));
  const roles = () =>
    (guild?.roles ?? []).map((one) => ({ name: `@${one.name.replace(/^@/, "")}`, value: one.id }));
  const channels = () =>
    [...(guild?.channels ?? []), ...(guild?.threads ?? [])]
      .filter((one) => !option.channel_types?.length || option.channel_types.includes(one.type))
      .map((one) => ({ name: `#${one.name}`, value: one.id }));
  const offers = {
    [BOOLEAN]: () => BOOLEANS,
    6: members,
    7: channels,
    8: roles,
    9: () => [...members(), ...roles()],
  };
  return offers[option.type]?.() ?? null;
}

/**
 * The value of an option from what was typed or chosen.
 *
 * @returns {{value: *} | {error: string}} no value at all (`{}`), if nothing was typed.
 */
export function valueOf(option, typed, chosen, store) {
  if (chosen !== undefined) return { value: chosen };
  const text = option.type === STRING ? typed : typed.trim();
  if (!text) return option.required ? { error: REQUIRED } : {};
  const choices = choicesOf(option, store);
  if (choices) return fromChoices(choices, text, option);
  if (option.type === STRING) return sized(option, text);
  if (option.type === INTEGER || option.type === NUMBER) return numeric(option, text);
  return { error: REQUIRED };
}

function fromChoices(choices, text, option) {
  const wanted = text.toLowerCase().replace(/^[@#]/, "");
  const found = choices.find(
    (one) => String(one.name).toLowerCase().replace(/^[@#]/, "") === wanted,
  );
  if (found) return { value: found.value };
  const hints = {
    5: "Specify either true or false.",
    6: "Specify a valid user.",
    7: "Specify a valid channel.",
    8: "Specify a valid role.",
  };
  return { error: hints[option.type] ?? "Specify a valid choice." };
}

function sized(option, text) {
  const low = option.min_length ?? 0;
  const high = option.max_length ?? MAX_TEXT;
  if (text.length < low) return { error: `Must be at least ${low} characters in length.` };
  if (text.length > high) return { error: `Must be ${high} or fewer characters in length.` };
  return { value: text };
}

function numeric(option, text) {
  const number = Number(text.replace(",", "."));
  if (option.type === INTEGER && !Number.isSafeInteger(number))
    return { error: "Input a valid integer." };
  if (!Number.isFinite(number)) return { error: "Input a valid number." };
  if (option.min_value !== undefined && number < option.min_value)
    return { error: `Input a number that is at least ${option.min_value}.` };
  if (option.max_value !== undefined && number > option.max_value)
    return { error: `Input a number that is at most ${option.max_value}.` };
  return { value: number };
}
