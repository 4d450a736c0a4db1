// A tablet that many use: what one left behind is gone for the next.

const WAIT_MS = 20_000;
const again = document.querySelector("[data-again]")?.dataset.again;
let left = null;

function wait() {
  clearTimeout(left);
  left = setTimeout(() => { if (again) location.replace(again); else document.querySelector("form[autocomplete]")?.reset(); }, again ? WAIT_MS : 3 * WAIT_MS);
}

for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, wait);
wait();
