// The scheduling page: its form is sent whenever something in it changes, and the plans come back. What is changed in
// the plan itself (a provider, a pin, another time) is sent `again`, so that the rest changes as little as possible.

import { PlanCalendar } from "./plan_calendar.js";

const TYPING_MS = 400;

const form = document.getElementById("plan");
const desk = JSON.parse(document.getElementById("plan-desk").textContent);
const place = document.querySelector(".planning-calendar");
const button = (number) => document.querySelector(`#session-${number} .btn`);
const calendar = new PlanCalendar(
  document.getElementById("plan-calendar"),
  document.getElementById("plan-title"),
  desk,
  (number, wall) => move(`${number} ${wall}`),
  (number) => button(number).click(),
);
let typing = null;

/** Ask for plans; `again`: for this one, with what was changed in it. */
function ask(again) {
  clearTimeout(typing);
  typing = null;
  const mark = form.querySelector("[name=again]");
  if (!again) mark?.remove();
  else if (!mark) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "again", value: "1" }));
  form.requestSubmit();
}

function move(where) {
  form.elements.moved.value = where;
  ask(true);
}

const typed = (target) => target.matches("[type=number], [name=preferred_time]");

form.addEventListener("change", ({ target }) => {
  if ("still" in target.dataset || (typed(target) && !typing)) return;
  ask(target.name === "pin" || target.name.startsWith("provider_"));
});

form.addEventListener("input", ({ target }) => {
  if (!typed(target)) return;
  clearTimeout(typing);
  typing = setTimeout(ask, TYPING_MS);
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    if (!("still" in event.target.dataset)) ask();
  }
  const times = event.key === "Escape" && event.target.closest(".plan-row")?.querySelector(".times");
  if (times) close(times.parentElement);
});

function close(times) {
  times.parentElement.querySelector("[hx-post]").focus();
  times.replaceChildren();
}

form.addEventListener("click", ({ target }) => {
  const moves = target.closest("[data-move]");
  const turns = target.closest("[data-turn]");
  const looks = target.closest("[data-look]");
  if (moves) move(moves.dataset.move);
  else if (target.closest("[data-close-times]")) close(target.closest(".plan-times"));
  else if (turns) calendar.turn(Number(turns.dataset.turn));
  else if (looks) {
    calendar.look(looks.dataset.look);
    for (const one of form.querySelectorAll("[data-look]")) one.setAttribute("aria-pressed", String(one === looks));
  }
});

// The calendar follows what has come; a session that was moved keeps the focus.
document.addEventListener("htmx:after:swap", () => {
  const moved = form.elements.moved.value.split(" ")[0];
  const data = document.getElementById("plan-data");
  place.hidden = !data;
  if (data) calendar.show(JSON.parse(data.textContent), moved);
  if (data && moved) {
    form.elements.moved.value = "";
    button(moved)?.focus();
  }
});
