// The day in columns, drawn by EventCalendar. It gets wall time as text and gives back a column and minutes moved:
// the Date objects it offers are the browser's and would be wrong wherever the browser isn't in the clinic's zone.

import { appointmentContent, columnContent, element, groupContent, holdContent, shadeContent } from "./boxes.js";
import { dragging, holdable } from "./drag.js";
import { addMinutes, clockOf, dayOf, minutesBetween } from "./wall.js";

const NOBODY = -1;
const SLOT_MINUTES = 15;
// A quarter of an hour is never lower than what a finger or an unsteady hand can hit.
const SLOT_HEIGHT = matchMedia("(pointer: coarse)").matches ? 32 : 24;
const FIRST_HOUR = 8;
const LAST_HOUR = 18;

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

const hours = (count) => `${String(count).padStart(2, "0")}:00:00`;

/** The clinic's offset, which only the line of the present needs. The calendar takes +00:00 for none given and would
 *  show the browser's time instead: a minute beside it is near enough. */
const zoneOf = (now) => (now.slice(-6) === "+00:00" ? "+00:01" : now.slice(-6));

/** The columns call themselves a table but hold buttons: what is no table must not say it is one. The list is one.
 *  What scrolls must be reachable by keyboard, and say what it is. */
function mendRoles(place) {
  const roles = ["table", "rowgroup", "row", "cell", "columnheader"].map((role) => `[role=${role}]`).join();
  const mend = () => {
    place.querySelectorAll(roles).forEach((one) => ["role", "aria-colindex"].forEach((name) => one.removeAttribute(name)));
    const scrolls = place.querySelector(".ec-main:not([tabindex])");
    if (scrolls) Object.entries({ tabindex: 0, role: "region", "aria-labelledby": "day-title" }).forEach(([name, value]) => scrolls.setAttribute(name, value));
  };
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
}

export class Grid {
  #calendar;
  #desk;
  #zone;
  #data = null;
  #boxes = new Map();
  #busy = false;
  #waiting = null;

  /** `handlers`: free(wall, column id), open(box), drop(box, wall, column id, minutes, undo). */
  constructor(place, desk, now, handlers) {
    this.#desk = desk;
    this.#zone = zoneOf(now);
    const { createCalendar, ResourceTimeGrid, Interaction } = window.EventCalendar;
    mendRoles(place);
    this.#calendar = createCalendar(place, [ResourceTimeGrid, Interaction], this.#options(handlers));
  }

  #options(handlers) {
    const desk = this.#desk;
    return {
      view: "resourceTimeGridDay",
      date: desk.day,
      locale: `${desk.language}-u-nu-latn`,
      timeZone: this.#zone,
      headerToolbar: { start: "", center: "", end: "" },
      allDaySlot: false,
      height: "100%",
      slotDuration: { minutes: SLOT_MINUTES },
      slotHeight: SLOT_HEIGHT,
      slotLabelInterval: { hours: 1 },
      slotLabelFormat: CLOCK,
      eventTimeFormat: CLOCK,
      snapDuration: { minutes: desk.grid },
      slotEventOverlap: false,
      columnWidth: "minmax(8.75rem, 1fr)",
      nowIndicator: true,
      pointer: desk.mayBook,
      eventContent: ({ event, timeText }) => ({ domNodes: this.#content(event, timeText) }),
      resourceLabelContent: ({ resource }) => ({ domNodes: columnContent(resource.extendedProps) }),
      dateClick: (info) => desk.mayBook && handlers.free(info.dateStr.slice(0, 16), info.resource.id),
      eventClick: ({ event, jsEvent }) => {
        const box = this.#boxes.get(jsEvent.target.closest?.("[data-box]")?.dataset.box) ?? event.extendedProps.box;
        if (box) handlers.open(box);
      },
      ...dragging(this, handlers.drop),
    };
  }

  #content(event, timeText) {
    if (event.display === "pointer") return [element("span", "box-time", timeText)];
    if (event.display === "background") return shadeContent(event.extendedProps.layer, this.#desk.layers);
    const { box, held, group } = event.extendedProps;
    if (group) return groupContent(group, this.#data.columns[box.column], this.#desk.status, this.#desk.words);
    return held ? holdContent(held, this.#desk) : appointmentContent(box, this.#data.columns[box.column], this.#desk.status);
  }

  boxOf(id) {
    return this.#boxes.get(id);
  }

  columnOf(box) {
    return this.#column(this.#data, box);
  }

  /** Whether something is being dragged: until it is let go nothing is drawn anew. */
  busy(is) {
    this.#busy = is;
    if (!is && this.#waiting) this.show(this.#waiting);
  }

  goto(day) {
    this.#calendar.setOption("date", day);
  }

  /** Draw the day anew; what is being dragged just now is left alone until it is dropped. */
  show(data) {
    if (this.#busy) {
      this.#waiting = data;
      return;
    }
    this.#waiting = null;
    this.#keepTime(data);
    const first = this.#data === null || this.#data.day !== data.day;
    this.#data = data;
    this.#boxes = new Map(data.appointments.map((box) => [box.id, box]));
    const shown = this.#columns(data);
    this.#calendar.setOption("resources", shown);
    if (first) this.#limit(data);
    this.#calendar.setOption("events", [...this.#events(data), ...this.#shades(data)]);
  }

  /** Where clocks have changed since: the line that shows the present moves with them, the day stays. */
  #keepTime({ now, day }) {
    if (zoneOf(now) === this.#zone) return;
    this.#zone = zoneOf(now);
    this.#calendar.setOption("timeZone", this.#zone);
    this.#calendar.setOption("date", day);
  }

  #columns(data) {
    const used = new Set([...data.appointments, ...data.holds].map((box) => box.column));
    const shown = data.columns.filter((column, index) => column.active || used.has(index));
    const columns = shown.map((column) => ({ id: column.id, title: column.name, extendedProps: column }));
    if (used.has(NOBODY)) columns.push({ id: "nobody", title: "", extendedProps: { name: this.#desk.words.nobody } });
    return columns;
  }

  #column(data, box) {
    return data.columns[box.column]?.id ?? "nobody";
  }

  #events(data) {
    const boxes = data.appointments.filter((box) => !box.session).map((box) => ({
      id: box.id,
      resourceId: this.#column(data, box),
      start: box.start,
      end: box.end > box.start ? box.end : addMinutes(box.start, SLOT_MINUTES),
      ...holdable(box, this.#desk),
      classNames: ["box", `is-${box.status}`, `lines-${Math.min(3, Math.floor(minutesBetween(box.start, box.end) / SLOT_MINUTES))}`],
      styles: [`--service: ${box.colour}`],
      extendedProps: { box },
    }));
    const holds = data.holds.map((held) => ({
      id: `hold-${held.id}`,
      resourceId: this.#column(data, held),
      start: held.start,
      end: held.end,
      startEditable: false,
      durationEditable: false,
      classNames: ["box", "box-held", held.owner === this.#desk.me ? "box-mine" : "box-theirs"],
      extendedProps: { held },
    }));
    return [...boxes, ...this.#shared(data.appointments, data, "group"), ...this.#shared(data.assisting, data, "assists"), ...holds];
  }

  /** Those of a group lie in one box; those who only help see that they are taken. Neither is moved from here. */
  #shared(boxes, data, kind) {
    const sets = new Map();
    boxes.filter((box) => kind === "assists" || box.session).forEach((box) => {
      const key = `${kind}-${box.session || box.id}-${box.column}-${box.start}`;
      sets.set(key, [...(sets.get(key) ?? []), box]);
    });
    return [...sets].map(([id, [box, ...others]]) => ({
      id,
      resourceId: this.#column(data, box),
      start: box.start,
      end: box.end,
      startEditable: false,
      durationEditable: false,
      classNames: ["box", kind === "group" ? "box-group" : "box-assists", `is-${box.session ? "many" : box.status}`],
      styles: [`--service: ${box.colour}`],
      extendedProps: { box, group: box.session ? [box, ...others] : null },
    }));
  }

  #shades(data) {
    return data.closed.map((closed, index) => ({
      id: `closed-${index}`,
      resourceId: this.#column(data, closed),
      start: closed.start,
      end: closed.end,
      display: "background",
      classNames: ["shade", `shade-${closed.layer}`],
      extendedProps: { layer: closed.layer },
    }));
  }

  /** From the first to the last hour that anybody works or is booked, and never less than a usual day. */
  #limit(data) {
    const hour = (wall, up) => (dayOf(wall) < data.day ? 0 : dayOf(wall) > data.day ? 24 : Number(wall.slice(11, 13)) + (up && clockOf(wall).slice(3) !== "00" ? 1 : 0));
    const outside = data.closed.filter((closed) => closed.layer === "hours");
    const opens = outside.filter((one) => dayOf(one.end) === data.day && clockOf(one.end) !== "00:00").map((one) => hour(one.end, false));
    const closes = outside.filter((one) => dayOf(one.start) === data.day && clockOf(one.start) !== "00:00").map((one) => hour(one.start, true));
    const from = Math.min(FIRST_HOUR, ...opens, ...data.appointments.map((box) => hour(box.start, false)));
    const to = Math.max(LAST_HOUR, ...closes, ...data.appointments.map((box) => hour(box.end, true)));
    this.#calendar.setOption("slotMinTime", hours(from));
    this.#calendar.setOption("slotMaxTime", hours(to));
    const now = dayOf(data.now) === data.day ? Number(data.now.slice(11, 13)) - 1 : from;
    this.#calendar.setOption("scrollTime", hours(Math.max(from, now)));
  }
}
