// Moving and stretching by hand. The server decides: what it refuses goes back to where it was, and the panel says why.

import { say } from "../base/app.js";
import { fillPanel, openPanel, shownAppointment } from "../panel/panel.js";
import { addMinutes, clockOf, dayOf, minutesBetween } from "./wall.js";

const minutesOf = (delta) => delta.days * 1440 + delta.seconds / 60;

/** Whether a box may be taken hold of at all. */
export const holdable = (box, { mayMove, movable, extendable }) => ({
  startEditable: mayMove && movable.includes(box.status),
  durationEditable: mayMove && extendable.includes(box.status),
});

/** What the calendar is told about dragging.
 *
 *  `grid`: boxOf(event id), columnOf(box) → column id, busy(whether something is in the hand).
 *  `drop(box, wall, column id, minutes or null, undo)` is called when something is let go. */
export function dragging(grid, drop) {
  const take = () => grid.busy(true);
  const letGo = () => grid.busy(false);
  return {
    eventLongPressDelay: 400,
    eventStartEditable: false,
    eventDurationEditable: false,
    eventDragStart: take,
    eventResizeStart: take,
    eventDragStop: letGo,
    eventResizeStop: letGo,
    eventDrop: ({ event, delta, newResource, revert }) => {
      const box = grid.boxOf(event.id);
      drop(box, addMinutes(box.start, minutesOf(delta)), newResource?.id ?? grid.columnOf(box), null, revert);
    },
    eventResize: ({ event, endDelta, revert }) => {
      const box = grid.boxOf(event.id);
      drop(box, box.start, grid.columnOf(box), minutesBetween(box.start, box.end) + minutesOf(endDelta), revert);
    },
  };
}

/** Ask the server to move an appointment to where it was dropped; `url` is where to ask. */
export async function moveTo(url, box, wall, column, minutes, undo, { offline, card }) {
  const data = new URLSearchParams({ day: dayOf(wall), time: clockOf(wall), version: box.version });
  if (column !== "nobody") data.set("provider", column);
  if (minutes) data.set("minutes", minutes);
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited")), "HX-Request": "true" };
  const response = await fetch(url, { method: "POST", body: data, headers }).catch(() => null);
  if (response?.ok) {
    const detail = JSON.parse(response.headers.get("HX-Trigger"))["orderly:said"];
    document.dispatchEvent(new CustomEvent("orderly:said", { detail }));
    if (shownAppointment() === box.id) openPanel(card);
  } else {
    undo();
    if (response) fillPanel(await response.text());
    else say(offline, "wrong");
  }
}
