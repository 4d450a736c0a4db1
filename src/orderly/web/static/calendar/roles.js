// What EventCalendar tells screen readers, put right.

/** The columns call themselves a table but hold buttons: what is no table must not say it is one. The list is one.
 *  What scrolls must be reachable by keyboard, and say what it is: `title` is the id of its heading. */
export function mendRoles(place, title) {
  const roles = ["table", "rowgroup", "row", "cell", "columnheader"].map((role) => `[role=${role}]`).join();
  const mend = () => {
    place.querySelectorAll(roles).forEach((one) => ["role", "aria-colindex"].forEach((name) => one.removeAttribute(name)));
    place.querySelectorAll("[aria-colspan]").forEach((one) => one.removeAttribute("aria-colspan"));
    const scrolls = place.querySelector(".ec-main:not([tabindex])");
    if (scrolls) Object.entries({ tabindex: 0, role: "region", "aria-labelledby": title }).forEach(([name, value]) => scrolls.setAttribute(name, value));
  };
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
}
