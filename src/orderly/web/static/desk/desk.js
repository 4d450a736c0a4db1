// What every page of a clinic does: keys, panel, new booking, and hearing of changes.

import "../base/app.js";
import "../base/focus.js";
import { onKeys } from "../base/keys.js";
import { shell } from "../base/shell.js";
import "../calendar/pins.js";
import "../patients/places.js";
import { closePanel, fillIn, openPanel } from "../panel/panel.js";
import "../panel/failing.js";
import "../panel/undoing.js";
import { watchIdle } from "./idle.js";
import { listen } from "./live.js";

const NOTHING = "00000000-0000-0000-0000-000000000000";

/** An address that has the id in its place. */
export const address = (url, id) => url.replace(NOTHING, id);

let usual = () => ({});

/** What a new booking on this page starts with, such as the day that is shown. */
export function bookWith(given) {
  usual = given;
}

/** The booking form with what is asked for: `day`, `time`, `provider`, `patient`, … */
export function book(asked = usual()) {
  if (!shell.mayBook) return;
  if (!asked.time || !fillIn(asked)) openPanel(`${shell.urls.booking}?${new URLSearchParams(asked)}`);
}

export const openAppointment = (id) => openPanel(address(shell.urls.appointment, id));

const pages = [...document.querySelectorAll(".routes a")];
let going = 0;

onKeys({
  n: () => book(),
  p: () => shell.urls.register && openPanel(shell.urls.register),
  "/": () => shell.urls.patients && location.assign(`${shell.urls.patients}#find`),
  w: () => shell.urls.walkIn && openPanel(shell.urls.walkIn),
  g: () => { going = Date.now(); },
  "?": () => document.getElementById("help").showModal(),
  ...Object.fromEntries(pages.map((page, index) => [String(index + 1), () => { if (Date.now() - going < 2000) page.click(); }])),
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], :popover-open")) closePanel();
});

document.addEventListener("click", (event) => {
  const { target } = event;
  const card = target.closest("button[data-appointment], a[data-appointment]");
  const shows = target.closest("[data-panel]");
  const patient = target.closest("[data-book]");
  const later = target.closest("[data-later]")?.form.elements;
  if (target.closest("[data-new]")) {
    book();
  } else if (later) {
    book({ patient: later.patient?.value ?? "", service: later.service.value });
  } else if (patient) {
    book({ patient: patient.dataset.book });
  } else if (card) {
    event.preventDefault();
    openAppointment(card.dataset.appointment);
  } else if (shows) {
    event.preventDefault();
    shows.closest("[popover]")?.hidePopover();
    openPanel(shows.dataset.panel);
  }
});

const state = document.getElementById("linked");
document.addEventListener("orderly:linked", ({ detail: { linked } }) => {
  state.textContent = linked ? "" : shell.words.offline;
  state.classList.toggle("is-lost", !linked);
});

if (shell.urls.socket) listen(shell.urls.socket, shell.position);
if (shell.resume) openPanel(shell.resume);
watchIdle(shell.idleSeconds, shell.urls.here);
