// Whether the patient is to be told, where a change was made by hand and didn't ask: beside what was said of it. On the
// card it stands by itself.

import { onKeys } from "../base/keys.js";

const MOST = 3; // questions at the edge of the screen; those before them are still on their cards
let from = null; // what had the focus before the question

const waiting = () => [...document.querySelectorAll("#toasts .is-asking")];

/** Put the question at `url` to what has just been said. */
export async function ask(toast, url) {
  const place = document.createElement("div");
  toast.append(place);
  await window.htmx.ajax("GET", url, { source: place, target: place, swap: "innerHTML" });
  const asked = place.querySelector(".ask");
  if (!asked?.querySelector("form")) return; // there is nobody to write to
  toast.classList.add("is-asking");
  setTimeout(() => (toast.matches(".is-asking") ? toast.remove() : null), Number(asked.dataset.asks) * 1000);
  for (const old of waiting().slice(0, -MOST)) old.remove();
}

/** A question that isn't up to date any more: the same appointment was changed again. */
export function forget(id) {
  for (const toast of waiting().filter(({ dataset }) => dataset.of === id)) {
    leave(toast);
    toast.remove();
  }
}

function leave(toast) {
  toast.classList.remove("is-asking");
  if (toast.contains(document.activeElement)) (from?.isConnected ? from : document.getElementById("main")).focus();
  from = null;
}

document.addEventListener("htmx:after:swap", () => {
  for (const answered of document.querySelectorAll("#toasts .is-asking .is-answered")) {
    const toast = answered.closest(".toast-line");
    leave(toast);
    setTimeout(() => toast.remove(), 6000);
  }
});

onKeys({
  e: () => {
    const asked = waiting().at(-1) ?? document.querySelector("#panel");
    const button = asked.querySelector(".ask button");
    if (!button) return;
    from = document.activeElement;
    button.focus();
  },
});

// Left open: it can still be answered on the card.
document.getElementById("toasts").addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  const toast = event.target.closest(".toast-line");
  leave(toast);
  toast.remove();
});
