// Moving and stretching by hand. What the hand did is shown at once and marked until the server has decided: what it
// refuses goes back to where it was, and the panel says why.

import { fillPanel, openPanel, shownAppointment } from "../panel/panel.js";
import { send } from "../panel/sending.js";
import { savingMark } from "./boxes.js";
import { addMinutes, clockOf, dayOf, minutesBetween } from "./wall.js";

const minutesOf = (delta) => delta.days * 1440 + delta.seconds / 60;

/** Boxes whose move the server hasn't answered yet. */
const inFlight = new Set();

/** Whether a box may be taken hold of at all. */
export const holdable = (box, { mayMove, movable, extendable }) => ({
  startEditable: mayMove && movable.includes(box.status) && !inFlight.has(box.id),
  durationEditable: mayMove && extendable.includes(box.status) && !inFlight.has(box.id),
});

// The calendar library knows no Escape. The drag is ended where the hand is, and what it reports is taken back.
const hand = { holds: false, x: 0, y: 0, given: false };

addEventListener("pointermove", ({ clientX, clientY }) => Object.assign(hand, { x: clientX, y: clientY }), { passive: true });

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !hand.holds) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  hand.given = true;
  const where = { clientX: hand.x, clientY: hand.y, isPrimary: true, pointerType: "mouse", bubbles: true };
  window.dispatchEvent(new PointerEvent("pointerup", where));
  hand.given = false;
  // The button comes up later, over whatever is there: that isn't a click on it.
  const swallow = (click) => click.stopPropagation();
  addEventListener("click", swallow, { capture: true, once: true });
  addEventListener("pointerdown", () => removeEventListener("click", swallow, { capture: true }), { capture: true, once: true });
}, { capture: true });

/** What the calendar is told about dragging.
 *
 *  `grid`: boxOf(event id), columnOf(box) → column id, busy(whether something is in the hand or on its way). `words` say
 *  that it is on its way.
 *  `drop(box, wall, column id, minutes or null, undo)` is called when something is let go, and is done when the server
 *  has decided and the screen shows it. */
export function dragging(grid, words, drop) {
  const take = () => {
    hand.holds = true;
    document.body.classList.add("in-hand");
    grid.busy(true);
  };
  const letGo = async ({ revert, jsEvent }, box, wall, column, minutes) => {
    hand.holds = false;
    const pinboard = minutes === null && jsEvent && document.elementFromPoint(jsEvent.clientX, jsEvent.clientY)?.closest("#pinboard");
    document.body.classList.remove("in-hand");
    const stays = wall === box.start && column === grid.columnOf(box) && minutes === null;
    const same = minutes !== null && minutes === minutesBetween(box.start, box.end);
    if (hand.given || pinboard || stays || same || inFlight.has(box.id)) {
      revert();
      if (pinboard && !hand.given) pinboard.dispatchEvent(new CustomEvent("orderly:pin", { detail: { id: box.id } }));
    } else {
      await fly(box.id, words, () => drop(box, wall, column, minutes, revert));
    }
    if (!inFlight.size) grid.busy(false);
  };
  return {
    eventLongPressDelay: 400,
    eventStartEditable: false,
    eventDurationEditable: false,
    eventDragStart: take,
    eventResizeStart: take,
    eventDrop: (info) => {
      const box = grid.boxOf(info.event.id);
      letGo(info, box, addMinutes(box.start, minutesOf(info.delta)), info.newResource?.id ?? grid.columnOf(box), null);
    },
    eventResize: (info) => {
      const box = grid.boxOf(info.event.id);
      letGo(info, box, box.start, grid.columnOf(box), minutesBetween(box.start, box.end) + minutesOf(info.endDelta));
    },
  };
}

async function fly(id, words, move) {
  inFlight.add(id);
  requestAnimationFrame(() => inFlight.has(id) && markSaving(id, words));
  try {
    await move();
  } finally {
    inFlight.delete(id);
  }
}

function markSaving(id, words) {
  for (const mark of document.querySelectorAll(`.ec [data-of="${id}"]`)) {
    mark.append(savingMark(words));
    mark.closest(".ec-event").classList.add("is-saving");
  }
}

/** Ask the server to move an appointment to where it was dropped; `url` is where to ask. `to` is what else changes: the
 *  provider, the room. A column it stays in isn't sent: whoever is only proposed stays only proposed. */
export async function moveTo(url, box, wall, to, minutes, undo, card) {
  const fields = { day: dayOf(wall), time: clockOf(wall), version: box.version, ...to, ...(minutes && { minutes }) };
  const answer = await send(url, fields, () => moveTo(url, box, wall, to, minutes, () => {}, card));
  if (answer?.ok) {
    document.dispatchEvent(new CustomEvent("orderly:said", { detail: answer.events["orderly:said"] }));
    document.dispatchEvent(new CustomEvent("orderly:moved", { detail: { id: box.id } }));
    if (shownAppointment() === box.id) openPanel(card);
  } else {
    undo();
    if (answer) fillPanel(answer.text);
  }
}
