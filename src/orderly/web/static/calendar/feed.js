// The day's data.

import { addDays } from "./wall.js";

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
