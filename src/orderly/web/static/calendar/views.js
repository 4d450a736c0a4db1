// Views kept under a name, on keys that browsers leave free.

const KEPT = ["view", "by", "colour", "cancelled", "clinic", "provider", "place", "service", "status", "tile"];

/** What is kept of an address: all but the day. */
export function keptPart(query) {
  return new URLSearchParams([...query].filter(([name]) => KEPT.includes(name)));
}

const buttons = () => [...document.querySelectorAll("#kept-views [data-query]")];

/** `show(query)` is called with what was kept; `now()` gives what is to be kept. */
export function keepViews(place, { show, now }) {
  place.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-query]");
    if (button) show(button.dataset.query);
  });
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.id === "keep-view") ctx.request.body.set("state", keptPart(now()));
  });
}

/** By key, for those that are on one. */
export const keyed = (key) => buttons().find((button) => button.dataset.key === key)?.dataset.query;
