/** The bot's commands as one is offered them: subcommands by their whole names. */

const NESTED = new Set([1, 2]); // Discord's types of options that are subcommands and groups of them

/**
 * Every slash command of a list, in the order of their names.
 *
 * @param {object[]} commands Discord's command objects.
 * @returns {{name: string, description: string, options: object[]}[]}
 */
export function slashCommands(commands) {
  return commands
    .filter((one) => (one.type ?? 1) === 1)
    .flatMap((one) => leaves(one, one.name))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function leaves(node, name) {
  const nested = (node.options ?? []).filter((one) => NESTED.has(one.type));
  if (nested.length) return nested.flatMap((one) => leaves(one, `${name} ${one.name}`));
  return [{ name, description: node.description, options: node.options ?? [] }];
}

/** The commands that what is typed after the slash could mean, the likeliest first. */
export function matching(commands, typed) {
  const wanted = typed.trim().toLowerCase();
  const rank = (name) =>
    name.startsWith(wanted)
      ? 0
      : name.split(" ").some((word) => word.startsWith(wanted))
        ? 1
        : name.includes(wanted)
          ? 2
          : 3;
  return commands
    .map((one) => ({ one, rank: rank(one.name) }))
    .filter((found) => found.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((found) => found.one);
}

/** The command that a text begins with, and what follows; null if it names none in full. */
export function named(commands, text) {
  const found = commands
    .filter((one) => text.startsWith(`/${one.name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];
  return found ? { command: found, rest: text.slice(found.name.length + 2) } : null;
}
