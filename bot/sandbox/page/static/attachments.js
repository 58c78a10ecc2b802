/** Files of a message: pictures are shown, the others offered. */

import { element, icon } from "./dom.js";

const PICTURES = /^image\/(png|jpeg|gif|webp|avif)$/;
const UNITS = ["bytes", "KB", "MB"];

/** The nodes of a message's files. */
export function attachments(files) {
  return files.map(attachment);
}

/** One file. */
export function attachment(file) {
  if (PICTURES.test(file.type)) return picture(file.url, file.description ?? file.name);
  return element(
    "div.file",
    {},
    icon("file"),
    element(
      "div",
      {},
      element(
        "a",
        { href: file.url, target: "_blank", rel: "noreferrer", download: file.name },
        file.name,
      ),
      element("small", {}, size(file.size)),
    ),
  );
}

/** A picture that opens by itself when it is pressed. */
export function picture(url, description) {
  return element(
    "a.picture",
    { href: url, target: "_blank", rel: "noreferrer" },
    element("img", { src: url, alt: description ?? "", loading: "lazy" }),
  );
}

/** "1.5 MB". */
function size(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${UNITS[step]}`;
}
