// What is pinned: ids alone, for this tab, under whose they are. What they are is asked of the server each time.

import { say } from "../base/app.js";

const shell = JSON.parse(document.getElementById("shell").textContent);
const NAME = `orderly-pins-${shell.me}-${shell.clinic}`;
const MOST = 30;

export function pins() {
  try { return JSON.parse(sessionStorage.getItem(NAME) ?? "{}"); } catch { return {}; }
}

function keepPins(all) {
  try {
    if (Object.keys(all).length) sessionStorage.setItem(NAME, JSON.stringify(all));
    else sessionStorage.removeItem(NAME);
  } catch { /* without storage they last as long as the page */ }
  document.dispatchEvent(new CustomEvent("orderly:pinned"));
}

/** Each id with the version that was seen when it was pinned; null while it isn't known. */
export function pin(id) {
  const all = pins();
  if (!(id in all) && Object.keys(all).length < MOST) keepPins({ ...all, [id]: null });
}

export function unpin(...ids) {
  const all = pins();
  for (const id of ids) delete all[id];
  keepPins(all);
}

/** The versions that are on screen, for those that weren't known. Says nothing to anybody. */
export function seen(versions) {
  const all = pins();
  for (const [id, version] of Object.entries(versions)) if (id in all) all[id] ??= version;
  try { sessionStorage.setItem(NAME, JSON.stringify(all)); } catch { /* as above */ }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-pin]");
  if (!button) return;
  pin(button.dataset.pin);
  say(button.dataset.said);
});
// Whatever moved it, and on whichever screen: it has its new time.
document.addEventListener("orderly:moved", ({ detail: { id } }) => id in pins() && unpin(id));
