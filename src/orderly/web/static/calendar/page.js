// The day: what is shown, how one moves through it, and how it stays true.

import { keep, kept } from "../base/app.js";
import { onKeys } from "../base/keys.js";
import { address, book, bookWith, openAppointment, shell } from "../desk/desk.js";
import { moveTo } from "./drag.js";
import { load } from "./feed.js";
import { Grid } from "./grid.js";
import { showList } from "./list.js";
import { addDays, clockOf, dayInWords, dayOf } from "./wall.js";

const desk = { ...shell, ...JSON.parse(document.getElementById("desk").textContent) };
const place = { grid: document.getElementById("grid"), list: document.getElementById("list") };
const title = document.getElementById("day-title");
const picker = document.getElementById("day");
let day = desk.day;
let grid = null;
let loading = 0;

const open = (box) => openAppointment(box.id);
const free = (wall, column) => book({ day: dayOf(wall), time: clockOf(wall), provider: column });
bookWith(() => ({ day }));

async function refresh() {
  const mine = ++loading;
  const data = await load(desk.urls, day).catch(() => null);
  if (mine === loading && data !== null) draw({ ...data, day });
}

function draw(data) {
  document.getElementById("nobody").hidden = data.columns.length > 0;
  grid ??= new Grid(place.grid, desk, data.now, { free, open, drop });
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
  const card = address(shell.urls.appointment, box.id);
  await moveTo(address(desk.urls.moveTo, box.id), box, ...where, { offline: shell.words.offline, card });
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
onKeys({
  t: () => go(desk.today),
  l: () => setView(place.list.hidden ? "list" : "grid"),
  [forward]: () => go(addDays(day, 1)),
  [backward]: () => go(addDays(day, -1)),
});

document.addEventListener("click", ({ target }) => {
  const step = target.closest("[data-go]")?.dataset.go;
  if (step !== undefined) go(step === "0" ? desk.today : addDays(day, Number(step)));
  const view = target.closest("[data-view]")?.dataset.view;
  if (view) setView(view);
  if (target.closest("[data-pick]")) picker.showPicker();
});
picker.addEventListener("change", () => {
  picker.blur();
  if (picker.value) go(picker.value);
});
addEventListener("popstate", () => go(new URLSearchParams(location.search).get("day") ?? desk.today, { push: false }));
document.addEventListener("orderly:fresh", refresh);
document.addEventListener("orderly:closed", refresh);

setView(kept("view", "grid"));
go(day, { push: false });
