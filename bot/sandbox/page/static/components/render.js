/** Components of messages, old (rows) and new (Components V2), drawn from Discord's JSON. */

import { attachment, picture } from "../attachments.js";
import { element } from "../dom.js";
import { hexColour, pictureAddress } from "../embeds.js";
import { markdown } from "../markdown/blocks.js";
import { button } from "./buttons.js";
import { selectMenu } from "./selects.js";

/** How each type of component is drawn; numbers are Discord's. */
const KINDS = {
  1: (one, way) => element("div.action-row", {}, drawn(one.components, way)),
  2: (one, way) => button(one, way),
  3: (one, way) => selectMenu(one, way),
  5: (one, way) => selectMenu(one, way),
  6: (one, way) => selectMenu(one, way),
  7: (one, way) => selectMenu(one, way),
  8: (one, way) => selectMenu(one, way),
  9: (one, way) =>
    element(
      "div.section",
      {},
      element("div", {}, drawn(one.components, way)),
      draw(one.accessory, way),
    ),
  10: (one, way) => element("div.text-display", {}, markdown(one.content, way.page.names)),
  11: (one, way) => gallery([one], way),
  12: (one, way) => gallery(one.items, way),
  13: (one, way) => fileNode(one, way),
  14: (one) =>
    element(`hr.separator.spacing-${one.spacing ?? 1}`, {
      "aria-hidden": "true",
      hidden: false,
      dataset: { divider: String(one.divider ?? true) },
    }),
  17: (one, way) => container(one, way),
};

/**
 * The nodes of a message's components.
 *
 * @param {object} message
 * @param {object} page what messages may ask of the page: see messages.js.
 */
export function components(message, page) {
  return drawn(message.components, { message, page });
}

function drawn(list, way) {
  return (list ?? []).map((one) => draw(one, way));
}

function draw(one, way) {
  return (
    KINDS[one.type]?.(one, way) ?? element("small.subtext", {}, `(a component of type ${one.type})`)
  );
}

function container(one, way) {
  const box = element("section.container", {}, drawn(one.components, way));
  if (typeof one.accent_color === "number")
    box.style.setProperty("--edge", hexColour(one.accent_color));
  return one.spoiler
    ? element("details.container-spoiler", {}, element("summary", {}, "Spoiler"), box)
    : box;
}

function gallery(items, { message }) {
  return element(
    "div.gallery",
    {},
    items.map(({ media, description }) => {
      const url = pictureAddress(media.url, message.attachments);
      return url
        ? picture(url, description)
        : element("div.elsewhere", {}, description ?? "A picture elsewhere");
    }),
  );
}

function fileNode(one, { message }) {
  const name = one.file.url.replace(/^attachment:\/\//, "");
  const file = message.attachments.find((candidate) => candidate.name === name);
  return file ? attachment(file) : element("div.file", {}, name);
}
