// The calendar: what is shown, how one moves through it, and how it stays true.

import { keep, kept, say } from "../base/app.js";
import { onKeys } from "../base/keys.js";
import { shell } from "../base/shell.js";
import { address, book, bookWith, openAppointment } from "../desk/desk.js";
import { listen } from "../desk/live.js";
import { openPanel } from "../panel/panel.js";
import { actOnRow, showAgenda, stepRows } from "./agenda.js";
import { Board, FEW, stepCells } from "./board.js";
import { clocksInWords } from "./clocks.js";
import { moveTo } from "./drag.js";
import { load, loadDensity } from "./feed.js";
import { fillForm, readForm, showChips, showLegend, without } from "./filters.js";
import { Grid } from "./grid.js";
import { hands } from "./hands.js";
import { showMonth, stepDays } from "./month.js";
import { VIEWS, daysShown, readState, remember, stepped, writeState } from "./state.js";
import { keepViews, keyed } from "./views.js";
import { addDays, clockOf, dayInWords, dayOf, daysInWords, monthInWords, weekNumber } from "./wall.js";

const desk = { ...shell, ...JSON.parse(document.getElementById("desk").textContent) };
const at = (id) => document.getElementById(id);
const place = { grid: at("grid"), board: at("board"), list: at("list"), month: at("month") };
const forms = [at("filter-form"), at("look-form")];
const picker = at("day");
const forward = document.dir === "rtl" ? -1 : 1;
let state = readState(location.search, desk.known, desk.day);
let grid = null;
let board = null;
let loading = 0;
let listed = () => {};
let shown = { columns: [], appointments: [] }; // the days on screen

// ---------------------------------------------------------------- what is shown

async function refresh() {
  const mine = ++loading;
  const days = daysShown(state, desk.firstDay);
  const ask = state.view === "month" ? loadDensity : load;
  const data = await ask(desk.clinics, state, days).catch(() => null);
  if (mine !== loading) return;
  at("updated").classList.toggle("is-stale", data === null);
  if (data !== null) draw(data, days);
}

function draw(data, days) {
  const month = state.view === "month";
  if (month) showMonth(place.month, data, state, desk);
  else drawDays(data, days);
  showLegend(at("legend"), month ? { appointments: [] } : data, state, desk);
  at("updated").textContent = desk.words.updated.replace("{time}", timeNow());
  at("calendar").dataset.loaded = state.day;
  at("calendar").dataset.shows = state.view;
}

/** A day is also a list, for paper. */
function drawDays(data, days) {
  shown = data;
  const nobody = [data.columns, data.appointments, data.holds].every((one) => !one.length);
  const columns = !nobody && ["day", "week"].includes(state.view);
  at("nobody").hidden = !nobody || state.view === "agenda";
  const rows = state.view === "week" && columnsIn(data) > FEW;
  place.grid.hidden = !columns || rows;
  place.board.hidden = !rows;
  if (rows) {
    board ??= new Board(place.board, desk, { book: (column, day) => bookWithin(column, { day }) });
    board.show(data, state, days);
  } else if (columns) {
    grid ??= new Grid(place.grid, desk, data.now, Number(kept("calendar-zoom", "-1")), { free, open, taken, drop });
    grid.show(data, state, days);
  }
  listed = () => showAgenda(place.list, data, days, desk);
  if (state.view === "agenda") listed();
}

/** Those in use, of all clinics. */
function columnsIn({ columns, appointments }) {
  const used = new Set(appointments.map((box) => box.column));
  return columns.filter((column, index) => column.active || used.has(index)).length;
}

// Drawn where somebody sees it: for paper, when it is wanted.
matchMedia("print").addEventListener("change", ({ matches }) => matches && state.view === "day" && listed());

/** By the clock of whoever reads. */
function timeNow() {
  const now = new Date();
  return [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

const TITLES = {
  day: () => dayInWords(state.day, desk.language),
  week: (first, last) => `${daysInWords(first, addDays(last, -1), desk.language)}${week(first)}`,
  month: () => monthInWords(state.day, desk.language),
  agenda: (first, last) => daysInWords(first, addDays(last, -1), desk.language),
};
const week = (day) => (desk.countsWeeks ? ` · ${desk.words.week.replace("{number}", weekNumber(day))}` : "");

function go(changes, { push = true } = {}) {
  state = { ...state, ...changes };
  const { view } = state;
  at("day-title").textContent = TITLES[view](...daysShown(state, desk.firstDay));
  picker.value = state.day;
  if (view !== "day" && view !== "week") place.grid.hidden = true;
  if (view !== "week") place.board.hidden = true;
  place.list.hidden = view !== "agenda";
  place.month.hidden = view !== "month";
  at("other-clocks").textContent = clocksInWords(desk, state.day);
  at("other-clocks").hidden = view === "month" || !at("other-clocks").textContent;
  at("by").hidden = view === "agenda" || view === "month";
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  for (const button of document.querySelectorAll("[data-by]")) button.setAttribute("aria-pressed", String(button.dataset.by === state.by));
  for (const form of forms) fillForm(form, state);
  showChips(at("chips"), state, desk);
  remember(state);
  const query = `?${writeState(state)}`;
  if (push && query !== location.search) history.pushState(null, "", query);
  return refresh();
}

/** Other clinics have other providers and services to choose from: the page is asked for anew. */
function change(next) {
  if (String(next.clinic) !== String(state.clinic)) location.search = writeState(next);
  else go(next);
}

// ---------------------------------------------------------------- what is done there

const open = (box) => openAppointment(box.id);
const taken = (held, column, element) => why(held.start, column ?? held, element.getBoundingClientRect());
bookWith(() => ({ day: state.day }));

/** A free time was chosen; the column says with whom, and in which clinic. */
function free(wall, column, { clientX, clientY }) {
  const clinic = desk.clinics[column.clinic];
  const filling = document.getElementById("booking") && clinic.mayBook;
  if (grid.closedAt(wall, column) && !filling) return why(wall, column, spot(clientX, clientY));
  if (!clinic.mayBook) return;
  const asked = { day: dayOf(wall), time: clockOf(wall) };
  bookWithin(column, asked);
}

/** The booking form of a column's clinic, with whom it is for. */
function bookWithin(column, asked) {
  if (column.kind === "provider") asked.provider = column.id;
  bookIn(column.clinic, asked);
}

/** The booking form of one of the clinics side by side. */
function bookIn(clinic, asked) {
  if (clinic === 0) book(asked);
  else openPanel(`${desk.clinics[clinic].booking}?${new URLSearchParams(asked)}`);
}

/** An appointment was dropped: over a provider's column, with them; over a room's, in that one instead. */
async function drop(box, wall, key, minutes, undo) {
  const to = taking(grid.columnOf(box), key, box.clinic);
  if (!to) {
    undo();
    return say(desk.words.notThere, "wrong");
  }
  const card = address(shell.urls.appointment, box.id);
  await moveTo(address(desk.urls.moveTo, box.id), box, wall, to, minutes, undo, card);
  return refresh();
}

/** What changes from one column to another, as the server is asked; null where it can't be dropped there. */
function taking(from, key, clinic) {
  const [[before], [column, where]] = [from.split("@"), key.split("@")];
  if (Number(where) !== clinic) return null;
  if (state.by !== "place") return from === key ? {} : { provider: column };
  const roomless = [before, column].filter((one) => one === "nobody").length;
  if (roomless) return roomless === 2 ? {} : null;
  return { room: column, room_before: before };
}

const { why, spot, acts } = hands(place.grid, {
  desk,
  open,
  bookIn,
  columnWith: (box) => shown.columns[box.column],
  grid: () => grid,
  day: () => state.day,
  show: (day) => go({ view: state.view === "week" ? "week" : "day", day }),
});

const zoom = (by) => grid && keep("calendar-zoom", grid.zoom(by));
const step = (by) => go({ day: by ? stepped(state, by) : desk.today });

/** What was kept; where it names other clinics than those here, the page is asked for anew. */
function showKept(query) {
  if (query === undefined) return;
  const asked = new URLSearchParams(query);
  asked.set("day", state.day);
  const clinics = asked.getAll("clinic").filter((one) => desk.known.clinic.includes(one));
  if (String(clinics) === String(state.clinic)) go(readState(asked, desk.known, state.day));
  else location.search = asked;
}

onKeys({
  t: () => step(0),
  l: () => go({ view: state.view === "agenda" ? "day" : "agenda" }),
  d: () => go({ view: "day" }),
  k: () => go({ view: "week" }),
  m: () => go({ view: "month" }),
  a: () => go({ view: "agenda" }),
  r: () => go({ by: state.by === "place" ? "provider" : "place" }),
  "+": () => zoom(1),
  "-": () => zoom(-1),
  ArrowRight: () => step(forward),
  ArrowLeft: () => step(-forward),
  ...Object.fromEntries(desk.keys.map((key) => [key, () => showKept(keyed(key))])),
});

const CLICKS = {
  go: ({ go: by }) => step(Number(by)),
  view: ({ view }) => VIEWS.includes(view) && go({ view }),
  by: ({ by }) => go({ by }),
  zoom: ({ zoom: by }) => zoom(Number(by)),
  pick: () => picker.showPicker(),
  openDay: ({ openDay }) => go({ view: "day", day: openDay }),
  bookOn: ({ bookOn }) => book({ day: bookOn }),
  without: ({ without: name, value }) => go(without(state, name, value)),
  away: ({ away, clinic, day }) => openPanel(`${desk.clinics[clinic].away}?${new URLSearchParams({ provider: away, day: day || state.day })}`),
  only: ({ only, filter }) => go({ [filter]: [only] }),
  mine: ({ mine }) => go({ provider: [mine] }),
  print: () => window.print(),
};
at("main").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  for (const [name, act] of Object.entries(CLICKS)) if (button && name in button.dataset) act(button.dataset);
});
for (const form of forms) form.addEventListener("change", () => change(readForm(form, state)));
keepViews(at("kept-views"), { show: showKept, now: () => writeState(state) });
place.list.addEventListener("keydown", (event) => {
  stepRows(place.list, event);
  actOnRow(event, acts, (id) => shown.appointments.find((box) => box.id === id));
});
place.board.addEventListener("keydown", (event) => stepCells(place.board, event, forward));
place.month.addEventListener("keydown", (event) => stepDays(place.month, event, forward));
picker.addEventListener("change", () => {
  picker.blur();
  if (picker.value) go({ day: picker.value });
});

// The calendar goes along to the day that is being booked: a closed one leads to the next that is open.
at("panel").addEventListener("htmx:after:swap", () => {
  const day = at("panel").querySelector("#booking [name=day]")?.value;
  if (day && !daysInclude(day)) go({ day });
});

function daysInclude(day) {
  const [first, last] = daysShown(state, desk.firstDay);
  return first <= day && day < last;
}

addEventListener("popstate", () => go(readState(location.search, desk.known, desk.day), { push: false }));
document.addEventListener("orderly:fresh", refresh);
document.addEventListener("orderly:closed", refresh);
for (const clinic of desk.clinics.slice(1)) listen(clinic.socket, shell.position);

go({}, { push: false });
