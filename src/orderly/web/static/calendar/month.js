// A month at a glance: how many come each day, and how much of the working time is taken, in numbers and in shade.

import { element } from "./boxes.js";
import { addDays, dayInWords, dayOfMonth, startOfMonth, weekNumber, weekdayInShort, weekdayInWords } from "./wall.js";

const LEVELS = 5;

/** `days` has whole weeks; each leads to its day. */
export function showMonth(place, days, state, desk) {
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.openDay : null;
  const weeks = Array.from({ length: days.length / 7 }, (_, index) => days.slice(index * 7, index * 7 + 7));
  const head = element("tr", "", ...weekHead(desk), ...weeks[0].map(({ day }) => weekdayHead(day, desk)));
  const rows = weeks.map((week) => element("tr", "", ...weekCell(week, desk), ...week.map((one) => cell(one, state, desk))));
  const made = element("table", "month", element("thead", "", head), element("tbody", "", ...rows));
  made.setAttribute("aria-labelledby", "day-title");
  place.replaceChildren(made);
  if (focused) place.querySelector(`[data-open-day="${focused}"]`)?.focus();
}

function weekdayHead(day, desk) {
  const made = element("th", "", weekdayInShort(day, desk.language));
  made.scope = "col";
  made.abbr = weekdayInWords(day, desk.language);
  return made;
}

function weekHead(desk) {
  if (!desk.countsWeeks) return [];
  const made = element("th", "month-week", desk.words.week.replace("{number}", "").trim());
  made.scope = "col";
  return [made];
}

function weekCell([{ day }], desk) {
  if (!desk.countsWeeks) return [];
  const made = element("th", "month-week", String(weekNumber(day)));
  made.scope = "row";
  return [made];
}

function cell({ day, appointments, open, taken }, state, desk) {
  const share = open ? Math.round((taken / open) * 100) : 0;
  const words = [desk.words.appointments.replace("{count}", appointments)];
  words.push(open ? desk.words.taken.replace("{percent}", share) : desk.words.shut);
  const bar = element("span", "month-bar", element("span", ""));
  bar.style.setProperty("--share", `${Math.min(100, share)}%`);
  const button = element(
    "button",
    `month-day density-${open ? Math.ceil((share / 100) * LEVELS) : "shut"}`,
    element("span", "visually-hidden", `${dayInWords(day, desk.language)}: `),
    unread(element("span", "month-date", dayOfMonth(day, desk.language))),
    ...(appointments || open ? [element("span", "month-count", words[0], " ")] : []),
    element("span", "month-share", words[1]),
    unread(element("span", "month-short", open ? `${share} %` : "–")),
    ...(open ? [bar] : []),
  );
  button.type = "button";
  button.dataset.openDay = day;
  const outside = startOfMonth(day) !== startOfMonth(state.day);
  if (day === desk.today) button.setAttribute("aria-current", "date");
  return element("td", outside ? "is-outside" : "", button);
}

function unread(made) {
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** Up and down go a week, left and right a day: as in any calendar. */
export function stepDays(place, event, forward) {
  const days = { ArrowDown: 7, ArrowUp: -7, ArrowRight: forward, ArrowLeft: -forward }[event.key];
  const from = event.target.closest("[data-open-day]")?.dataset.openDay;
  if (!days || !from) return;
  const to = place.querySelector(`[data-open-day="${addDays(from, days)}"]`);
  if (!to) return;
  to.focus();
  event.preventDefault();
}
