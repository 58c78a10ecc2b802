/** Small menus that open at a button, with the keys that menus have. */

import { element } from "./dom.js";

let closeOpen = null; // ends the menu that is open, if one is

/**
 * Open a menu at an element.
 *
 * @param {HTMLElement} anchor gets the focus back.
 * @param {({label: string, choose: function(): void, danger?: boolean, checked?: boolean}|null)[]} entries
 *   null is a line between two.
 * @param {string} label what the menu is about.
 */
export function openMenu(anchor, entries, label) {
  closeOpen?.();
  const radio = entries.some((one) => one && "checked" in one);
  const menu = element("div.menu", { role: "menu", "aria-label": label });
  const close = (focus) => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    closeOpen = null;
    if (focus && anchor.isConnected) anchor.focus();
  };
  const outside = (event) => !menu.contains(event.target) && close(false);
  menu.append(
    ...entries.map((entry) =>
      entry === null
        ? element("hr")
        : element(
            entry.danger ? "button.danger" : "button",
            {
              type: "button",
              role: radio ? "menuitemradio" : "menuitem",
              tabindex: "-1",
              "aria-checked": radio ? String(Boolean(entry.checked)) : null,
              onclick: () => {
                close(true);
                entry.choose();
              },
            },
            entry.label,
          ),
    ),
  );
  menu.addEventListener("keydown", (event) => keys(event, menu, close));
  document.body.append(menu);
  place(menu, anchor);
  document.addEventListener("pointerdown", outside, true);
  closeOpen = () => close(false);
  (menu.querySelector("[aria-checked=true]") ?? menu.querySelector("button")).focus();
}

function keys(event, menu, close) {
  const buttons = [...menu.querySelectorAll("button")];
  const here = buttons.indexOf(document.activeElement);
  const go = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") close(true);
  else if (go !== undefined) buttons.at(go % buttons.length).focus();
  else return;
  event.preventDefault();
}

/** Beside the anchor, wholly on the screen. */
function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = at.bottom + 4 + size.height <= innerHeight;
  const top = below ? at.bottom + 4 : Math.max(8, at.top - 4 - size.height);
  const left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8));
  menu.style.setProperty("top", `${top}px`);
  menu.style.setProperty("left", `${left}px`);
}
