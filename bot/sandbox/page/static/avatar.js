/** Pictures of people: a letter on a colour of their own; the bot has a face. */

import { element } from "./dom.js";

const COLOURS = 6; // see .avatar in messages.css

/** A user's picture; decoration only, their name stands beside it. */
export function avatar(user, name) {
  const letter = [...(name || "?")][0].toUpperCase();
  const colour = user ? [...user.id].reduce((sum, digit) => sum + Number(digit), 0) % COLOURS : 0;
  const kind = user?.bot ? "bot" : `colour-${colour}`;
  return element(`span.avatar.${kind}`, { "aria-hidden": "true" }, user?.bot ? "W" : letter);
}
