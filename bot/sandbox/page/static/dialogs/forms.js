/** The bot's forms (modals), drawn from Discord's JSON and checked as Discord's app does. */

import { choiceField } from "../components/selects.js";
import { element } from "../dom.js";
import { markdown } from "../markdown/blocks.js";
import { labelled, openDialog } from "./dialog.js";

const PARAGRAPH = 2; // Discord's style of a text input with several lines
const MAX_INPUT = 4000;

/** Open the form of an interaction, and send what is filled in. */
export function openForm(interaction, page) {
  const fields = [];
  const { modal } = interaction;
  openDialog({
    title: modal.title,
    body: modal.components.map((one) => draw(one, fields, page)),
    submit: "Submit",
    send: async () => {
      const wrong = fields.map((one) => one.wrong()).find(Boolean);
      if (wrong) return wrong;
      const values = Object.fromEntries(fields.map((one) => [one.id, one.value()]));
      page.interact("submit", { interaction: interaction.id, values });
      return null;
    },
  });
}

function draw(one, fields, page, label) {
  switch (one.type) {
    case 1:
      return one.components.map((inside) => draw(inside, fields, page, inside.label ?? label));
    case 4:
      return textField(one, fields, one.label ?? label);
    case 10:
      return element("div", {}, markdown(one.content, page.names));
    case 18:
      return element(
        "div.labelled",
        {},
        one.description && element("small", {}, one.description),
        draw(one.component, fields, page, one.label),
      );
    default:
      return menuField(one, fields, page, label);
  }
}

function textField(one, fields, label) {
  const long = one.style === PARAGRAPH;
  const required = one.required ?? true;
  const input = element(long ? "textarea" : "input", {
    ...(long ? { rows: "4" } : { type: "text" }),
    placeholder: one.placeholder,
    value: one.value ?? "",
    maxlength: one.max_length ?? MAX_INPUT,
    "aria-required": String(required),
    dataset: { field: one.custom_id },
  });
  fields.push({
    id: one.custom_id,
    value: () => input.value,
    wrong: () => {
      if (required && !input.value.trim()) return `${label}: This field is required.`;
      if (input.value && input.value.length < (one.min_length ?? 0))
        return `${label}: Must be at least ${one.min_length} characters.`;
      return null;
    },
  });
  return labelled([label, required && element("b.required", { title: "required" }, " *")], input);
}

function menuField(one, fields, page, label) {
  let chosen = (one.options ?? []).filter((option) => option.default).map((option) => option.value);
  const field = choiceField(one, page.store, (values) => (chosen = values));
  fields.push({
    id: one.custom_id,
    value: () => (chosen.length === 1 ? chosen[0] : chosen.join(",")),
    wrong: () => ((one.required ?? true) && !chosen.length ? `${label}: Make a selection.` : null),
  });
  return element("div.field", {}, element("span.label", {}, label), field);
}
