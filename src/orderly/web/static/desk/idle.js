// Nobody at the keys for a while: the sign-in ends. A minute before, the page asks; any key or click anywhere says yes.
// The time is shared with other tabs of this browser, so that work in one keeps them all.

import { keep, kept } from "../base/app.js";

const NOTED_MS = 60_000;
const WARNED_MS = 60_000;
const LOOK_MS = 5000;

export function watchIdle(seconds, url) {
  const dialog = document.getElementById("idle");
  let told = Date.now();
  keep("active", String(told));

  function active() {
    const now = Date.now();
    keep("active", String(now));
    if (now - told < NOTED_MS) return;
    told = now;
    fetch(url, { method: "POST", headers: JSON.parse(document.body.getAttribute("hx-headers:inherited")) }).catch(() => null);
  }

  function look() {
    const left = seconds * 1000 - (Date.now() - Number(kept("active", "0")));
    if (left <= 0) return location.reload();
    if (left > WARNED_MS) dialog.close();
    else if (!dialog.open) dialog.showModal();
  }

  dialog.addEventListener("close", () => {
    told = 0;
    active();
  });
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, active, { capture: true, passive: true });
  setInterval(look, LOOK_MS);
}
