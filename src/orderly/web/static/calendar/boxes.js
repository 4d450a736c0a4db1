// What stands in the calendar's boxes. Names are text nodes: whatever people are called, it is never markup.

import { clockOf } from "./wall.js";

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
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

function markOf(box, words) {
  const mark = element("span", `box-mark is-${box.status}`, icon(box.status), unseen(words[box.status]));
  return titled(mark, words[box.status]);
}

/** Read aloud it is "10:30–11:00 Anna Karimova Consultation Dr Smith Confirmed"; the eye has column and height. */
export function appointmentContent(box, column, words) {
  const service = box.mark ? [element("span", "box-letter", box.mark), " ", box.service] : [box.service];
  return [
    element("span", "box-time", clockOf(box.start), unseen(`–${clockOf(box.end)}`)),
    titled(inOwnDirection(element("span", "box-patient", box.patient)), `${box.patient}, ${box.service}`),
    element("span", "box-service", ...service, unseen(` ${nameOf(column)} `)),
    markOf(box, words),
  ];
}

/** One box for all of a group: who comes, and how many of its places are taken. Each name opens its own appointment. */
export function groupContent(boxes, column, words, sentences) {
  const [first] = boxes;
  const said = sentences.places.replace("{taken}", boxes.length).replace("{places}", first.places);
  const service = first.mark ? [element("span", "box-letter", first.mark), " ", first.service] : [first.service];
  const names = boxes.map((box) => {
    const name = titled(inOwnDirection(element("span", `group-name is-${box.status}`, icon(box.status), box.patient)), `${box.patient}, ${words[box.status]}`);
    name.dataset.box = box.id;
    return name;
  });
  return [
    element("span", "box-time", clockOf(first.start), unseen(`–${clockOf(first.end)}`)),
    element("span", "box-patient", ...service, unseen(` ${nameOf(column)} `)),
    titled(element("span", "box-places", `${boxes.length}/${first.places}`, unseen(` ${said} `)), said),
    titled(element("span", "group-names", ...names), boxes.map((box) => box.patient).join(", ")),
  ];
}

// A Latin name in an Arabic page is cut off at its own end, not at its beginning.
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
  return [element("span", "box-time", clockOf(held.start)), element("span", "box-patient", text)];
}

/** Time outside working hours is plain to see; anything else that closes a column says what it is. */
export function shadeContent(layer, words) {
  return layer === "hours" ? [] : [element("span", "shade-label", words[layer])];
}

export function columnContent(column) {
  const dot = element("span", "column-dot");
  dot.style.backgroundColor = column.colour ?? "";
  return [dot, element("strong", "", nameOf(column))];
}
