// A field that holds another patient: found as one types, chosen with arrows and Enter or a click.

const options = (field) => [...field.querySelectorAll("[role=option]")];
const active = (field) => field.querySelector("[role=option][aria-selected=true]");

function activate(field, option) {
  for (const one of options(field)) one.setAttribute("aria-selected", String(one === option));
  const input = field.querySelector("[role=combobox]");
  input.setAttribute("aria-expanded", String(options(field).length > 0));
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function choose(field, option) {
  field.querySelector("input[type=hidden]").value = option.dataset.choice;
  field.querySelector("[data-name]").replaceChildren(...option.childNodes);
  show(field, true);
  field.querySelector("[data-unchoose]").focus();
  field.dispatchEvent(new CustomEvent("orderly:chosen", { bubbles: true }));
}

function unchoose(field) {
  field.querySelector("input[type=hidden]").value = "";
  show(field, false);
  field.querySelector("[role=combobox]").focus();
}

function show(field, chosen) {
  field.querySelector(".combo").hidden = chosen;
  field.querySelector(".chosen").hidden = !chosen;
  field.querySelector("[role=combobox]").value = "";
  for (const list of field.querySelectorAll(".matches > *")) list.hidden = true;
  if (!chosen) activate(field, undefined);
}

function step(field, by) {
  const all = options(field);
  if (all.length) activate(field, all[(all.indexOf(active(field)) + by + all.length) % all.length]);
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-relative]");
  if (!field || event.target.role !== "combobox" || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(field, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault(); // never the form: a name is being looked for
    if (active(field)) choose(field, active(field));
  }
});

document.addEventListener("click", ({ target }) => {
  const field = target.closest("[data-relative]");
  if (!field) return;
  const option = target.closest("[data-choice]");
  if (option) choose(field, option);
  else if (target.closest("[data-unchoose]")) unchoose(field);
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const field = ctx.target.closest?.("[data-relative]");
  if (field) activate(field, options(field)[0]);
});
