// Booking together: the focus goes to what comes next, and times that were found for something else go.

import "../patients/choosing.js";

const form = document.getElementById("party");
const found = document.getElementById("found");
const stale = document.getElementById("stale");
const narrow = matchMedia("(max-width: 900px)"); // what was found stands below
let before = 0; // rows there were

const rows = () => form.querySelectorAll(".person-row");
const empty = (row) => !row.querySelector("[name=patient]").value;

function focusEmpty() {
  [...rows()].find(empty)?.querySelector("[role=combobox]").focus();
}

// What was found answers another question by now.
function outdate() {
  if (!found.querySelector(".proposal, .party-booked, .empty:not([data-hint])")) return;
  const told = stale.cloneNode(true);
  told.removeAttribute("id");
  told.hidden = false;
  found.replaceChildren(told);
}

form.addEventListener("change", ({ target }) => {
  if (target.closest("#people, #terms")) outdate();
});
form.addEventListener("orderly:chosen", outdate);
document.addEventListener("orderly:undone", outdate);

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target.id === "found") {
    found.querySelector("[data-focus]")?.focus({ preventScroll: narrow.matches });
    if (narrow.matches) found.scrollIntoView({ block: "start" });
  } else if (ctx.target.id === "people" || ctx.target.closest?.("#people")) {
    if (rows().length !== before) {
      if (before) outdate();
      if (rows().length > before) focusEmpty();
      before = rows().length;
    }
  }
});

before = rows().length;
focusEmpty();
