// What the calendar shows: all of it is in the address, so that it can be gone back to, marked and kept under a name.
// Nothing there names a patient.

import { keep, kept } from "../base/app.js";
import { addDays, addMonths, startOfMonth, startOfWeek } from "./wall.js";

export const VIEWS = ["day", "week", "month", "agenda"];
export const LISTS = ["clinic", "provider", "place", "service", "status", "tile"];
const ONES = { view: VIEWS, by: ["provider", "place"], colour: ["service", "status"], cancelled: ["", "no"] };
const REMEMBERED = ["view", "by", "colour"]; // on this machine, where the address doesn't say
const AGENDA_DAYS = 7;
const NARROW = "(max-width: 600px)";

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? "") && addDaysSafely(text) === text;

function addDaysSafely(day) {
  try { return addDays(day, 0); } catch { return null; }
}

/** The state an address stands for; `known` lists the ids there are, by name. What can't be read is left out. */
export function readState(search, known, day) {
  const asked = new URLSearchParams(search);
  const state = { day: isDay(asked.get("day")) ? asked.get("day") : day };
  for (const [name, choices] of Object.entries(ONES)) {
    const usual = REMEMBERED.includes(name) ? kept(`calendar-${name}`, otherwise(name)) : otherwise(name);
    state[name] = [asked.get(name), usual, otherwise(name)].find((one) => choices.includes(one));
  }
  for (const name of LISTS) state[name] = [...new Set(asked.getAll(name))].filter((one) => known[name].includes(one));
  if (!state.tile.length) state.tile = kept("calendar-tile", "service notes").split(" ");
  return state;
}

function otherwise(name) {
  if (name === "view") return matchMedia(NARROW).matches ? "agenda" : "day";
  return ONES[name][0];
}

/** As an address has it: always the view, so that it shows the same elsewhere. */
export function writeState(state) {
  const query = new URLSearchParams();
  for (const name of ["view", "day", "by", "colour", "cancelled"]) if (state[name]) query.set(name, state[name]);
  for (const name of LISTS) for (const one of state[name]) query.append(name, one);
  return query;
}

export function remember(state) {
  for (const name of REMEMBERED) keep(`calendar-${name}`, state[name]);
  keep("calendar-tile", state.tile.join(" "));
}

/** The days on screen: from the first up to, not including, the last. */
export function daysShown({ view, day }, firstDay) {
  if (view === "week") return [startOfWeek(day, firstDay), addDays(startOfWeek(day, firstDay), 7)];
  if (view === "agenda") return [day, addDays(day, AGENDA_DAYS)];
  if (view === "day") return [day, addDays(day, 1)];
  const next = startOfMonth(addMonths(day, 1));
  return [startOfWeek(startOfMonth(day), firstDay), addDays(startOfWeek(addDays(next, -1), firstDay), 7)];
}

/** A day, week or month further on. */
export function stepped({ view, day }, by) {
  if (view === "month") return addMonths(day, by);
  return addDays(day, view === "day" ? by : by * 7);
}
