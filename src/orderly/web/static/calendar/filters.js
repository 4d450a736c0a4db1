// What is left out, chosen in a form and said in a line of chips.

import { element, icon } from "./boxes.js";

const FILTERS = ["provider", "place", "service", "status"];

/** Whether a filter has a say in what is on screen. */
const counts = (name, state) => name !== "place" || (state.by === "place" && ["day", "week"].includes(state.view));

/** The form as the state has it. */
export function fillForm(form, state) {
  for (const input of form.elements) {
    if (input.type === "checkbox") input.checked = [state[input.name]].flat().includes(input.value);
    if (input.type === "radio") input.checked = state[input.name] === input.value;
  }
}

/** What the form says, over the state it had. */
export function readForm(form, state) {
  const found = { ...state };
  for (const name of new Set([...form.elements].map((input) => input.name).filter(Boolean))) {
    const values = [...form.elements].filter((input) => input.name === name && input.checked).map((input) => input.value);
    found[name] = Array.isArray(state[name]) ? values : (values[0] ?? "");
  }
  if (found.tile.length === 0) found.tile = ["none"];
  return found;
}

export function without(state, name, value) {
  if (!name) return { ...state, provider: [], place: [], service: [], status: [], cancelled: "" };
  return { ...state, [name]: Array.isArray(state[name]) ? state[name].filter((one) => one !== value) : "" };
}

/** A chip for each thing that is filtered by, and a way out of all. */
export function showChips(place, state, desk) {
  const chips = FILTERS.filter((name) => counts(name, state)).flatMap((name) =>
    state[name].map((value) => chip(name, value, desk.words[name], desk.names[value] ?? desk.status[value], desk)),
  );
  if (state.cancelled) chips.push(chip("cancelled", "no", desk.words.hidden, desk.status.cancelled, desk));
  if (chips.length) chips.push(clear(desk));
  place.hidden = chips.length === 0;
  place.replaceChildren(...chips);
  for (const count of document.querySelectorAll("[data-filter-count]")) count.textContent = chips.length ? String(chips.length - 1) : "";
}

function chip(name, value, what, which, desk) {
  const button = element("button", "chip", element("span", "", `${what}: `, element("bdi", "", which)), icon("close"));
  button.type = "button";
  button.dataset.without = name;
  button.dataset.value = value;
  button.setAttribute("aria-label", desk.words.without.replace("{filter}", `${what}: ${which}`));
  return button;
}

function clear(desk) {
  const button = element("button", "chip-clear", desk.words.clear);
  button.type = "button";
  button.dataset.without = "";
  return button;
}

/** What the colours mean, each with its mark: of what is on screen. */
export function showLegend(place, data, state, desk) {
  const entries = state.colour === "status" ? statuses(data, desk) : services(data);
  place.hidden = entries.length === 0;
  place.replaceChildren(...entries);
}

function statuses({ appointments }, desk) {
  const there = new Set(appointments.map((box) => box.status));
  return Object.keys(desk.status).filter((status) => there.has(status)).map((status) =>
    element("li", `colours-entry is-${status}`, element("span", "colours-colour is-status"), icon(status), desk.status[status]),
  );
}

function services({ appointments }) {
  const there = new Map(appointments.map((box) => [box.service, box]));
  return [...there.values()].sort((one, other) => one.service.localeCompare(other.service)).map((box) => {
    const mark = box.mark ? [element("span", "box-letter", box.mark)] : [];
    const made = element("li", "colours-entry", element("span", "colours-colour"), ...mark, box.service);
    made.style.setProperty("--service", box.colour);
    return made;
  });
}
