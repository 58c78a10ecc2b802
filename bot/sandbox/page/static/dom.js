/**
 * Builds DOM nodes. Nothing here ever parses HTML: whatever people or the bot wrote becomes text.
 */

/**
 * One element.
 *
 * @param {string} tag its name, perhaps with classes: "div.message.own".
 * @param {Object<string, *>} [attributes] attributes; "on" + event sets a listener, `dataset`
 *   an object of data attributes; true sets an empty attribute; false, null and undefined none.
 * @param {...*} children nodes, texts, lists of them; null, undefined and false are left out.
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes ?? {})) setAttribute(node, key, value);
  node.append(...wanted(children));
  return node;
}

function setAttribute(node, key, value) {
  if (value === false || value === null || value === undefined) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "dataset") Object.assign(node.dataset, value);
  else if (key === "value" || key === "checked" || key === "selected") node[key] = value;
  else node.setAttribute(key, value === true ? "" : String(value));
}

function wanted(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false);
}

/** Put these children into a node, in place of what is there. */
export function fill(node, ...children) {
  node.replaceChildren(...wanted(children));
  return node;
}

/** The element of the page with this id; it is there from the start (index.html). */
export function byId(id) {
  return document.getElementById(id);
}

/** A picture drawn in one path on a field of 24 × 24. */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(namespace, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.classList.add("icon");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

const ICONS = {
  hash: "M9 3 7 21M17 3l-2 18M4 8.5h17M3 15.5h17",
  thread: "M8 3 6 15M14 3l-1 6M3 6.5h15M2 12h8M13 13h8v6h-4l-3 2.5V19h-1z",
  lock: "M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
  plus: "M12 4v16M4 12h16",
  menu: "M3 6h18M3 12h18M3 18h18",
  close: "M5 5l14 14M19 5 5 19",
  reply: "M9 6 3 12l6 6M4 12h9c4 0 7 2 7 7",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  smile: "M12 3a9 9 0 1 0 .01 0zM8.5 10v.5M15.5 10v.5M8 14.5c2 3 6 3 8 0",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  moon: "M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z",
  underneath: "M3 5h18v14H3zM3 14h18M7 16.5h4",
  slash: "M4 4h16v16H4zM14.5 7.5l-5 9",
  gear: "M12 8.5a3.5 3.5 0 1 0 .01 0zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2",
  eye: "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.5a2.5 2.5 0 1 0 .01 0z",
  history: "M4 12a8 8 0 1 1 3 6.2M4 12V7M4 12h5M12 8v4.5l3 2",
  link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
};
