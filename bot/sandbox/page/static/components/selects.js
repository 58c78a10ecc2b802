/** Menus of messages: of texts, users, roles and channels. */

import { element } from "../dom.js";
import { use } from "./buttons.js";

/** What a menu of each type offers; numbers are Discord's. */
const OFFERS = {
  3: (menu) =>
    menu.options.map((one) => ({
      value: one.value,
      label: one.label,
      about: one.description,
      emoji: one.emoji?.name,
      chosen: one.default,
    })),
  5: (menu, store) => members(store),
  6: (menu, store) => roles(store),
  7: (menu, store) => [...members(store), ...roles(store)],
  8: (menu, store) =>
    (store.guildOf(store.current)?.channels ?? []).map((one) => ({
      value: one.id,
      label: `#${one.name}`,
    })),
};
const HINTS = {
  3: "Make a selection",
  5: "Select a user",
  6: "Select a role",
  7: "Select",
  8: "Select a channel",
};

/** One menu: a button that opens the list of what can be chosen. */
export function selectMenu(menu, { message, page }) {
  const choose = (values, node) =>
    use(node, page, "select", { message: message.id, custom_id: menu.custom_id, values });
  return choiceField(menu, page.store, choose);
}

/** The field of a menu, in a message or a form; `choose` is called with the values and the field. */
export function choiceField(menu, store, choose) {
  const offers = OFFERS[menu.type](menu, store);
  const preset = new Set((menu.default_values ?? []).map((one) => one.id));
  const chosen = new Set(
    offers.filter((one) => one.chosen || preset.has(one.value)).map((one) => one.value),
  );
  const many = (menu.max_values ?? 1) > 1;
  const label = () =>
    offers
      .filter((one) => chosen.has(one.value))
      .map((one) => one.label)
      .join(", ");
  const shown = element("span.chosen", {}, label() || menu.placeholder || HINTS[menu.type]);
  const list = element("div.options", {
    role: "listbox",
    "aria-multiselectable": String(many),
    tabindex: "-1",
  });
  const node = element(
    "details.select",
    {},
    element(
      "summary",
      {
        "aria-label": menu.placeholder ?? HINTS[menu.type],
        "aria-disabled": String(Boolean(menu.disabled)),
      },
      shown,
    ),
    list,
  );
  const pick = (option, row) => {
    if (!many) chosen.clear();
    if (!chosen.delete(option.value)) chosen.add(option.value);
    for (const one of list.children)
      one.setAttribute("aria-selected", String(chosen.has(one.dataset.value)));
    shown.textContent = label() || menu.placeholder || HINTS[menu.type];
    if (!many) finish();
    else row.focus();
  };
  const finish = () => {
    node.open = false;
    if (chosen.size >= (menu.min_values ?? 1)) choose([...chosen], node);
  };
  list.append(...offers.map((option) => optionRow(option, chosen, pick)));
  node.addEventListener(
    "toggle",
    () =>
      node.open &&
      !list.contains(document.activeElement) &&
      (list.querySelector("[aria-selected=true]") ?? list.firstElementChild)?.focus(),
  );
  node.addEventListener("keydown", (event) => moveInList(event, node, list));
  node.addEventListener("focusout", ({ relatedTarget }) => {
    if (!node.open || node.contains(relatedTarget)) return;
    if (many) finish();
    node.open = false;
  });
  if (menu.disabled) node.addEventListener("click", (event) => event.preventDefault());
  return node;
}

function optionRow(option, chosen, pick) {
  const row = element(
    "div.option",
    {
      role: "option",
      tabindex: "-1",
      "aria-selected": String(chosen.has(option.value)),
      dataset: { value: option.value },
      onclick: () => pick(option, row),
    },
    option.emoji && element("span.emoji", {}, option.emoji),
    element("span", {}, option.label, option.about && element("small", {}, option.about)),
  );
  return row;
}

function moveInList(event, node, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && node.open) {
    node.open = false;
    node.querySelector("summary").focus();
  } else if (step && node.open) {
    const rows = [...list.children];
    rows[(rows.indexOf(document.activeElement) + step + rows.length) % rows.length]?.focus();
  } else if ((event.key === "Enter" || event.key === " ") && event.target.role === "option") {
    event.target.click();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function members(store) {
  return (store.guildOf(store.current)?.members ?? []).map((one) => ({
    value: one.user,
    label: one.display,
  }));
}

function roles(store) {
  return (store.guildOf(store.current)?.roles ?? []).map((one) => ({
    value: one.id,
    label: one.name,
  }));
}
