// The side panel: opening, closing, where the focus goes, and the time it holds while a booking is made.

export { fillIn } from "./booking.js";
import { release } from "./holding.js";

const panel = document.getElementById("panel");
let opener = null;

/** Load an address into the panel and put the focus into it; closing gives the focus back. */
export function openPanel(url) {
  reveal();
  return window.htmx.ajax("GET", url, { target: panel, swap: "innerHTML" });
}

/** Show what the server has answered already. */
export function fillPanel(html) {
  reveal();
  return window.htmx.swap({ sourceElement: panel, target: panel, swap: "innerHTML", text: html });
}

function reveal() {
  release(panel);
  if (panel.hidden) opener = document.activeElement;
  panel.hidden = false;
  document.body.classList.add("has-panel");
}

export function closePanel() {
  if (panel.hidden) return;
  release(panel);
  panel.hidden = true;
  panel.replaceChildren();
  document.body.classList.remove("has-panel");
  (opener?.isConnected && opener !== document.body ? opener : document.getElementById("main")).focus();
  opener = null;
  document.dispatchEvent(new CustomEvent("orderly:closed"));
}

/** The appointment the panel shows, if it shows one. */
export const shownAppointment = () => panel.querySelector("[data-appointment]")?.dataset.appointment;

panel.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) closePanel();
});

// After each answer: to the field that wants it, else to what is wrong, else to the heading of what is new.
document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (!panel.contains(ctx.target) && ctx.target !== panel) return;
  const wanted = panel.querySelector("[data-focus]:not([hidden] *)") ?? panel.querySelector("[aria-invalid]");
  if (ctx.target === panel) (wanted ?? panel.querySelector("#patient-q") ?? panel.querySelector("#panel-title"))?.focus();
});
