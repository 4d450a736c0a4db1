// What a box shows besides time, patient and service, as its reader likes it; and the word for why time is closed.

import { element, icon } from "./boxes.js";
import { addMinutes, clockOf } from "./wall.js";

const unseen = (text) => element("span", "visually-hidden", text);

/** Further lines and marks of an appointment. */
export function extras(box, state, desk) {
  const more = sides(box).map((side) => unseen(` ${sideWord(side, desk)} `));
  if (box.provider) more.push(element("span", "box-more", box.provider));
  if (state.tile.includes("status")) more.push(element("span", "box-more box-status", desk.status[box.status]));
  if (box.phone) more.push(phone(box.phone));
  if (box.notes && state.tile.includes("notes")) more.push(noted(desk.words.noted));
  return more;
}

function phone(number) {
  const made = element("span", "box-more box-phone", number);
  made.dir = "ltr";
  return made;
}

function noted(text) {
  const made = element("span", "box-noted", icon("note"), unseen(text));
  made.title = text;
  return made;
}

/** The time before and after a visit for which its column is taken too. */
export const sides = ({ start, end, before, after }) => [
  ...(before ? [{ word: "preparing", start: addMinutes(start, -before), end: start }] : []),
  ...(after ? [{ word: "tidying", start: end, end: addMinutes(end, after) }] : []),
];

export const sideWord = ({ word, start, end }, { words }) => `${words[word]} ${clockOf(start)}–${clockOf(end)}`;

/** Hatched; what it is shows on pointing. */
export function sideContent(text) {
  const made = element("span", "around-time");
  made.title = text;
  return [made];
}

export const shadeWord = ({ kind, note }, desk) => (note ? `${desk.layers[kind]}: ${note}` : desk.layers[kind]);

/** Time outside working hours is plain to see, unless there is none on that day; anything else says what it is. */
export function shadeContent(closed, whole, desk) {
  if (closed.kind === "hours") return whole ? [element("span", "shade-label", desk.words.off)] : [];
  return [element("span", "shade-label", shadeWord(closed, desk))];
}
