// What hands do on the calendar: point, pin, and act on a box by key or menu. Dragging is in drag.js.

import { address, book } from "../desk/desk.js";
import { openPanel } from "../panel/panel.js";
import { boxKeys } from "./boxkeys.js";
import { pinboard } from "./pinboard.js";
import { asking, menuOf, peeking, spot } from "./pointing.js";
import { clockOf, dayOf } from "./wall.js";

const HERE = 0; // the page's own clinic among those that are shown: what is pinned is of this one

/** `grid()` is the grid once there is one; `day()` the day on screen, `show(day)` goes to another; `open(box)` opens a
 *  card. Returns why(wall, column, place on the screen), which says why a time can't be had. */
export function hands(place, { desk, grid, day, show, open }) {
  const { words } = desk;
  const boxAt = (element) => grid()?.boxAt(element) ?? null;
  const mayMove = (box) => desk.clinics[box.clinic].mayMove && desk.extendable.includes(box.status);
  const move = (id, asked = {}) => openPanel(`${address(desk.urls.move, id)}?${new URLSearchParams(asked)}`);
  const asks = desk.clinics.map((clinic, index) => (index === HERE ? asking({ url: clinic.why, book, words }) : null));

  const board = pinboard(document.getElementById("pinboard"), {
    url: desk.clinics[HERE].pinned,
    words,
    day,
    move,
    show: async (there, id) => {
      await show(there);
      document.querySelector(`.ec [data-of="${id}"]`)?.closest(".ec-event").focus();
    },
    at: (x, y) => {
      const there = grid()?.at(x, y);
      if (!there || there.column.clinic !== HERE) return null;
      const asked = { day: dayOf(there.wall), time: clockOf(there.wall) };
      if (there.column.kind === "provider") asked.provider = there.column.id;
      return { asked, words: [clockOf(there.wall), there.column.name].join(" ") };
    },
  });

  function why(wall, column, where) {
    const asked = { day: dayOf(wall), time: clockOf(wall) };
    if (column?.kind === "provider") asked.provider = column.id;
    return asks[column?.clinic ?? HERE]?.(asked, where);
  }

  const acts = {
    m: (box) => mayMove(box) && move(box.id),
    x: (box) => box.clinic === HERE && board.take(box.id),
    y: (box, event) => box.clinic === HERE && why(box.start, grid().columnWith(box), event.getBoundingClientRect()),
  };
  const menu = (box) => [
    ["eye", words.open, "Enter", () => open(box)],
    ...(mayMove(box) ? [["move", words.move, "m", () => acts.m(box)]] : []),
    ...(box.clinic === HERE ? [["pin", words.pin, "x", () => acts.x(box)], ["clock", words.whyNot, "y", (event) => acts.y(box, event)]] : []),
  ];

  peeking(place, { boxAt, url: (box) => address(desk.clinics[box.clinic].peek, box.id) });
  menuOf(place, { boxAt, acts: menu });
  boxKeys(place, { boxAt, acts, enabled: () => document.getElementById("use-keys")?.checked ?? true });
  return { why, spot };
}

