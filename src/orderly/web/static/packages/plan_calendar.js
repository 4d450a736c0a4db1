// The plan on a calendar, over what is free. EventCalendar gets wall time as text and gives back how far something was
// dragged: the Date objects it offers are the browser's.

import { element } from "../calendar/boxes.js";
import { mendRoles } from "../calendar/roles.js";
import { addDays, addMinutes, addMonths, clockOf, dayInShort, dayOf, daysInWords, monthInWords, startOfWeek, wallOf, weekdayInShort } from "../calendar/wall.js";

const PHONE = matchMedia("(max-width: 600px)");
const NARROW_DAYS = 3;
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const FIRST_HOUR = 8;
const LAST_HOUR = 18;
const TWO_LINES_MINUTES = 30;

const hourOf = (wall) => Number(wall.slice(11, 13));
const isolated = (text) => element("bdi", "", text);
const line = (text) => Object.assign(element("span", "", text), { dir: "auto" });
const hours = (count) => `${String(count).padStart(2, "0")}:00:00`;

export class PlanCalendar {
  #calendar = null;
  #desk;
  #place;
  #title;
  #moved;
  #opened;
  #data = null;
  #view = "week";
  #day = null;

  /** `moved(number, wall)` is called when a session was dropped somewhere else, `opened(number)` when it was clicked. */
  constructor(place, title, desk, moved, opened) {
    [this.#place, this.#title, this.#desk, this.#moved, this.#opened] = [place, title, desk, moved, opened];
  }

  /** Draw a plan. The day that is shown stays, unless another session was `moved`; at first it is that of the first to
   *  be booked. */
  show(data, moved) {
    this.#data = data;
    const [first] = (data.boxes.length ? data.boxes : data.booked).map((box) => dayOf(box.start)).sort();
    const there = data.boxes.find((box) => String(box.number) === moved);
    this.#day = there ? dayOf(there.start) : this.#day ?? first ?? null;
    if (!this.#day) return;
    this.#calendar ??= this.#make();
    this.#draw();
  }

  turn(by) {
    this.#day = this.#view === "month" ? addMonths(this.#day, by) : addDays(this.#day, by * (PHONE.matches ? NARROW_DAYS : 7));
    this.#draw();
  }

  look(view) {
    this.#view = view;
    this.#draw();
  }

  #make() {
    mendRoles(this.#place, this.#title.id);
    const { createCalendar, TimeGrid, DayGrid, Interaction } = window.EventCalendar;
    return createCalendar(this.#place, [TimeGrid, DayGrid, Interaction], {
      view: "timeGridWeek",
      date: this.#day,
      firstDay: this.#desk.firstDay,
      locale: `${this.#desk.language}-u-nu-latn`,
      headerToolbar: { start: "", center: "", end: "" },
      allDaySlot: false,
      height: "100%",
      slotHeight: 36,
      slotDuration: { minutes: 30 },
      slotLabelInterval: { hours: 1 },
      slotLabelFormat: CLOCK,
      eventTimeFormat: CLOCK,
      snapDuration: { minutes: this.#desk.grid },
      slotEventOverlap: false,
      nowIndicator: false,
      eventDurationEditable: false,
      eventLongPressDelay: 400,
      dayHeaderFormat: (date) => (this.#view === "month" ? weekdayInShort : dayInShort)(dayOf(wallOf(date)), this.#desk.language),
      eventContent: ({ event }) => ({ domNodes: this.#content(event) }),
      eventDrop: ({ event, delta }) => {
        const { box } = event.extendedProps;
        this.#moved(box.number, addMinutes(box.start, delta.days * 1440 + delta.seconds / 60));
      },
      eventClick: ({ event }) => event.extendedProps.box?.service && this.#opened(event.extendedProps.box.number),
      eventDragStart: ({ event }) => this.#events(event.extendedProps.box.service),
    });
  }

  /** Number, time and provider fit into half an hour; the time is where the box is, also while it is in the hand. */
  #content({ start, extendedProps: { box } }) {
    if (!box) return [];
    const clock = isolated(clockOf(wallOf(start)));
    if (this.#view === "month") return [element("strong", "", clock, " ", isolated(box.title))];
    const long = box.end > addMinutes(box.start, TWO_LINES_MINUTES);
    const rest = [box.who, (long || !box.who) && box.service_name].filter(Boolean);
    return [element("strong", "", isolated(`${box.number}.`), " ", clock), ...rest.map(line)];
  }

  #draw() {
    const [first, last] = this.#days();
    const month = this.#view === "month";
    this.#place.classList.toggle("is-month", month);
    const walls = [...this.#data.boxes, ...this.#data.booked];
    const options = {
      view: month ? "dayGridMonth" : PHONE.matches ? "timeGridDay" : "timeGridWeek",
      duration: month ? { months: 1 } : PHONE.matches ? { days: NARROW_DAYS } : { weeks: 1 },
      date: this.#day,
      slotMinTime: hours(Math.min(FIRST_HOUR, ...walls.map((box) => hourOf(box.start)))),
      slotMaxTime: hours(Math.max(LAST_HOUR, ...walls.map((box) => hourOf(box.end) + 1))),
    };
    for (const [name, value] of Object.entries(options)) this.#calendar.setOption(name, value);
    this.#title.textContent = month ? monthInWords(this.#day, this.#desk.language) : daysInWords(first, addDays(last, -1), this.#desk.language);
    this.#events(null);
  }

  /** The days shown, from the first to the one after the last. */
  #days() {
    if (PHONE.matches) return [this.#day, addDays(this.#day, NARROW_DAYS)];
    const first = startOfWeek(this.#day, this.#desk.firstDay);
    return [first, addDays(first, 7)];
  }

  /** Boxes over what is free: for one service while it is in the hand, else for any. */
  #events(service) {
    const free = service ? this.#data.free[service] : Object.values(this.#data.free).flat();
    const shades = this.#view === "month" ? [] : free.map((span) => ({ ...span, display: "background", classNames: ["plan-free"] }));
    const boxes = this.#data.boxes.map((box) => ({
      start: box.start,
      end: box.end,
      id: String(box.number),
      startEditable: true,
      classNames: ["plan-box", ...(box.pinned ? ["is-pinned"] : []), ...(box.changed ? ["is-changed"] : [])],
      styles: [`--service: ${this.#data.colours[box.service]}`],
      extendedProps: { box },
    }));
    const booked = this.#data.booked.map((box) => ({ start: box.start, end: box.end, editable: false, classNames: ["plan-box", "is-booked"], extendedProps: { box } }));
    this.#calendar.setOption("events", [...shades, ...booked, ...boxes]);
  }
}
