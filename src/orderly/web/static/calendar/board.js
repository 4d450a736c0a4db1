// A week of more than a few: a row for each, a cell for each day. The strip says when the day is taken, the lines who
// comes as far as there is room; all of it is in a list beside the cell, by pointer, by finger and by key.

import { clinicOf, element, nameOf } from "./boxes.js";
import { CellList } from "./celllist.js";
import { Events } from "./events.js";
import { shadeWord } from "./tiles.js";
import { addMinutes, clockOf, dayInShort, dayInWords, dayOf, daysOf, minutesBetween } from "./wall.js";

const WHOLE = 1440;
const [FIRST_HOUR, LAST_HOUR] = [8, 18];
const LEFT = ["cancelled", "no_show"];

/** More columns than this are rows in a week. */
export const FEW = matchMedia("(max-width: 600px)").matches ? 1 : 2;

export class Board {
  #place;
  #desk;
  #list;
  #cells = new Map();

  /** `book(column, day)` opens the booking form. */
  constructor(place, desk, { book }) {
    this.#place = place;
    this.#desk = desk;
    this.#list = new CellList(place, desk, (cell) => this.#cells.get(cell), book);
  }

  show(data, state, days) {
    const active = this.#place.contains(document.activeElement) ? document.activeElement : null;
    const focused = active?.dataset.cell ?? active?.dataset.only;
    const pinned = this.#list.release();
    this.#cells.clear();
    const events = new Events(this.#desk, state, data, days, 24);
    const hours = events.hours(FIRST_HOUR, LAST_HOUR).map((hour) => hour * 60);
    const shown = daysOf(...days);
    const head = element("tr", "", corner(state, this.#desk), ...shown.map((day) => this.#dayHead(day)));
    const rows = events.columns().map((row) => this.#row(row, shown, { data, events, hours, state }));
    const made = element("table", "board", element("thead", "", head), element("tbody", "", ...rows));
    made.setAttribute("aria-labelledby", "day-title");
    this.#place.replaceChildren(made);
    const first = made.querySelector("[data-cell]");
    if (first) first.tabIndex = 0;
    if (pinned) this.#list.reopen(pinned, made.querySelector(`[data-cell="${CSS.escape(pinned.key)}"]`));
    if (focused) made.querySelector(`[data-cell="${CSS.escape(focused)}"], [data-only="${CSS.escape(focused)}"]`)?.focus();
  }

  #dayHead(day) {
    const button = element("button", "board-day", dayInShort(day, this.#desk.language));
    button.type = "button";
    button.dataset.openDay = day;
    button.title = dayInWords(day, this.#desk.language);
    const made = element("th", day === this.#desk.today ? "is-today" : "", button);
    made.scope = "col";
    return made;
  }

  #row({ id, extendedProps: column }, days, shown) {
    const head = element("th", "", this.#rowHead(column));
    head.scope = "row";
    return element("tr", "", head, ...days.map((day) => element("td", day === this.#desk.today ? "is-today" : "", this.#cell(id, column, day, shown))));
  }

  /** Leads to the week of this one alone, where it can be chosen. */
  #rowHead(column) {
    const name = element("strong", "", nameOf(column));
    name.dir = "auto";
    const dot = element("span", "column-dot");
    dot.style.backgroundColor = column.colour ?? "";
    const clinics = this.#desk.clinics;
    const where = clinics.length > 1 ? [clinicOf(column, clinics)] : [];
    const filter = column.kind === "provider" ? "provider" : "place";
    if (!this.#desk.known[filter].includes(column.id)) return element("span", "board-name", dot, name, ...where);
    const button = element("button", "board-name", dot, name, ...where);
    button.type = "button";
    button.dataset.only = column.id;
    button.dataset.filter = filter;
    button.title = this.#desk.words.onlyThis.replace("{name}", nameOf(column));
    return button;
  }

  #cell(key, column, day, { data, events, hours, state }) {
    const within = ({ start, end }) => start < addMinutes(day, WHOLE) && end > `${day}T00:00`;
    const here = (row) => events.keyOf(row) === key && within(row);
    const boxes = [...data.appointments.filter(here)].sort((one, other) => one.start.localeCompare(other.start));
    const taken = [...boxes.filter(({ status }) => !LEFT.includes(status)), ...data.assisting.filter(here), ...data.holds.filter(here)];
    const closed = data.closed.filter(here);
    const share = fullness(day, closed, taken);
    const words = inWords(boxes, share, closed, this.#desk);
    const said = element("span", "visually-hidden", [nameOf(column), dayInWords(day, this.#desk.language), ...words].join(", "));
    const button = element("button", "board-cell", said, unread(this.#summary(boxes, share, closed)), strip(day, hours, closed, taken, state), lines(day, boxes));
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.cell = `${key} ${day}`;
    button.setAttribute("aria-haspopup", "dialog");
    this.#cells.set(button.dataset.cell, { column, day, boxes, words });
    return button;
  }

  #summary(boxes, share, closed) {
    const there = boxes.filter(({ status }) => !LEFT.includes(status)).length;
    if (share === null && !there) return element("span", "board-shut", shutWord(closed, this.#desk));
    return element("span", "board-sum", element("strong", "", String(there)), element("span", "", share === null ? "–" : `${share} %`));
  }
}

function corner(state, desk) {
  const made = element("th", "", element("span", "visually-hidden", state.by === "place" ? desk.words.place : desk.words.provider));
  made.scope = "col";
  return made;
}

function inWords(boxes, share, closed, desk) {
  const count = boxes.filter(({ status }) => !LEFT.includes(status)).length;
  const full = share === null ? shutWord(closed, desk) : desk.words.taken.replace("{percent}", share);
  return [desk.words.appointments.replace("{count}", count), full];
}

/** Why nobody works then: a holiday before what is mere hours, and a break is no reason. */
function shutWord(closed, desk) {
  const why = closed.find(({ kind }) => !["hours", "lunch", "meeting", "training"].includes(kind));
  return why ? shadeWord(why, desk) : desk.words.off;
}

/** Minutes of a day that these cover, each once, as [from, to]. */
function spans(day, rows) {
  const minute = (wall) => Math.min(WHOLE, Math.max(0, minutesBetween(day, wall)));
  const sorted = rows.map(({ start, end }) => [minute(start), minute(end)]).sort(([one], [other]) => one - other);
  const joined = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

const length = (found) => found.reduce((sum, [from, to]) => sum + to - from, 0);

/** How much of the working time is taken, in percent; null where there is none. */
function fullness(day, closed, taken) {
  const open = WHOLE - length(spans(day, closed));
  return open > 0 ? Math.min(100, Math.round((length(spans(day, taken)) / open) * 100)) : null;
}

function strip(day, [first, last], closed, taken, state) {
  const made = unread(element("span", "board-strip"));
  const part = (className, from, to) => {
    const [start, end] = [Math.max(from, first), Math.min(to, last)];
    if (end <= start) return null;
    const found = element("span", className);
    found.style.insetInlineStart = `${((start - first) / (last - first)) * 100}%`;
    found.style.inlineSize = `${((end - start) / (last - first)) * 100}%`;
    made.append(found);
    return found;
  };
  for (const [from, to] of spans(day, closed)) part("board-closed", from, to);
  for (const box of taken) {
    const found = part(`board-part is-${box.status ?? "held"}`, minutesBetween(day, box.start), minutesBetween(day, box.end));
    if (found && box.colour && state.colour !== "status") found.style.setProperty("--service", box.colour);
  }
  return made;
}

function lines(day, boxes) {
  const time = ({ start, end }) => (dayOf(start) < day ? `–${clockOf(end)}` : clockOf(start));
  const made = element("span", "board-lines", ...boxes.map((box) => {
    const name = element("span", "", box.patient);
    name.dir = "auto";
    return element("span", `board-line is-${box.status}`, element("span", "box-time", time(box)), name);
  }));
  return unread(made);
}

function unread(made) {
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** From cell to cell; beyond the last one the arrow turns the week. */
export function stepCells(place, event, forward) {
  const from = event.target.closest("[data-cell]");
  if (!from) return;
  const cells = [...place.querySelectorAll("[data-cell]")];
  const wide = from.closest("tr").querySelectorAll("[data-cell]").length;
  const index = cells.indexOf(from);
  const along = { ArrowRight: forward, ArrowLeft: -forward, Home: -(index % wide), End: wide - 1 - (index % wide) }[event.key];
  const inRow = along !== undefined && (index % wide) + along >= 0 && (index % wide) + along < wide;
  const down = { ArrowDown: wide, ArrowUp: -wide }[event.key];
  const to = inRow ? cells[index + along] : down ? cells[index + down] : null;
  if (!to) return;
  event.preventDefault();
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}
