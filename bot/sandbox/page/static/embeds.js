/** Embeds: a message's boxes with a coloured edge. */

import { picture } from "./attachments.js";
import { element } from "./dom.js";
import { markdown } from "./markdown/blocks.js";
import { inline } from "./markdown/inline.js";
import { messageTime } from "./markdown/timestamps.js";

/** The nodes of a message's embeds. */
export function embeds(message, names) {
  return message.embeds.map((embed) => {
    const box = element("article.embed", {}, contents(embed, message.attachments, names));
    if (typeof embed.color === "number") box.style.setProperty("--edge", hexColour(embed.color));
    return box;
  });
}

/** A colour of Discord's, which is a number, as CSS has it. */
export function hexColour(number) {
  return `#${number.toString(16).padStart(6, "0")}`;
}

/** Where a picture is: `attachment://name` is a file of the message; other hosts are not asked. */
export function pictureAddress(url, files) {
  const name = /^attachment:\/\/(.+)$/.exec(url ?? "")?.[1];
  return files.find((file) => file.name === name)?.url ?? null;
}

function contents(embed, files, names) {
  const image = pictureAddress(embed.image?.url, files);
  const foot = [
    embed.footer?.text,
    embed.timestamp && messageTime(new Date(embed.timestamp)),
  ].filter(Boolean);
  return [
    embed.author && element("div.embed-author", {}, embed.author.name),
    embed.title && element("div.embed-title", {}, linked(inline(embed.title, names), embed.url)),
    embed.description && element("div.embed-text", {}, markdown(embed.description, names)),
    embed.fields?.length &&
      element(
        "dl.embed-fields",
        {},
        embed.fields.map((one) => field(one, names)),
      ),
    image && picture(image, ""),
    foot.length > 0 && element("footer", {}, foot.join(" • ")),
  ];
}

function field({ name, value, inline: beside }, names) {
  return element(
    beside ? "div.inline" : "div",
    {},
    element("dt", {}, inline(name, names)),
    element("dd", {}, markdown(value, names)),
  );
}

function linked(nodes, url) {
  if (!url || !/^https?:\/\//.test(url)) return nodes;
  return element("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, nodes);
}
