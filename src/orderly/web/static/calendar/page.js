// The day: what is shown, how one moves through it, and how it stays true.

import { keep, kept } from "../base/app.js";
import { closePanel, fillIn, openPanel } from "../panel/panel.js";
import { moveTo } from "./drag.js";
import { load, watch } from "./feed.js";
import { Grid } from "./grid.js";
import { showList } from "./list.js";
import { addDays, clockOf, dayInWords, dayOf } from "./wall.js";

const desk = JSON.parse(document.getElementById("desk").textContent);
const place = { grid: document.getElementById("grid"), list: document.getElementById("list") };
const title = document.getElementById("day-title");
const picker = document.getElementById("day");
let day = desk.day;
let grid = null;
let loading = 0;
let missed = false;
let holds = [];

const address = (url, id) => url.replace("00000000-0000-0000-0000-000000000000", id);
const open = (box) => openPanel(address(desk.urls.appointment, box.id));

function book(wall, column) {
  const asked = wall ? { day: dayOf(wall), time: clockOf(wall), provider: column } : { day };
  if (!wall || !fillIn(asked)) openPanel(`${desk.urls.booking}?${new URLSearchParams(asked)}`);
}

async function refresh() {
  const mine = ++loading;
  const data = await load(desk.urls, day).catch(() => null);
  if (mine !== loading) return;
  missed = data === null; // asked for again as soon as the server answers
  if (!missed) draw({ ...data, day });
}

function draw(data) {
  holds = data.holds.map((held) => held.id);
  document.getElementById("nobody").hidden = data.columns.length > 0;
  grid ??= new Grid(place.grid, desk, data.now, { free: book, open, drop });
  grid.show(data);
  showList(place.list, data, desk, open);
  place.grid.dataset.loaded = day;
}

function go(to, { push = true } = {}) {
  day = to;
  title.textContent = dayInWords(day, desk.language);
  picker.value = day;
  grid?.goto(day);
  if (push) history.pushState({ day }, "", `?day=${day}`);
  return refresh();
}

/** An appointment was dropped. */
async function drop(box, ...where) {
  const card = address(desk.urls.appointment, box.id);
  await moveTo(address(desk.urls.moveTo, box.id), box, ...where, { offline: desk.words.offline, card });
  refresh();
}

function setView(name) {
  place.grid.hidden = name !== "grid";
  place.list.hidden = name !== "list";
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
  keep("view", name);
}

const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
const backward = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
const KEYS = {
  n: () => desk.mayBook && book(),
  t: () => go(desk.today),
  l: () => setView(place.list.hidden ? "list" : "grid"),
  "?": () => document.getElementById("help").showModal(),
  [forward]: () => go(addDays(day, 1)),
  [backward]: () => go(addDays(day, -1)),
};

// Single keys get in the way of speech input: they can be switched off.
const useKeys = document.getElementById("use-keys");
useKeys.checked = kept("keys", "on") === "on";
useKeys.addEventListener("change", () => keep("keys", useKeys.checked ? "on" : "off"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open")) return closePanel();
  if (event.target.closest("input, select, textarea, dialog, [popover], [contenteditable]")) return;
  const act = KEYS[event.key];
  if (!act || !useKeys.checked) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", ({ target }) => {
  const step = target.closest("[data-go]")?.dataset.go;
  if (step !== undefined) go(step === "0" ? desk.today : addDays(day, Number(step)));
  const view = target.closest("[data-view]")?.dataset.view;
  if (view) setView(view);
  if (target.closest("[data-new]")) book();
  if (target.closest("[data-pick]")) picker.showPicker();
});
picker.addEventListener("change", () => {
  picker.blur();
  if (picker.value) go(picker.value);
});
addEventListener("popstate", () => go(new URLSearchParams(location.search).get("day") ?? desk.today, { push: false }));
document.addEventListener("orderly:changed", refresh);
document.addEventListener("orderly:closed", refresh);

const freshness = document.getElementById("freshness");
watch(desk.urls, {
  changed: refresh,
  shown: () => holds,
  linked: (is) => {
    freshness.textContent = is ? "" : desk.words.offline;
    freshness.classList.toggle("is-lost", !is);
    if (is && missed) refresh();
  },
});

setView(kept("view", "grid"));
go(day, { push: false });
