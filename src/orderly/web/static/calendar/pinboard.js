// The pinboard: visits held aside while one looks through the days. They stay where they are until one is dropped on a
// time, or moved by its form, and that is confirmed.

import { say } from "../base/app.js";
import { element, icon } from "./boxes.js";
import { pin, pins, pinsOf, seen, unpin } from "./pins.js";

const FAR = 6; // pixels: less is a click

/** `board` is the strip; `clinics` are those on the page, each with its id and where to ask for its pins.
 *
 *  `day()` is the day on screen, `show(day, id)` goes to another; `at(x, y, clinic)` is what the form would be asked for at
 *  a point of the screen, and in words, null where it isn't that clinic's; `move(id, asked)` opens that form. */
export function pinboard(board, { clinics, words, day, show, at, move }) {
  pinsOf(clinics.map(({ id }) => id));
  const list = board.querySelector("ul");
  let asked = 0;

  async function refresh() {
    const ids = Object.keys(pins());
    board.classList.toggle("is-empty", ids.length === 0);
    document.body.classList.toggle("has-pins", ids.length > 0);
    if (!ids.length) return list.replaceChildren();
    const mine = ++asked;
    const lists = await Promise.all(clinics.filter(({ id }) => Object.keys(pins(id)).length).map(pinnedIn));
    if (mine === asked && lists.every((one) => one !== null)) draw(lists.flat(), ids);
  }

  /** What a clinic says of those that are pinned of it; null where it can't be asked. */
  async function pinnedIn({ id, pinned }) {
    const query = Object.keys(pins(id)).map((one) => `id=${one}`).join("&");
    const answer = await fetch(`${pinned}?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return null;
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    for (const item of made.content.children) item.dataset.clinic = id;
    return [...made.content.children];
  }

  /** Each keeps its place and its focus; those that aren't there any more go. */
  function draw(items, ids) {
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const held = focused && [focused.closest("[data-pinned]").dataset.pinned, [...focused.closest("[data-pinned]").querySelectorAll("button")].indexOf(focused)];
    list.replaceChildren(...items);
    const versions = {};
    for (const item of list.children) {
      const before = pins()[item.dataset.pinned];
      versions[item.dataset.pinned] = Number(item.dataset.version);
      item.querySelector(".pin-changed").hidden = before === null || before === Number(item.dataset.version);
    }
    seen(versions);
    const gone = ids.filter((id) => !(id in versions));
    if (gone.length) unpin(...gone);
    board.querySelector(".pinboard-count").textContent = list.children.length;
    if (held) list.querySelector(`[data-pinned="${held[0]}"]`)?.querySelectorAll("button")[held[1]]?.focus();
  }

  list.addEventListener("click", ({ target }) => {
    const item = target.closest("[data-pinned]");
    if (!item) return;
    const id = item.dataset.pinned;
    if (target.closest("[data-unpin]")) {
      const next = item.nextElementSibling ?? item.previousElementSibling;
      (next?.querySelector("[data-unpin]") ?? document.getElementById("main")).focus();
      unpin(id);
    } else if (target.closest("[data-pin-move]")) {
      move(id, { day: day() });
    } else if (target.closest("[data-pin-show]") && !board.dataset.dropped) {
      show(item.dataset.day, id);
    }
    delete board.dataset.dropped;
  });
  board.querySelector("[data-unpin-all]").addEventListener("click", () => {
    document.getElementById("main").focus();
    unpin(...Object.keys(pins()));
  });
  board.addEventListener("orderly:pin", ({ detail: { id, clinic } }) => take(id, clinic));

  /** Take one out of the strip by hand: what follows the pointer says where it would go. */
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-movable]");
    if (!item || event.button || event.target.closest("[data-unpin], [data-pin-move]")) return;
    const from = { x: event.clientX, y: event.clientY };
    let ghost = null;
    const carry = ({ clientX, clientY }) => {
      if (!ghost && Math.hypot(clientX - from.x, clientY - from.y) < FAR) return;
      ghost ??= lift(item);
      ghost.style.translate = `${clientX}px ${clientY}px`;
      const over = at(clientX, clientY, item.dataset.clinic);
      ghost.querySelector(".pin-target").textContent = over ? over.words : "";
      ghost.classList.toggle("is-nowhere", !over);
    };
    const drop = (end) => {
      stop();
      if (!ghost) return;
      board.dataset.dropped = ""; // the click that follows isn't one
      setTimeout(() => delete board.dataset.dropped);
      const over = end.type === "pointerup" && at(end.clientX, end.clientY, item.dataset.clinic);
      if (over) move(item.dataset.pinned, over.asked);
    };
    const cancel = (key) => {
      if (key.key !== "Escape") return;
      key.preventDefault();
      key.stopImmediatePropagation();
      drop(key);
    };
    const moves = [["pointermove", carry], ["pointerup", drop], ["pointercancel", drop]];
    function stop() {
      for (const [name, act] of moves) removeEventListener(name, act);
      removeEventListener("keydown", cancel, { capture: true });
      ghost?.remove();
    }
    for (const [name, act] of moves) addEventListener(name, act);
    addEventListener("keydown", cancel, { capture: true });
  });

  function lift(item) {
    const made = element("div", "pin-ghost", icon("pin"), element("strong", "", item.querySelector("strong").textContent), element("span", "pin-target"));
    document.body.append(made);
    return made;
  }

  function take(id, clinic) {
    if (id in pins()) return unpin(id);
    pin(id, clinic);
    say(words.pinned);
  }

  document.addEventListener("orderly:pinned", refresh);
  document.addEventListener("orderly:fresh", refresh);
  refresh();
  return { take };
}
