/** A window over the page with a form in it; Escape leaves it, Enter sends it. */

import { element, fill } from "../dom.js";

/**
 * Open a form.
 *
 * @param {{title: string, body: *, submit: string, danger?: boolean,
 *   send: function(): Promise<?string>}} form `send` returns what is wrong, or nothing when done.
 */
export function openDialog({ title, body, submit, danger, send }) {
  const failure = element("p.failure", { role: "alert", hidden: true });
  const heading = element("h2", { id: "dialog-title" }, title);
  const go =
    submit &&
    element(danger ? "button.button.danger" : "button.button.primary", { type: "submit" }, submit);
  const form = element(
    "form",
    { method: "dialog", novalidate: true },
    heading,
    element("div.dialog-body", {}, body),
    failure,
    element(
      "footer",
      {},
      element(
        "button.button.secondary",
        { type: "button", onclick: () => dialog.close() },
        submit ? "Cancel" : "Done",
      ),
      go,
    ),
  );
  const dialog = element("dialog", { "aria-labelledby": "dialog-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = await send();
    fill(failure, wrong ?? "").hidden = !wrong;
    if (!wrong) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  (form.querySelector("input, textarea, select, summary") ?? go)?.focus();
  return dialog;
}

/** A field with its label, and what to know about it. */
export function labelled(label, input, about) {
  return element(
    "label.field",
    {},
    element("span.label", {}, label),
    about && element("small", {}, about),
    input,
  );
}
