// What every page does: theme button, menus, dialogs, toasts.

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

/** Say something at the edge of the screen; screen readers hear it. */
export function say(text, kind = "done") {
  const toast = document.createElement("p");
  toast.className = `toast-line is-${kind}`;
  toast.textContent = text;
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), TOAST_MS);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) toggleTheme();
  const shows = event.target.closest("[data-shows]");
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

document.addEventListener("orderly:said", (event) => say(event.detail.text));

// The language menu comes back to the page as it is now, not as it was when it was loaded.
document.addEventListener("submit", (event) => {
  const here = event.target.querySelector("[data-here]");
  if (here) here.value = location.pathname + location.search;
});
