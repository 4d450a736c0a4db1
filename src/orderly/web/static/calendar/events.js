// From the feed to what EventCalendar draws: columns, boxes, holds and closed time, all in wall time.

import { asides } from "./aside.js";
import { holdable } from "./drag.js";
import { sideWord, sides } from "./tiles.js";
import { addMinutes, clockOf, dayOf, daysOf, minutesBetween } from "./wall.js";

const NOBODY = -1;
const SHORTEST = 15; // minutes: less couldn't be hit
const LINE = 19; // pixels that a line of text takes

/** A column's name for EventCalendar. A provider may stand in several clinics' columns. */
const keyOf = (column, clinic) => `${column?.id ?? "nobody"}@${clinic}`;

export class Events {
  #desk;
  #state;
  #data;
  #days;
  #slot;

  /** `days` are the first shown and the one after the last; `slot` is the height of SHORTEST minutes. */
  constructor(desk, state, data, days, slot) {
    this.#desk = desk;
    this.#state = state;
    this.#data = data;
    this.#days = days;
    this.#slot = slot;
  }

  keyOf(box) {
    return keyOf(this.#data.columns[box.column], box.clinic);
  }

  /** Those in use, or that something lies in; last what belongs to nobody. */
  columns() {
    const { columns, appointments, holds } = this.#data;
    const used = new Set([...appointments, ...holds].map((box) => box.column));
    const shown = columns.filter((column, index) => column.active || used.has(index));
    const made = shown.map((column) => ({ id: keyOf(column, column.clinic), title: column.name, extendedProps: column }));
    const lost = new Set([...appointments, ...holds].filter((box) => box.column === NOBODY).map((box) => box.clinic));
    const name = this.#state.by === "place" ? this.#desk.words.nowhere : this.#desk.words.nobody;
    for (const clinic of lost) made.push({ id: keyOf(null, clinic), title: "", extendedProps: { id: null, name, clinic } });
    return made.sort((one, other) => one.extendedProps.clinic - other.extendedProps.clinic);
  }

  /** Id and box of each event that stands for one. */
  boxes() {
    return new Map(this.#single().map((event) => [event.id, event.extendedProps.box]));
  }

  all() {
    const { appointments, assisting } = this.#data;
    const shared = [...this.#shared(appointments, "group"), ...this.#shared(assisting, "assists")];
    return [...asides([...this.#single(), ...shared, ...this.#holds()]), ...this.#shades(), ...this.#around(), ...this.#present()];
  }

  /** Whether a column is taken then to make ready for a visit, or to tidy up after it. */
  taken(wall, column) {
    return this.#data.appointments.some((box) => box.column === column && sides(box).some(({ start, end }) => start <= wall && wall < end));
  }

  /** An appointment that uses two rooms has a box in each. */
  #single() {
    const seen = new Map();
    return this.#data.appointments.filter((box) => !box.session).map((box) => {
      const before = seen.get(box.id) ?? 0;
      seen.set(box.id, before + 1);
      const end = box.end > box.start ? box.end : addMinutes(box.start, SHORTEST);
      return {
        id: before ? `${box.id}+${before}` : box.id,
        resourceId: this.keyOf(box),
        start: box.start,
        end,
        ...holdable(box, { ...this.#desk, mayMove: this.#desk.clinics[box.clinic].mayMove }),
        classNames: ["box", `is-${box.status}`, this.#lines(box.start, end)],
        styles: this.#colour(box),
        extendedProps: { box },
      };
    });
  }

  #lines(start, end) {
    const lines = Math.floor((minutesBetween(start, end) / SHORTEST) * this.#slot / LINE);
    return `lines-${Math.min(3, Math.max(0, lines))}`;
  }

  #colour(box) {
    return [`--service: ${this.#state.colour === "status" ? "var(--status)" : box.colour}`];
  }

  #holds() {
    return this.#data.holds.map((held) => ({
      id: `hold-${held.id}-${held.column}`,
      resourceId: this.keyOf(held),
      start: held.start,
      end: held.end,
      startEditable: false,
      durationEditable: false,
      classNames: ["box", "box-held", held.owner === this.#desk.me ? "box-mine" : "box-theirs"],
      extendedProps: { held },
    }));
  }

  /** Those of a group lie in one box; those who only help see that they are taken. Neither is moved from here. */
  #shared(boxes, kind) {
    const sets = new Map();
    boxes.filter((box) => kind === "assists" || box.session).forEach((box) => {
      const key = `${kind}-${box.session || box.id}-${box.column}-${box.start}`;
      sets.set(key, [...(sets.get(key) ?? []), box]);
    });
    return [...sets].map(([id, [box, ...others]]) => ({
      id,
      resourceId: this.keyOf(box),
      start: box.start,
      end: box.end,
      startEditable: false,
      durationEditable: false,
      classNames: ["box", kind === "group" ? "box-group" : "box-assists", `is-${box.session ? "many" : box.status}`],
      styles: box.session && this.#state.colour === "status" ? ["--service: var(--ink-soft)"] : this.#colour(box),
      extendedProps: { box, group: box.session ? [box, ...others] : null },
    }));
  }

  /** Closed time, cut by day, so that each day can say why. */
  #shades() {
    const days = daysOf(...this.#days).map((day) => [`${day}T00:00`, addMinutes(`${day}T00:00`, 1440)]);
    return this.#data.closed.flatMap((closed, index) =>
      days.filter(([from, to]) => closed.start < to && closed.end > from).map(([from, to]) => {
        const start = closed.start < from ? from : closed.start;
        const end = closed.end > to ? to : closed.end;
        return {
          id: `closed-${index}-${dayOf(from)}`,
          resourceId: this.keyOf(closed),
          start,
          end,
          display: "background",
          classNames: ["shade", `shade-${closed.kind}`],
          extendedProps: { closed, whole: start === from && end === to },
        };
      }),
    );
  }

  /** Time that visits take beside their own; a group's once. */
  #around() {
    const once = new Map(this.#data.appointments.map((box) => [`${box.session || box.id}-${box.column}-${box.start}`, box]));
    return [...once].flatMap(([key, box]) => sides(box).map((side) => ({
      id: `${side.word}-${key}`,
      resourceId: this.keyOf(box),
      start: side.start,
      end: side.end,
      display: "background",
      classNames: ["around"],
      styles: this.#colour(box),
      extendedProps: { side: sideWord(side, this.#desk) },
    })));
  }

  /** Where clinics have different times, each has its own line of the present. */
  #present() {
    const { columns } = this.#data;
    if (new Set(columns.map(({ now }) => now.slice(-6))).size < 2) return [];
    return columns.map((column, index) => ({
      id: `now-${index}`,
      resourceId: keyOf(column, column.clinic),
      start: column.now.slice(0, 16),
      end: addMinutes(column.now.slice(0, 16), 1),
      display: "background",
      classNames: ["present"],
      extendedProps: { present: true },
    }));
  }

  /** From the first to the last hour that anybody works or is booked, and never less than a usual day. */
  hours(first, last) {
    const known = new Set(daysOf(...this.#days));
    const early = (wall) => Number(wall.slice(11, 13));
    const late = (wall, day) => (dayOf(wall) > day ? 24 : early(wall) + (clockOf(wall).slice(3) !== "00" ? 1 : 0));
    const outside = this.#data.closed.filter(({ kind }) => kind === "hours");
    const opens = outside.map(({ end }) => end).filter((end) => known.has(dayOf(end)) && clockOf(end) !== "00:00").map(early);
    const closes = outside.map(({ start }) => start).filter((start) => known.has(dayOf(start)) && clockOf(start) !== "00:00").map((start) => late(start, dayOf(start)));
    const boxes = this.#data.appointments.filter(({ start }) => known.has(dayOf(start)));
    const overnight = this.#data.appointments.some(({ start, end }) => known.has(dayOf(end)) && start < dayOf(end) && end > `${dayOf(end)}T00:00`);
    return [
      overnight ? 0 : Math.min(first, ...opens, ...boxes.map(({ start }) => early(start))),
      Math.max(last, ...closes, ...boxes.map(({ start, end }) => late(end, dayOf(start)))),
    ];
  }
}
