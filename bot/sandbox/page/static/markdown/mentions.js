/** Mentions of people, roles, channels and commands, by their names instead of their ids. */

import { element } from "../dom.js";

/**
 * What one mention is shown as.
 *
 * @param {RegExpExecArray} found kind and id; or a command's name and id; or "everyone" / "here".
 * @param {{user: function(string): ?string, role: function(string): ?string,
 *   channel: function(string): ?string, viewer: ?string}} names gives the name of an id, if known.
 */
export function mention(found, names) {
  const [, kind, id, command, , all] = found;
  if (all) return pill(`@${all}`, { forViewer: true });
  if (command) return pill(`/${command}`, { command });
  if (kind === "#") return pill(`#${names.channel(id) ?? "unknown"}`, { channel: id });
  if (kind === "@&") return pill(`@${names.role(id) ?? "unknown-role"}`, {});
  return pill(`@${names.user(id) ?? "unknown-user"}`, { forViewer: id === names.viewer });
}

/** Pills of commands and channels can be pressed; the page listens for that (messages.js). */
function pill(text, { forViewer = false, command, channel }) {
  const dataset = { ...(command && { command }), ...(channel && { channel }) };
  const pressable = Boolean(command || channel);
  const node = element(pressable ? "button.mention" : "span.mention", { dataset }, text);
  if (pressable) node.type = "button";
  if (forViewer) node.classList.add("for-viewer");
  return node;
}
