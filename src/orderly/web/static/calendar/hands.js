// What hands do on the calendar: point, pin, and act on a box by key or menu. Dragging is in drag.js.

import { shell } from "../base/shell.js";
import { address } from "../desk/desk.js";
import { openPanel } from "../panel/panel.js";
import { boxKeys } from "./boxkeys.js";
import { pinboard } from "./pinboard.js";
import { asking, menuOf, peeking, spot } from "./pointing.js";
import { clockOf, dayOf } from "./wall.js";

/** `grid()` is the grid once there is one; `day()` the day on screen, `show(day)` goes to another; `open(box)` opens a
 *  card, `bookIn(clinic, asked)` the booking form of a clinic; `columnWith(box)` is its column. Returns why(wall, column, place on the screen), which says
 *  why a time can't be had; and `acts`, what keys do with a box. */
export function hands(place, { desk, grid, day, show, open, bookIn, columnWith }) {
  const { words } = desk;
  const boxAt = (element) => grid()?.boxAt(element) ?? null;
  const mayMove = (box) => desk.clinics[box.clinic].mayMove && desk.extendable.includes(box.status);
  const move = (id, asked = {}) => openPanel(`${address(desk.urls.move, id)}?${new URLSearchParams(asked)}`);
  const ask = asking({ words });

  const board = pinboard(document.getElementById("pinboard"), {
    clinics: desk.clinics,
    words,
    day,
    move,
    show: async (there, id) => {
      await show(there);
      document.querySelector(`.ec [data-of="${id}"]`)?.closest(".ec-event").focus();
    },
    at: (x, y, clinic) => {
      const there = grid()?.at(x, y);
      if (!there || desk.clinics[there.column.clinic].id !== clinic) return null;
      const asked = { day: dayOf(there.wall), time: clockOf(there.wall) };
      if (there.column.kind === "provider") asked.provider = there.column.id;
      return { asked, words: [clockOf(there.wall), there.column.name].join(" ") };
    },
  });

  function why(wall, column, where) {
    const asked = { day: dayOf(wall), time: clockOf(wall) };
    if (column?.kind === "provider") asked.provider = column.id;
    const clinic = column?.clinic ?? 0;
    return ask(desk.clinics[clinic].why, asked, where, (found) => bookIn(clinic, found));
  }

  const acts = {
    m: (box) => mayMove(box) && move(box.id),
    c: (box) => mayMove(box) && openPanel(`${address(shell.urls.appointment, box.id)}?open=cancel`),
    x: (box) => board.take(box.id, desk.clinics[box.clinic].id),
    y: (box, event) => why(box.start, columnWith(box), event.getBoundingClientRect()),
  };
  const menu = (box) => [
    ["eye", words.open, "Enter", () => open(box)],
    ...(mayMove(box) ? [["move", words.move, "m", () => acts.m(box)], ["cancelled", words.callOff, "c", () => acts.c(box)]] : []),
    ["pin", words.pin, "x", () => acts.x(box)],
    ["clock", words.whyNot, "y", (event) => acts.y(box, event)],
  ];

  peeking(place, { boxAt, url: (box) => address(desk.clinics[box.clinic].peek, box.id) });
  menuOf(place, { boxAt, acts: menu });
  boxKeys(place, { boxAt, acts, enabled: () => document.getElementById("use-keys")?.checked ?? true });
  return { why, spot, acts };
}
