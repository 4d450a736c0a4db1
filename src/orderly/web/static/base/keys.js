// Single keys. They get in the way of speech input, so they can be switched off; the browser's own are left alone.

import { keep, kept } from "./app.js";

const keys = {};
const switched = document.getElementById("use-keys");

if (switched) {
  switched.checked = kept("keys", "on") === "on";
  switched.addEventListener("change", () => keep("keys", switched.checked ? "on" : "off"));
}

/** What keys do on this page, such as {n: () => …}. */
export function onKeys(more) {
  Object.assign(keys, more);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, select, textarea, dialog, [popover], [contenteditable]")) return;
  const act = keys[event.key];
  if (!act || (switched && !switched.checked)) return;
  event.preventDefault();
  act(event);
});
