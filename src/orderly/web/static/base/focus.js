// What had the focus may be gone once its part of the page is drawn anew: the focus then stays in that part.

let had = null; // what has the focus, or had it when it was taken away
let around = []; // the parts it stands in, from the inside

document.addEventListener("focusin", ({ target }) => {
  had = target;
  around = [];
  for (let part = target.closest("[id]"); part; part = part.parentElement?.closest("[id]")) around.push(part.id);
});

document.addEventListener("focusout", ({ target }) => setTimeout(() => {
  if (target === had && target.isConnected && document.activeElement === document.body) had = null; // left, not taken away
}));

document.addEventListener("htmx:after:swap", () => {
  if (!had || had.isConnected || document.activeElement !== document.body) return;
  const part = around.map((id) => document.getElementById(id)).find(Boolean);
  (within(part) ?? document.getElementById("main"))?.focus({ preventScroll: true });
});

function within(part) {
  if (part?.matches("button, a, input, select, [tabindex]")) return part;
  return ["[data-focus]", ".btn-primary:enabled", "button:enabled, a[href]"].map((wanted) => part?.querySelector(wanted)).find(Boolean);
}
