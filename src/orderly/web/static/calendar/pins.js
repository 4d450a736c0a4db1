// What is pinned: ids alone, for this tab, under whose they are. What they are is asked of the server each time.

import { say } from "../base/app.js";
import { shell } from "../base/shell.js";

const nameOf = (clinic) => `orderly-pins-${shell.me}-${clinic}`;
const MOST = 30;
let clinics = [shell.clinic];

/** Whose pins are on this page, where several clinics stand side by side. */
export function pinsOf(shown) {
  clinics = shown;
}

function kept(clinic) {
  try { return JSON.parse(sessionStorage.getItem(nameOf(clinic)) ?? "{}"); } catch { return {}; }
}

function write(clinic, all) {
  try {
    if (Object.keys(all).length) sessionStorage.setItem(nameOf(clinic), JSON.stringify(all));
    else sessionStorage.removeItem(nameOf(clinic));
  } catch { /* without storage they last as long as the page */ }
}

const tell = () => document.dispatchEvent(new CustomEvent("orderly:pinned"));

/** Each id with the version that was seen when it was pinned (null while it isn't known): of one clinic, or of all. */
export const pins = (clinic = null) => Object.assign({}, ...(clinic ? [clinic] : clinics).map(kept));

export function pin(id, clinic = shell.clinic) {
  const all = kept(clinic);
  if (id in all || Object.keys(all).length >= MOST) return;
  write(clinic, { ...all, [id]: null });
  tell();
}

export function unpin(...ids) {
  for (const clinic of clinics) {
    const all = kept(clinic);
    for (const id of ids) delete all[id];
    write(clinic, all);
  }
  tell();
}

/** The versions that are on screen, for those that weren't known. Says nothing to anybody. */
export function seen(versions) {
  for (const clinic of clinics) {
    const all = kept(clinic);
    for (const [id, version] of Object.entries(versions)) if (id in all) all[id] ??= version;
    write(clinic, all);
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-pin]");
  if (!button) return;
  pin(button.dataset.pin, button.dataset.clinic);
  say(button.dataset.said);
});
// Whatever moved it, and on whichever screen: it has its new time.
document.addEventListener("orderly:moved", ({ detail: { id } }) => id in pins() && unpin(id));
