// Filling in the booking form: patient search by keyboard, times that fill themselves in.

const panel = document.getElementById("panel");
let enterWaits = false;

const options = () => [...panel.querySelectorAll("#matches [role=option]")];
const active = () => panel.querySelector("#matches [aria-selected=true]");

function activate(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  const input = panel.querySelector("#patient-q");
  input.setAttribute("aria-expanded", String(Boolean(option)));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function step(by) {
  const all = options();
  if (all.length) activate(all[(all.indexOf(active()) + by + all.length) % all.length]);
}

function onSearchKey(event) {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (active()) active().click();
    else enterWaits = event.target.value.trim() !== "";
  } else if (event.key === "Escape" && options().length) {
    event.preventDefault();
    panel.querySelector("#matches").replaceChildren();
    event.target.setAttribute("aria-expanded", "false");
  } else {
    enterWaits = false;
  }
}

panel.addEventListener("keydown", (event) => {
  if (event.target.id === "patient-q") onSearchKey(event);
});

function onMatches() {
  const all = options();
  activate(all[0]);
  if (enterWaits && all.length === 1) all[0].click();
  enterWaits = false;
}

function onPatient(field) {
  if ("chosen" in field.dataset) {
    panel.querySelector("#book").focus();
    panel.querySelector("#when")?.dispatchEvent(new CustomEvent("orderly:rehold"));
  } else {
    (field.querySelector("[aria-invalid]") ?? field.querySelector("[data-focus]") ?? field.querySelector("#patient-q"))?.focus();
  }
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target.id === "matches") onMatches();
  if (ctx.target.id === "patient") onPatient(panel.querySelector("#patient"));
});

/** Another time for the form that is open: all else that was typed stays. False where no booking is being made. */
export function fillIn(when) {
  const form = panel.querySelector("#booking");
  if (form) fill(form, when);
  return Boolean(form);
}

function fill(form, when) {
  for (const name of ["day", "time", "provider"]) {
    if (when[name]) form.elements[name].value = when[name];
  }
  if (form.id === "booking") form.querySelector("#when").dispatchEvent(new CustomEvent("orderly:rehold"));
}

// A button that names another time.
panel.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-fill]");
  if (!button) return;
  const form = button.closest("form");
  fill(form, button.dataset);
  form.querySelector("button[type=submit].btn-primary").focus();
});

// Booking while a new patient is half typed in means: register first.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "booking" || !panel.querySelector(".registering")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.getElementById("register").requestSubmit();
}, { capture: true });
