// The day's data, and watching for changes: a small question every few seconds, a fetch only when the answer differs.

import { addDays } from "./wall.js";

const EVERY_MS = 3000;
const LONGEST_WAIT_MS = 8000;

const COLUMN = ["id", "name", "title", "colour", "active"];
const CLOSED = ["column", "start", "end", "layer"];
const BOX = ["id", "column", "start", "end", "status", "version", "patient", "service", "colour", "mark", "session", "places"];
const HELD = ["id", "column", "start", "end", "owner", "ownerName", "service"];

const named = (names) => (row) => Object.fromEntries(names.map((name, index) => [name, row[index]]));

async function get(url) {
  const response = await fetch(url, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LONGEST_WAIT_MS) });
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.json();
}

export async function load(urls, day) {
  const raw = await get(`${urls.feed}?from=${day}&to=${addDays(day, 1)}`);
  return {
    now: raw.now,
    columns: raw.columns.map(named(COLUMN)),
    closed: raw.closed.map(named(CLOSED)),
    appointments: raw.appointments.map(named(BOX)),
    assisting: raw.assisting.map(named(BOX)),
    holds: raw.holds.map(named(HELD)),
  };
}

/** Calls `changed` when the calendar has changed, and `linked` with whether the server answers.
 *
 *  Holds come and go without a trace: `shown` gives those on screen, and one that the server doesn't name is gone. */
export function watch(urls, { changed, linked, shown }) {
  let last = null;
  let timer = null;
  async function look() {
    clearTimeout(timer);
    try {
      const { position } = await get(urls.position);
      linked(true);
      if ((last !== null && position !== last) || !shown().every((id) => position.includes(id))) changed();
      last = position;
    } catch {
      linked(false);
    }
    timer = document.hidden ? null : setTimeout(look, EVERY_MS);
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  look();
}
