/** Buttons of messages, and what happens between a press and the bot's answer to it. */

import { element, icon } from "../dom.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/** One button; a link button leads away, the others tell the bot. */
export function button(one, { message, page }) {
  const inside = [one.emoji && element("span.emoji", {}, one.emoji.name), one.label];
  const style = STYLES[one.style] ?? "secondary";
  if (one.style === 5) {
    return element(
      "a.button.link",
      { href: one.url, target: "_blank", rel: "noreferrer noopener" },
      inside,
      icon("link"),
    );
  }
  const node = element(
    `button.button.${style}`,
    {
      type: "button",
      disabled: one.disabled,
      "aria-label": one.label ? null : one.emoji?.name,
      onclick: () => use(node, page, "click", { message: message.id, custom_id: one.custom_id }),
    },
    inside,
  );
  return node;
}

/** Use a component: it waits until the bot has acknowledged, and says so if that failed. */
export async function use(node, page, what, fields) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  await page.interact(what, fields);
  node.removeAttribute("aria-busy");
}
