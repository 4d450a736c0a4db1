// The list of appointments: its form is sent whenever something in it changes, and says what is asked for. What is shown
// comes back; the address in the bar follows it, without the words that were typed.

const TYPING_MS = 300;

const form = document.getElementById("filters");
const fields = form.elements;
const found = () => document.getElementById("found");
let typing = null;

/** Ask for what the form says; another question begins at its first page. */
function ask(page = "") {
  clearTimeout(typing);
  fields.page.value = page;
  form.requestSubmit();
}

function setWhen(code) {
  fields.when.value = code;
  fields.days.value = "";
}

/** Take one of the things away that narrow the list. */
function drop(name, value) {
  if (name === "when" || name === "days") return setWhen("");
  for (const box of form.querySelectorAll(`[name="${name}"]`)) {
    if (box.type !== "checkbox") box.value = "";
    else if (box.value === value) box.checked = false;
  }
}

form.addEventListener("change", ({ target }) => {
  if (target.name === "days") fields.when.value = "";
  ask();
});
form.addEventListener("input", ({ target }) => {
  if (target.name !== "q") return;
  clearTimeout(typing);
  typing = setTimeout(ask, TYPING_MS);
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox])")) return;
  event.preventDefault();
  if (event.target.name === "days") fields.when.value = "";
  ask();
});

document.addEventListener("click", ({ target }) => {
  const pressed = target.closest("button:is([data-when], [data-drop], [data-sort], [data-show], [data-page])");
  const { when, drop: name, value, sort, show, page } = pressed?.dataset ?? {};
  if (name) drop(name, value);
  else if (sort) fields.sort.value = sort;
  else if (when) setWhen(fields.when.value === when ? "" : when);
  else if (show) fields.show.value = show;
  else if (!page) return;
  ask(page);
});

// A list of choices closes as a menu does.
document.addEventListener("click", ({ target }) => {
  for (const pick of document.querySelectorAll(".pick[open]")) if (!pick.contains(target)) pick.open = false;
});
document.addEventListener("keydown", (event) => {
  const pick = event.key === "Escape" && event.target.closest(".pick[open]");
  if (!pick) return;
  event.preventDefault();
  pick.open = false;
  pick.querySelector("summary").focus();
});

/** The form and the address say what is shown. */
function follow() {
  const shown = found().dataset;
  const wrong = document.querySelector("#days-wrong .field-errors") !== null;
  fields.days.toggleAttribute("aria-invalid", wrong);
  if (wrong) fields.days.setAttribute("aria-invalid", "true");
  if (shown.address === undefined) return;
  history.replaceState(null, "", shown.address ? `?${shown.address}` : location.pathname);
  if (document.activeElement !== fields.days || fields.when.value) fields.days.value = shown.days;
  for (const button of form.querySelectorAll("[data-when]")) button.setAttribute("aria-pressed", String(button.dataset.when === shown.when));
  for (const button of document.querySelectorAll(".list-head [data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === shown.show));
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id === "found" || ctx.target === found()) follow();
});
