// Days ahead as a list: for screen readers, for small screens, for paper, and for those who like lists. Whatever the
// columns can do with a mouse, this does by keyboard.

import { badge, element, icon, nameOf, times } from "./boxes.js";
import { shadeWord } from "./tiles.js";
import { dayInWords, dayOf, daysOf } from "./wall.js";

/** `days` are the first and the one after the last. */
export function showAgenda(place, data, days, desk) {
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.row : null;
  place.replaceChildren(...daysOf(...days).map((day) => section(day, data, desk)));
  if (focused) place.querySelector(`[data-row="${CSS.escape(focused)}"]`)?.focus();
}

function section(day, data, desk) {
  const boxes = data.appointments.filter((box) => dayOf(box.start) === day);
  const holds = data.holds.filter((held) => dayOf(held.start) === day && held.owner !== desk.me);
  const made = element("section", day === desk.today ? "agenda-day is-today" : "agenda-day");
  const title = element("h2", "agenda-title", dayInWords(day, desk.language));
  title.id = `agenda-${day}`;
  made.setAttribute("aria-labelledby", title.id);
  made.append(element("header", "agenda-head", title, count(boxes, desk), ...booking(day, desk)));
  const closed = closures(day, data, desk);
  if (closed) made.append(element("p", "agenda-closed", closed));
  made.append(boxes.length || holds.length ? table(boxes, holds, data, desk, title.id) : element("p", "agenda-free", desk.words.free));
  return made;
}

const count = (boxes, desk) =>
  element("span", "agenda-count", desk.words.appointments.replace("{count}", boxes.filter((box) => box.status !== "cancelled").length));

function booking(day, desk) {
  if (!desk.mayBook) return [];
  const button = element("button", "btn btn-icon", icon("plus"));
  button.type = "button";
  button.dataset.bookOn = day;
  button.setAttribute("aria-label", desk.words.book.replace("{day}", dayInWords(day, desk.language)));
  return [button];
}

/** What closes a whole clinic that day. */
function closures(day, data, desk) {
  const found = data.closed.filter(({ kind, start, end }) => ["closure", "holiday"].includes(kind) && dayOf(start) <= day && day < end);
  return [...new Set(found.map((closed) => shadeWord(closed, desk)))].join(", ");
}

function table(boxes, holds, data, desk, labelled) {
  const head = element("thead", "", document.getElementById("list-head").content.cloneNode(true));
  const rows = [...boxes.map((box) => [box.start, row(box, data, desk)]), ...holds.map((held) => [held.start, heldRow(held, data, desk)])];
  rows.sort(([one], [other]) => one.localeCompare(other));
  const columns = element("colgroup", "", ...Array.from({ length: 5 }, () => element("col")));
  const made = element("table", "table table-vcenter day-list", columns, head, element("tbody", "", ...rows.map(([, one]) => one)));
  made.setAttribute("aria-labelledby", labelled);
  return made;
}

function row(box, data, desk) {
  const button = element("button", "list-open", box.patient);
  button.type = "button";
  button.dataset.row = box.id;
  button.dataset.appointment = box.id;
  button.dir = "auto";
  const who = element("span", "list-who", button);
  if (box.phone) who.append(element("bdi", "list-phone", box.phone));
  const made = cells([times(box), who, service(box), where(box, data, desk), badge(box.status, desk.status)]);
  made.className = `is-${box.status}`;
  return made;
}

function service(box) {
  const mark = box.mark ? [element("span", "box-letter", box.mark), " "] : [];
  const made = element("span", "list-service", ...mark, box.service);
  made.style.setProperty("--service", box.colour);
  return made;
}

function where(box, data, desk) {
  const name = nameOf(data.columns[box.column]) || desk.words.nobody;
  return desk.clinics.length > 1 ? `${name}, ${desk.clinics[box.clinic].name}` : name;
}

function heldRow(held, data, desk) {
  const text = element("span", "list-held", icon("held"), desk.words.beingBooked.replace("{name}", held.ownerName));
  return cells([times(held), text, held.service, nameOf(data.columns[held.column]) || desk.words.nobody, ""]);
}

const cells = (contents) => element("tr", "", ...contents.map((content) => element("td", "", content)));

/** Up and down go from one appointment to the next. */
export function stepRows(place, event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !event.target.closest(".list-open")) return;
  const all = [...place.querySelectorAll(".list-open")];
  all[all.indexOf(event.target) + by]?.focus();
  event.preventDefault();
}

/** The keys of a box, on the row that has the focus; `boxOf(id)` is what it shows. */
export function actOnRow(event, acts, boxOf) {
  const row = event.target.closest(".list-open[data-row]");
  const act = acts[event.key];
  const keys = document.getElementById("use-keys")?.checked ?? true;
  const box = row && act && keys && !event.ctrlKey && !event.metaKey && !event.altKey ? boxOf(row.dataset.row) : null;
  if (!box) return;
  event.preventDefault();
  act(box, row);
}
