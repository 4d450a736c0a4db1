// Filling in the booking form: patient search by keyboard, times that fill themselves in, each step after the one before.

const panel = document.getElementById("panel");
let enterWaits = false; // for the answer of the search
let bookWaits = false; // for a time to be shown
let wanted = null; // what had the focus in the part that is about to be drawn anew

const options = () => [...panel.querySelectorAll("#matches [role=option]")];
const active = () => panel.querySelector("#matches [aria-selected=true]");

function activate(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  const input = panel.querySelector("#patient-q");
  input.setAttribute("aria-expanded", String(options().length > 0));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function step(by) {
  const all = options();
  const from = all.indexOf(active());
  if (all.length) activate(all[from < 0 && by < 0 ? all.length - 1 : (from + by + all.length) % all.length]);
}

function closeMatches() {
  panel.querySelector("#matches")?.replaceChildren();
  const input = panel.querySelector("#patient-q");
  input?.setAttribute("aria-expanded", "false");
  input?.removeAttribute("aria-activedescendant");
}

function onSearchKey(event) {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (options().length) step(event.key === "ArrowDown" ? 1 : -1);
    else event.target.dispatchEvent(new CustomEvent("orderly:recent"));
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (active()) active().click();
    else if (isNobody(event.target)) begin();
    else enterWaits = event.target.value.trim() !== "";
  } else if (event.key === "Escape" && (active() || panel.querySelector("#matches:not([data-recent]) [role=option]"))) {
    event.preventDefault();
    closeMatches();
  } else {
    enterWaits = false;
  }
}

panel.addEventListener("keydown", (event) => {
  if (event.target.id === "patient-q") onSearchKey(event);
});

// Before anything is typed the list shows who was opened last; whatever it shows, it goes when one leaves.
panel.addEventListener("focusin", ({ target }) => {
  if (target.id === "patient-q" && !options().length) target.dispatchEvent(new CustomEvent("orderly:recent"));
});
panel.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (target.id === "patient-q" && !relatedTarget?.closest?.("#matches") && options().length) closeMatches();
});
panel.addEventListener("mousedown", (event) => {
  if (event.target.closest("#matches")) event.preventDefault(); // or the list would be gone before the click
});

/** Nobody has that name: they are registered with it. */
const isNobody = (input) => panel.querySelector("#matches [data-nobody]")?.dataset.nobody === input.value.trim();
const begin = () => panel.querySelector("button.register")?.click();

function onMatches() {
  const all = options();
  if (document.activeElement?.id !== "patient-q") return closeMatches();
  activate(panel.querySelector("#matches[data-recent]") ? null : all[0]);
  if (enterWaits && all.length === 1) all[0].click();
  if (enterWaits && isNobody(document.activeElement)) begin();
  enterWaits = false;
}

function onPatient(field) {
  nameWho();
  panel.querySelector("#in-today")?.remove(); // it was of somebody else
  if ("chosen" in field.dataset) {
    bookWaits = Boolean(panel.querySelector("#booking")) && !panel.querySelector("#booking-time");
    if (!bookWaits) (panel.querySelector("#book:enabled") ?? panel.querySelector("[data-later]"))?.focus();
    rehold();
  } else {
    field.querySelector(".alike")?.scrollIntoView({ block: "nearest" });
    (field.querySelector("[aria-invalid]") ?? field.querySelector("[data-focus]") ?? field.querySelector("#patient-q"))?.focus();
  }
}

/** The summary says who it is for: the name that stands in the patient's own field. */
function nameWho() {
  const place = panel.querySelector("[data-who]");
  if (!place) return;
  const name = panel.querySelector("#patient[data-chosen] .person strong")?.textContent;
  place.textContent = name ?? place.dataset.nobody;
  place.classList.toggle("is-missing", !name);
}

function onWhen() {
  nameWho();
  panel.querySelector(".clocks [aria-pressed=true]")?.scrollIntoView({ block: "nearest" });
  if (bookWaits) panel.querySelector("#when").scrollIntoView({ block: "nearest" });
  const again = bookWaits ? panel.querySelector("#when [aria-invalid]") ?? panel.querySelector("#book") : wanted && panel.querySelector(wanted);
  again?.focus();
  bookWaits = false;
  wanted = null;
}

/** How to find what has the focus once its part has been drawn anew. */
function focusInWhen() {
  const it = document.activeElement;
  if (!it?.closest("#when")) return null;
  if (it.id) return `#${it.id}`;
  if (it.name) return `#when [name="${it.name}"]`;
  return it.dataset.day ? `#when [data-day="${it.dataset.day}"]` : null;
}

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.target.id === "when" && !bookWaits) wanted = focusInWhen();
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target.id === "matches") onMatches();
  if (ctx.target.id === "patient" && panel.querySelector("#booking, #walk-in")) onPatient(panel.querySelector("#patient"));
  if (ctx.target.id === "when") onWhen();
  if (ctx.target.id === "walk-in-when") panel.querySelector("#book").disabled = Boolean(panel.querySelector("[data-full]"));
  if (ctx.target === panel) nameWho();
});

// Nobody waits for what isn't coming; what is pressed next is checked by the server like any other form.
document.addEventListener("orderly:failed", () => { enterWaits = bookWaits = false; });

const rehold = () => panel.querySelector("#when")?.dispatchEvent(new CustomEvent("orderly:rehold"));

/** Another time for the form that is open: all else that was typed stays. False where no booking is being made. */
export function fillIn(when) {
  const form = panel.querySelector("#booking");
  if (form) fill(form, when);
  return Boolean(form);
}

function fill(form, when) {
  for (const name of ["day", "time", "provider"]) {
    if (when[name] === undefined) continue;
    const field = form.elements[name] ?? hidden(form, name);
    field.value = when[name];
  }
  if (form.id === "booking") rehold();
}

/** A time may be pointed at before the form has come to it. */
function hidden(form, name) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name });
  form.querySelector("#when").append(field);
  return field;
}

panel.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-fill]");
  if (button) {
    const form = button.closest("form");
    fill(form, button.dataset);
    if (button.dataset.time) form.querySelector("button[type=submit].btn-primary").focus();
  } else if (target.closest("[data-rehold]")) {
    rehold();
  } else if (target.closest("[data-list-times]")) {
    panel.querySelector("#booking [name=pointed]").value = "";
    rehold();
  }
});

// What the time hangs on but stands elsewhere in the form: the provider.
panel.addEventListener("change", ({ target }) => {
  if (target.matches("#booking [data-holds]") && !target.closest("#when") && panel.querySelector("#booking-time")) rehold();
});

// Booking while a new patient is half typed in means: register first. While the free times are on their way, nobody
// has seen yet what would be booked.
document.addEventListener("submit", (event) => {
  if (!["booking", "walk-in"].includes(event.target.id) || (!panel.querySelector(".registering") && !bookWaits)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!bookWaits) document.getElementById("register").requestSubmit();
}, { capture: true });
