// Days in columns, drawn by EventCalendar. It gets wall time as text and gives back a column and minutes moved: the Date
// objects it offers are the browser's and would be wrong wherever the browser isn't in the clinic's zone.

import { appointmentContent, clinicOf, columnContent, element, groupContent, holdContent } from "./boxes.js";
import { dragging } from "./drag.js";
import { Events } from "./events.js";
import { mendRoles } from "./roles.js";
import { extras, shadeContent, sideContent } from "./tiles.js";
import { dayInShort, dayOf, wallOf } from "./wall.js";

const SLOT_MINUTES = 15;
// A quarter of an hour, from all at a glance to every word; with a finger never lower than what it can hit.
const HEIGHTS = matchMedia("(pointer: coarse)").matches ? [24, 32, 40, 56] : [10, 16, 24, 36, 56];
const USUAL = HEIGHTS.indexOf(matchMedia("(pointer: coarse)").matches ? 32 : 24);
const FIRST_HOUR = 8;
const LAST_HOUR = 18;

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

const hours = (count) => `${String(count).padStart(2, "0")}:00:00`;

/** The clinic's offset, which only the line of the present needs. The calendar takes +00:00 for none given and would
 *  show the browser's time instead: a minute beside it is near enough. */
const zoneOf = (now) => (now.slice(-6) === "+00:00" ? "+00:01" : now.slice(-6));

export class Grid {
  #calendar;
  #desk;
  #zone;
  #place;
  #data = null;
  #state = null;
  #days = "";
  #events = null;
  #boxes = new Map();
  #byId = new Map();
  #busy = false;
  #waiting = null;
  #zoom;

  /** `handlers`: free(wall, column), open(box), taken(held, its column, its element), drop(box, wall, column id, minutes, undo). */
  constructor(place, desk, now, zoom, handlers) {
    this.#desk = desk;
    this.#place = place;
    this.#zone = zoneOf(now);
    this.#zoom = HEIGHTS[zoom] ? zoom : USUAL;
    const { createCalendar, ResourceTimeGrid, Interaction } = window.EventCalendar;
    mendRoles(place, "day-title");
    this.#calendar = createCalendar(place, [ResourceTimeGrid, Interaction], this.#options(handlers));
    place.addEventListener("click", (event) => this.#beside(event, handlers.free));
  }

  /** The time around a visit can be pointed at, so the library sees no click on it. */
  #beside(event, free) {
    const there = event.target.closest(".around") && this.at(event.clientX, event.clientY);
    if (there) free(there.wall, there.column, event);
  }

  #options(handlers) {
    const desk = this.#desk;
    return {
      view: "resourceTimeGridDay",
      date: desk.day,
      firstDay: desk.firstDay,
      locale: `${desk.language}-u-nu-latn`,
      timeZone: this.#zone,
      headerToolbar: { start: "", center: "", end: "" },
      allDaySlot: false,
      height: "100%",
      slotDuration: { minutes: SLOT_MINUTES },
      slotHeight: HEIGHTS[this.#zoom],
      slotLabelInterval: { hours: 1 },
      slotLabelFormat: CLOCK,
      eventTimeFormat: CLOCK,
      snapDuration: { minutes: desk.grid },
      slotEventOverlap: false,
      columnWidth: "minmax(8.75rem, 1fr)",
      nowIndicator: true,
      pointer: desk.mayBook,
      dayHeaderFormat: (date) => this.#dayHeader(date),
      eventContent: ({ event, timeText }) => ({ domNodes: this.#content(event, timeText) }),
      resourceLabelContent: ({ resource }) => ({ domNodes: this.#header(resource.extendedProps) }),
      dateClick: (info) => handlers.free(info.dateStr.slice(0, 16), info.resource.extendedProps, info.jsEvent),
      eventClick: ({ event, el, jsEvent }) => {
        const { held } = event.extendedProps;
        if (held) return handlers.taken(held, this.#data.columns[held.column], el);
        const box = this.boxAt(jsEvent.target) ?? event.extendedProps.box;
        if (box) handlers.open(box);
      },
      ...dragging(this, desk.words, handlers.drop),
    };
  }

  #dayHeader(date) {
    return dayInShort(dayOf(wallOf(date)), this.#desk.language);
  }

  #header(column) {
    const clinics = this.#desk.clinics;
    const content = columnContent(column, this.#desk);
    if (clinics.length > 1) content.push(clinicOf(column, clinics));
    return content;
  }

  #content(event, timeText) {
    const { box, held, group, closed, whole, side, present } = event.extendedProps;
    if (event.display === "pointer") return [element("span", "box-time", timeText)];
    if (present) return [];
    if (side) return sideContent(side);
    if (closed) return shadeContent(closed, whole, this.#desk);
    const column = this.#data.columns[(box ?? held).column];
    if (group) return groupContent(group, column, this.#desk);
    if (held) return holdContent(held, this.#desk);
    return [...appointmentContent(box, column, this.#desk), ...extras(box, this.#state, this.#desk)];
  }

  boxOf(id) {
    return this.#boxes.get(id);
  }

  /** The appointment that an element shows; of a group the one that is pointed at, else the first. */
  boxAt(element) {
    const named = element.closest("[data-of]") ?? element.closest(".ec-event")?.querySelector("[data-of]");
    const id = named?.dataset.of;
    return this.#byId.get(id) ?? null;
  }

  /** Wall time and column at a point of the screen; null where there are none. */
  at(x, y) {
    const found = document.elementFromPoint(x, y)?.closest(".ec-body") && this.#calendar.dateFromPoint(x, y);
    return found?.resource ? { wall: wallOf(found.date), column: found.resource.extendedProps } : null;
  }

  /** Whether a column is closed at a time, or taken by what a visit needs beside its own. */
  closedAt(wall, column) {
    const index = this.#data.columns.indexOf(column);
    return this.#events.taken(wall, index) || this.#data.closed.some((closed) => closed.column === index && closed.start <= wall && wall < closed.end);
  }

  columnOf(box) {
    return this.#events.keyOf(box);
  }

  /** Whether something is being dragged: until it is let go nothing is drawn anew. */
  busy(is) {
    this.#busy = is;
    if (!is && this.#waiting) this.show(...this.#waiting);
  }

  /** Larger or smaller by so many steps; returns the step it is on now. */
  zoom(by) {
    this.#zoom = Math.min(HEIGHTS.length - 1, Math.max(0, this.#zoom + by));
    this.#calendar.setOption("slotHeight", HEIGHTS[this.#zoom]);
    if (this.#data) this.show(this.#data, this.#state, this.#days);
    return this.#zoom;
  }

  /** Draw the days; what is being dragged just now is left alone until it is dropped. */
  show(data, state, days) {
    if (this.#busy) {
      this.#waiting = [data, state, days];
      return;
    }
    this.#waiting = null;
    this.#keepTime(data, days);
    const other = String(this.#days) !== String(days) || this.#state?.by !== state.by;
    [this.#data, this.#state, this.#days] = [data, state, days];
    this.#events = new Events(this.#desk, state, data, days, HEIGHTS[this.#zoom]);
    this.#boxes = this.#events.boxes();
    this.#byId = new Map([...data.appointments, ...data.assisting].reverse().map((box) => [box.id, box]));
    const columns = this.#events.columns();
    if (other) this.#turn();
    this.#calendar.setOption("resources", columns);
    this.#calendar.setOption("events", this.#events.all());
    this.#place.dataset.tile = state.tile.join(" ");
  }

  /** To other days, in one drawing. */
  #turn() {
    const [first, last] = this.#days;
    const week = this.#state.view === "week";
    const [from, to] = this.#events.hours(FIRST_HOUR, LAST_HOUR);
    const wall = this.#data.now.slice(0, 16);
    const now = wall >= first && dayOf(wall) < last ? Number(wall.slice(11, 13)) - 1 : from;
    const options = {
      view: week ? "resourceTimeGridWeek" : "resourceTimeGridDay",
      date: first,
      slotMinTime: hours(from),
      slotMaxTime: hours(to),
      scrollTime: hours(Math.max(from, now)),
      datesAboveResources: week,
      nowIndicator: new Set(this.#data.columns.map((column) => column.now.slice(-6))).size < 2,
    };
    this.#calendar.setOption("events", []);
    for (const [name, value] of Object.entries(options)) this.#calendar.setOption(name, value);
  }

  /** Where clocks have changed since: the line that shows the present moves with them, the day stays. */
  #keepTime({ now }, [first]) {
    if (zoneOf(now) === this.#zone) return;
    this.#zone = zoneOf(now);
    this.#calendar.setOption("timeZone", this.#zone);
    this.#calendar.setOption("date", first);
  }
}
