// Taking back what one has just done: by the toast, by the card, or by one key.

import { say } from "../base/app.js";
import { onKeys } from "../base/keys.js";
import { shell } from "../base/shell.js";
import { ask, forget } from "./asking.js";
import { fillPanel, shownAppointment } from "./panel.js";
import { send } from "./sending.js";

let last = null; // what was changed on this page, by its reader

/** Remember a change that may be taken back, and offer it. */
function offer({ undo, text }) {
  last = undo ? { ...undo, until: Date.now() + undo.seconds * 1000 } : null;
  for (const button of document.querySelectorAll("#toasts .toast-button")) button.remove(); // only the last change can be undone
  const toast = say(text, "done", undo && { label: undo.label, act: () => takeBack(undo) });
  if (!undo?.ask) return;
  toast.dataset.of = undo.ask.id;
  forget(undo.ask.id);
  if (shownAppointment() !== undo.ask.id) ask(toast, undo.ask.url); // else its card asks
}

async function takeBack(change) {
  if (last?.url === change.url) last = null;
  if (change.ask) forget(change.ask.id); // of what is taken back nobody need be told
  const fields = { version: change.version, deed: change.deed ?? "" };
  const answer = await send(change.url, fields, () => takeBack(change));
  if (!answer) return;
  if (!answer.ok || change.url.includes(shownAppointment() ?? "nothing")) fillPanel(answer.text);
  for (const [name, detail] of Object.entries(answer.events)) {
    document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

document.addEventListener("orderly:said", (event) => offer(event.detail));

onKeys({
  u: () => {
    const shown = document.querySelector("#panel form[data-undo]");
    if (shown) shown.requestSubmit();
    else if (last && Date.now() < last.until) takeBack(last);
    else say(shell.words.kept);
  },
});

// What the patient would read of what stands in the form now.
document.addEventListener("toggle", ({ target }) => {
  const form = target.dataset?.letter && target.open && target.closest("form");
  if (!form) return;
  const names = ["day", "time", "provider", "minutes"].filter((name) => form.elements[name]);
  const asked = new URLSearchParams(names.map((name) => [name, form.elements[name].value]));
  const letter = target.querySelector(".letter");
  window.htmx.ajax("GET", `${target.dataset.letter}?${asked}`, { source: letter, target: letter, select: ".letter", swap: "outerHTML" });
}, true);

/** The card says how much longer; when the time is over it offers no more. */
let ticking = null;
document.addEventListener("htmx:after:swap", () => {
  const form = document.querySelector("#panel form[data-undo]:not([data-ticking])");
  if (!form) return;
  form.dataset.ticking = "";
  const end = Date.now() + Number(form.dataset.seconds) * 1000;
  const show = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    form.querySelector(".countdown").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left > 0 && form.isConnected) return;
    clearInterval(ticking);
    form.remove();
  };
  clearInterval(ticking);
  ticking = setInterval(show, 1000);
  show();
});
