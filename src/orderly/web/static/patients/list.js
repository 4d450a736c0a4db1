// The list of patients: what is typed is searched for at once, filters stand in the address, words never do.

import { onKeys } from "../base/keys.js";

const form = document.getElementById("finding");
const words = document.getElementById("find");
let enterWaits = false;

const results = () => document.getElementById("results");
const people = () => [...document.querySelectorAll(".person-link")];
const ask = () => form.dispatchEvent(new CustomEvent("orderly:find"));

onKeys({ "/": () => words.select() });
if (location.hash === "#find") words.focus();

// Another search begins at its first page.
form.addEventListener("input", () => { form.elements.page.value = ""; });

words.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") {
    event.preventDefault();
    people()[0]?.focus();
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (form.dataset.shown === words.value.trim()) people()[0]?.click();
    else enterWaits = true;
  } else {
    enterWaits = false;
  }
});

document.addEventListener("keydown", (event) => {
  const all = people();
  const at = all.indexOf(document.activeElement);
  if (at < 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  (event.key === "ArrowDown" ? all[at + 1] : at ? all[at - 1] : words)?.focus();
});

function drop(name, value) {
  for (const field of form.querySelectorAll("#filters [name]")) {
    if (name && field.name !== name) continue;
    if (field.type === "checkbox") field.checked = field.checked && name !== "" && field.value !== value;
    else if (field.tagName === "SELECT") field.selectedIndex = 0;
    else field.value = "";
  }
}

document.addEventListener("click", ({ target }) => {
  const dropped = target.closest("[data-drop]");
  const page = target.closest("[data-page]");
  if (dropped) {
    drop(dropped.dataset.drop, dropped.dataset.value);
    form.elements.page.value = "";
    ask();
    words.focus();
  } else if (page) {
    form.elements.page.value = page.dataset.page;
    ask();
  }
});

// What is on is what is kept.
document.getElementById("keeping").addEventListener("submit", ({ target }) => {
  target.elements.filters.value = results().dataset.address ?? "";
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target.id !== "results") return;
  const wrong = (results().dataset.wrong ?? "").split(" ");
  for (const field of form.querySelectorAll("#filters [name]")) {
    field.setAttribute("aria-invalid", String(wrong.includes(field.name)));
    field.setAttribute("aria-describedby", wrong.includes(field.name) ? `wrong-${field.name}` : "");
  }
  const asked = results().dataset.address;
  history.replaceState(null, "", form.dataset.list + (asked ? `?${asked}` : ""));
  form.dataset.shown = ctx.request.body?.get("q")?.trim() ?? "";
  if (enterWaits && form.dataset.shown === words.value.trim()) people()[0]?.click();
  if (form.dataset.shown === words.value.trim()) enterWaits = false;
});
