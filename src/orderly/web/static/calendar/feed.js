// The calendar's data. Each clinic answers for itself, with its own rights and its own time; here they are laid side by
// side.

import { LISTS } from "./state.js";

const LONGEST_WAIT_MS = 8000;

const COLUMN = ["id", "name", "title", "colour", "active", "kind"];
const CLOSED = ["column", "start", "end", "kind", "note"];
const BOX = [
  "id", "column", "start", "end", "status", "version", "patient", "service", "colour", "mark", "session", "places",
  "phone", "notes", "provider", "proposed", "before", "after",
];
const HELD = ["id", "column", "start", "end", "owner", "ownerName", "service"];
const DAY = ["day", "appointments", "open", "taken"];

const named = (names) => (row) => Object.fromEntries(names.map((name, index) => [name, row[index]]));

async function get(url, query) {
  const headers = { "HX-Request": "true" };
  const response = await fetch(`${url}?${query}`, { headers, signal: AbortSignal.timeout(LONGEST_WAIT_MS) });
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.json();
}

/** What the server is asked: a list of days has no columns, so it is by provider. */
function asked(state, [from, to]) {
  const query = new URLSearchParams({ from, to });
  if (state.by === "place" && ["day", "week"].includes(state.view)) query.set("by", "place");
  if (state.cancelled) query.set("cancelled", state.cancelled);
  if (state.tile.includes("phone")) query.set("phones", "yes");
  for (const name of LISTS.filter((one) => !["clinic", "tile"].includes(one))) {
    for (const one of state[name]) query.append(name, one);
  }
  return query;
}

/** Everything between two days in all of `clinics`. A box's `column` is a place in `columns`, -1 for none. */
export async function load(clinics, state, days) {
  const query = asked(state, days);
  const answers = await Promise.all(clinics.map((clinic) => get(clinic.feed, query)));
  const data = { now: answers[0].now, columns: [], closed: [], appointments: [], assisting: [], holds: [] };
  answers.forEach((raw, clinic) => add(data, raw, clinic));
  if (answers.length > 1) data.appointments.sort((one, other) => one.start.localeCompare(other.start));
  return data;
}

function add(data, raw, clinic) {
  const before = data.columns.length;
  const placed = (names) => (row) => {
    const made = named(names)(row);
    return { ...made, clinic, column: made.column < 0 ? -1 : made.column + before };
  };
  data.columns.push(...raw.columns.map((row) => ({ ...named(COLUMN)(row), clinic, now: raw.now })));
  data.closed.push(...raw.closed.map(placed(CLOSED)));
  data.appointments.push(...raw.appointments.map(placed(BOX)));
  data.assisting.push(...raw.assisting.map(placed(BOX)));
  data.holds.push(...raw.holds.map(placed(HELD)));
}

/** How full each day is, of all `clinics` together. */
export async function loadDensity(clinics, state, days) {
  const query = asked(state, days);
  const answers = await Promise.all(clinics.map((clinic) => get(clinic.density, query)));
  const lists = answers.map((raw) => raw.days.map(named(DAY)));
  return lists[0].map((first, index) => lists.slice(1).reduce((sum, list) => together(sum, list[index]), first));
}

const together = (one, other) => ({
  day: one.day,
  appointments: one.appointments + other.appointments,
  open: one.open + other.open,
  taken: one.taken + other.taken,
});
