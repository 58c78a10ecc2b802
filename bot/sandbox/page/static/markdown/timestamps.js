/** Discord's timestamps, such as `<t:1700000000:R>`, in the viewer's own zone and language. */

import { element } from "../dom.js";

const FORMATS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** A moment (Unix seconds) in one of Discord's styles: t, T, d, D, f, F or R. */
export function timestamp(seconds, style) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return element("time", {}, "Invalid Date");
  const full = format(moment, FORMATS.F);
  const shown = style === "R" ? relative(seconds) : format(moment, FORMATS[style]);
  const attributes = { datetime: moment.toISOString(), title: full };
  return element("time.timestamp", attributes, shown);
}

/** "in 5 minutes", "2 days ago". */
function relative(seconds) {
  const away = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(
    Math.round(away / size),
    unit,
  );
}

/** The time of day of a message: "Today at 14:05", "Yesterday at 9:30", "03/02/2026 14:05". */
export function messageTime(date, now = new Date()) {
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  const time = clockTime(date);
  if (days === 0) return `Today at ${time}`;
  if (days === 1) return `Yesterday at ${time}`;
  return `${format(date, { dateStyle: "short" })} ${time}`;
}

/** "14:05". */
export function clockTime(date) {
  return format(date, { timeStyle: "short" });
}

function format(date, options) {
  return new Intl.DateTimeFormat("en-GB", options).format(date);
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
