// What stands in the calendar's boxes. Names are text nodes: whatever people are called, it is never markup.

import { clockOf } from "./wall.js";

const SVG = "http://www.w3.org/2000/svg";
const drawn = new Map();

/** One of the page's icons. A copy of its own: hundreds that refer to one (`use`) are styled each as a tree of its own. */
export function icon(name) {
  if (!drawn.has(name)) drawn.set(name, copied(document.getElementById(`i-${name}`)));
  return drawn.get(name).cloneNode(true);
}

function copied(symbol) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", symbol.getAttribute("viewBox"));
  svg.append(...symbol.cloneNode(true).childNodes);
  return svg;
}

export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** The badge of a status: the same mark, word and colour as on the server's pages. */
export function badge(status, words) {
  return element("span", `badge-status is-${status}`, icon(status), words[status]);
}

export const times = (box) => `${clockOf(box.start)}–${clockOf(box.end)}`;

function markOf(box, provider, words) {
  const said = box.status === "requested" ? [unseen(provider), element("span", "box-asked", words[box.status])] : [unseen(`${provider} ${words[box.status]}`)];
  const mark = element("span", `box-mark is-${box.status}`, icon(box.status), ...said);
  mark.dataset.of = box.id;
  return titled(mark, words[box.status]);
}

/** Read aloud it is "10:30–11:00 Anna Karimova Consultation Dr Smith Confirmed"; the eye has column and height. */
export function appointmentContent(box, column, { status, words }) {
  const service = serviceOf(box);
  const proposed = box.proposed ? [" ", element("em", "box-proposed", words.proposed)] : [];
  return [
    element("span", "box-time", clockOf(box.start), unseen(`–${clockOf(box.end)}`)),
    inOwnDirection(element("span", "box-patient", box.patient)),
    inOwnDirection(element("span", "box-service", ...service, ...proposed)),
    markOf(box, nameOf(column), status),
  ];
}

/** Its letter, which has no say in which way the name is read, and its name. */
function serviceOf(box) {
  const name = element("span", "box-called", box.service);
  return box.mark ? [element("bdi", "box-letter", box.mark), " ", name] : [name];
}

/** What a box says while its move isn't answered yet. */
export const savingMark = (words) => element("span", "box-saving", icon("saving"), unseen(words.saving));

/** One box for all of a group: who comes, and how many of its places are taken. Each name opens its own appointment. */
export function groupContent(boxes, column, { status, words }) {
  const [first] = boxes;
  const there = boxes.filter((box) => box.status !== "cancelled").length;
  const said = words.places.replace("{taken}", there).replace("{places}", first.places);
  const service = serviceOf(first);
  const names = element("span", "group-names", ...boxes.map((box) => memberOf(box, status)));
  const more = element("span", "group-more");
  requestAnimationFrame(() => countHidden(names, more, words.more));
  return [
    element("span", "box-time", clockOf(first.start), unseen(`–${clockOf(first.end)}`)),
    inOwnDirection(element("span", "box-patient", ...service, unseen(` ${nameOf(column)} `))),
    titled(element("span", "box-places", `${there}/${first.places}`, unseen(` ${said} `)), said),
    titled(names, boxes.map((box) => box.patient).join(", ")),
    more,
  ];
}

function memberOf(box, status) {
  const name = inOwnDirection(element("span", `group-name is-${box.status}`, icon(box.status), box.patient, unseen(` ${status[box.status]}`)));
  name.dataset.of = box.id;
  return titled(name, `${box.patient}, ${status[box.status]}`);
}

/** How many names there is no room for. */
function countHidden(names, more, words) {
  const bottom = names.getBoundingClientRect().bottom;
  const hidden = [...names.children].filter((name) => name.getBoundingClientRect().bottom > bottom + 2).length;
  more.textContent = hidden ? words.replace("{count}", hidden) : "";
}

// A Latin name or service in an Arabic page is cut off at its own end, not at its beginning.
function inOwnDirection(made) {
  made.dir = "auto";
  return made;
}

function titled(made, title) {
  made.title = title;
  return made;
}

const unseen = (text) => element("span", "visually-hidden", text);

export const nameOf = (column) => (column ? [column.title, column.name].filter(Boolean).join(" ") : "");

export function holdContent(held, desk) {
  const text = held.owner === desk.me ? desk.words.youBook : desk.words.beingBooked.replace("{name}", held.ownerName);
  return [element("span", "box-time", clockOf(held.start)), titled(element("span", "box-patient", text), `${times(held)} ${text}`)];
}

export function columnContent(column, desk) {
  const dot = element("span", "column-dot");
  dot.style.backgroundColor = column.colour ?? "";
  const away = awayButton(column, desk);
  return [dot, inOwnDirection(element("strong", "", nameOf(column))), ...(away ? [away] : [])];
}

/** Of several side by side, the one a column is in; nothing for the library's own, before it is given any. */
export function clinicOf(column, clinics) {
  const name = clinics[column.clinic]?.name ?? "";
  return titled(inOwnDirection(element("small", "column-clinic", name)), name);
}

/** To note that a provider is away, where the reader may; null for others. `day`: on another day than the one shown. */
export function awayButton(column, { clinics, words }, day = "") {
  const { away, awayOnly } = (column.kind === "provider" && clinics[column.clinic]) || {};
  if (!away || (awayOnly && awayOnly !== column.id)) return null;
  const made = element("button", "column-away", icon("door"));
  made.type = "button";
  Object.assign(made.dataset, { away: column.id, clinic: column.clinic, day });
  made.title = words.away.replace("{name}", nameOf(column));
  made.append(unseen(made.title));
  return made;
}
