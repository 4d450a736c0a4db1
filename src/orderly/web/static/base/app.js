// What every page does: theme button, menus, dialogs, toasts.

import "./waiting.js";

const TOAST_MS = 6000;

/** Remember something on this machine, where the browser lets us. */
export function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* a private window forgets */ }
}

export function kept(name, otherwise) {
  try { return localStorage.getItem(name) ?? otherwise; } catch { return otherwise; }
}

function toggleTheme() {
  const root = document.documentElement;
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  keep("theme", root.dataset.bsTheme);
}

/** Say something at the edge of the screen; screen readers hear it. `button` is what can be done about it: then it
 *  stays longer, and as long as somebody is at it or it asks something. Returns what is shown. */
export function say(text, kind = "done", button = null) {
  const toast = document.createElement("div");
  toast.className = `toast-line is-${kind}`;
  toast.textContent = text;
  if (button) toast.append(" ", pressable(button, toast));
  document.getElementById("toasts").append(toast);
  const leave = () => (toast.matches(":hover, :focus-within, .is-asking") ? setTimeout(leave, TOAST_MS) : toast.remove());
  setTimeout(leave, button ? TOAST_MS * 2 : TOAST_MS);
  return toast;
}

function pressable({ label, act }, toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-button";
  button.textContent = label;
  button.addEventListener("click", () => {
    toast.remove();
    act();
  });
  return button;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) toggleTheme();
  const shows = event.target.closest("button[data-shows]");
  if (shows) {
    shows.closest("[popover]")?.hidePopover();
    document.getElementById(shows.dataset.shows).showModal();
  }
  const opens = event.target.closest("[data-opens]");
  if (opens) disclose(opens);
});

function disclose(button) {
  const form = document.getElementById(button.dataset.opens);
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) form.querySelector("[data-focus]")?.focus();
}

// The language menu comes back to the page as it is now, not as it was when it was loaded.
document.addEventListener("submit", (event) => {
  const here = event.target.querySelector("[data-here]");
  if (here) here.value = location.pathname + location.search;
});
