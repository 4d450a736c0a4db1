// Pointing: what is in a box without opening it, what can be done with it, and why a time can't be had.

import { element, icon } from "./boxes.js";

const PEEK_AFTER_MS = 450;
const GAP = 6;

/** Beside a place on the screen, and all of it on the screen. */
export function putBeside(box, { left, right, top, bottom }) {
  const { offsetWidth: wide, offsetHeight: high } = box;
  const onRight = right + GAP + wide <= innerWidth - GAP;
  const x = onRight ? right + GAP : left - GAP - wide >= GAP ? left - GAP - wide : Math.max(GAP, innerWidth - wide - GAP);
  const beside = onRight || left - GAP - wide >= GAP;
  const y = beside ? top : bottom + GAP + high <= innerHeight ? bottom + GAP : top - GAP - high;
  box.style.left = `${x}px`;
  box.style.top = `${Math.max(GAP, Math.min(y, innerHeight - high - GAP))}px`;
}

const spot = (x, y) => ({ left: x, right: x, top: y, bottom: y });

const get = (url) => fetch(url, { headers: { "HX-Request": "true" } }).then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");

/** Shows what the server tells of a box, after a moment on it with pointer or focus.
 *
 *  `boxAt(element)` is the box it is part of; `url(box)` where to ask. */
export function peeking(place, { boxAt, url }) {
  const card = element("div", "peek");
  card.id = "peek";
  card.setAttribute("role", "tooltip");
  card.popover = "manual";
  document.body.append(card);
  let timer = null;
  let shown = null;

  function hide() {
    clearTimeout(timer);
    timer = null;
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (card.matches(":popover-open")) card.hidePopover();
  }

  async function show(event, box) {
    const html = await get(url(box));
    if (shown !== event || !event.isConnected || !html) return;
    card.innerHTML = html;
    card.showPopover();
    putBeside(card, event.getBoundingClientRect());
    event.setAttribute("aria-describedby", "peek");
  }

  function wait(target) {
    const event = target.closest?.(".ec-event");
    if (event && event === shown) return;
    hide();
    const box = event && !event.matches(".ec-preview, .ec-ghost") && boxAt(target);
    if (!box) return;
    shown = event;
    timer = setTimeout(() => show(event, box), PEEK_AFTER_MS);
  }

  place.addEventListener("pointerover", (event) => event.pointerType === "mouse" && !event.buttons && wait(event.target));
  place.addEventListener("pointerleave", hide);
  place.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && wait(target));
  place.addEventListener("focusout", hide);
  for (const name of ["pointerdown", "wheel", "contextmenu"]) addEventListener(name, hide, { passive: true, capture: true });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && card.matches(":popover-open")) event.preventDefault();
    hide();
  }, { capture: true });
}

/** The menu of a box: what can be done with it, each with its key. `acts` are [name, icon, words, key, act]. */
export function menuOf(place, { boxAt, acts }) {
  const menu = element("div", "menu box-menu");
  menu.popover = "auto";
  menu.setAttribute("role", "menu");
  document.body.append(menu);
  let from = null;

  place.addEventListener("contextmenu", (event) => {
    const box = event.pointerType !== "touch" && boxAt(event.target); // a finger that stays takes hold of it
    if (!box) return;
    event.preventDefault();
    from = event.target.closest(".ec-event");
    const items = acts(box).map(([mark, words, key, act]) => {
      const button = element("button", "menu-item", icon(mark), element("span", "", words), element("kbd", "", key));
      button.type = "button";
      button.setAttribute("role", "menuitem");
      button.addEventListener("click", () => {
        menu.hidePopover();
        act(from);
      });
      return button;
    });
    menu.replaceChildren(...items);
    menu.setAttribute("aria-label", box.patient);
    menu.showPopover();
    putBeside(menu, event.clientX || event.clientY ? spot(event.clientX, event.clientY) : from.getBoundingClientRect());
    items[0]?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("button")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + by + items.length) % items.length].focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      menu.hidePopover();
      from?.focus();
    }
  });
}

/** Says why a time can't be had, beside it, and what could be had instead. */
export function asking({ words }) {
  const note = element("section", "why");
  note.id = "why";
  note.setAttribute("role", "dialog");
  note.setAttribute("aria-label", words.whyNot);
  note.popover = "auto";
  document.body.append(note);
  let from = null;
  let book = () => {};

  note.addEventListener("click", ({ target }) => {
    const { day, time, provider, service } = target.closest("[data-take]")?.dataset ?? {};
    if (target.closest("[data-why-close], [data-appointment], [data-take]")) note.hidePopover();
    if (day) book({ day, time, provider, service });
    else if (target.closest("[data-why-close]")) from?.focus();
  });
  note.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    note.hidePopover();
    from?.focus();
  });

  /** `asked`: day, time, provider, at the clinic's `url`; `where` is a place on the screen; `booking(asked)` opens the
   *  booking form. */
  return async function why(url, asked, where, booking) {
    from = document.activeElement;
    book = booking;
    const html = await get(`${url}?${new URLSearchParams(asked)}`);
    if (!html) return;
    note.innerHTML = html;
    window.htmx.process(note);
    if (!note.matches(":popover-open")) note.showPopover();
    putBeside(note, where);
    (note.querySelector("[data-take]") ?? note.querySelector("h2")).focus();
  };
}

export { spot };
