// What is in a cell of the week's board: all who come that day, beside it.

import { awayButton, badge, element, icon, nameOf, times } from "./boxes.js";
import { putBeside } from "./pointing.js";
import { dayInShort, dayInWords } from "./wall.js";

const PEEK_AFTER_MS = 350;

/** What a button of the list does, whichever time it was drawn. */
const keyOf = (button) => JSON.stringify({ ...button?.dataset });

/** What is in a cell, beside it: while the pointer is there, and to act on once it was pressed. */
export class CellList {
  #place;
  #desk;
  #list = element("section", "board-list");
  #cell = null;
  #pinned = false;
  #timer = null;
  #of;
  #book;

  constructor(place, desk, of, book) {
    this.#place = place;
    this.#desk = desk;
    this.#of = of;
    this.#book = book;
    this.#list.popover = "manual";
    this.#list.setAttribute("role", "dialog");
    place.parentElement.append(this.#list);
    place.addEventListener("pointerover", ({ target, pointerType }) => pointerType === "mouse" && this.#hover(target.closest("[data-cell]")));
    place.addEventListener("pointerleave", () => this.#hover(null));
    place.addEventListener("scroll", () => this.close(), { passive: true });
    place.addEventListener("click", ({ target }) => this.#press(target.closest("[data-cell]")));
    this.#list.addEventListener("click", (event) => this.#act(event));
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("pointerdown", ({ target }) => this.#list.contains(target) || target.closest?.("[data-cell]") || this.close());
  }

  close(focus = false) {
    clearTimeout(this.#timer);
    if (this.#list.matches(":popover-open")) this.#list.hidePopover();
    if (focus) this.#cell?.focus();
    this.#cell = null;
    this.#pinned = false;
  }

  /** Before the cells are drawn anew: close, and answer what `reopen` needs if it was pinned. */
  release() {
    const items = [...this.#list.querySelectorAll("button")];
    const pinned = this.#pinned && { key: this.#cell.dataset.cell, nth: items.indexOf(document.activeElement), on: keyOf(document.activeElement) };
    this.close();
    return pinned;
  }

  /** The list of the same cell, drawn anew, with the focus on what had it. */
  reopen({ nth, on }, cell) {
    if (!cell) return;
    this.#pin(cell);
    if (nth < 0) return;
    const items = [...this.#list.querySelectorAll("button")];
    (items.find((item) => keyOf(item) === on) ?? items.at(Math.min(nth, items.length - 1))).focus();
  }

  #hover(cell) {
    if (this.#pinned || cell === this.#cell) return;
    this.close();
    this.#cell = cell;
    if (cell) this.#timer = setTimeout(() => this.#open(cell), PEEK_AFTER_MS);
  }

  #press(cell) {
    if (!cell) return;
    this.#pin(cell);
    this.#list.querySelector("button")?.focus();
  }

  #pin(cell) {
    this.close();
    this.#cell = cell;
    this.#pinned = true;
    this.#open(cell);
  }

  #open(cell) {
    const { column, day, boxes, words } = this.#of(cell.dataset.cell);
    const head = element("header", "", element("strong", "", nameOf(column)), element("span", "", dayInWords(day, this.#desk.language)), element("small", "", words.join(" · ")));
    const rows = element("ul", "", ...boxes.map((box) => element("li", `is-${box.status}`, this.#visit(box))));
    this.#list.replaceChildren(head, rows, this.#foot(column, day));
    this.#list.setAttribute("aria-label", `${nameOf(column)}, ${dayInWords(day, this.#desk.language)}`);
    this.#list.classList.toggle("is-pinned", this.#pinned);
    this.#list.showPopover();
    putBeside(this.#list, cell.getBoundingClientRect());
  }

  #visit(box) {
    const who = element("strong", "", box.patient);
    who.dir = "auto";
    const made = element("button", "", element("span", "box-time", times(box)), who, element("span", "board-service", box.service), badge(box.status, this.#desk.status));
    made.type = "button";
    made.dataset.appointment = box.id;
    return made;
  }

  #foot(column, day) {
    const open = element("button", "btn btn-sm", icon("date"), this.#desk.words.openDay);
    open.type = "button";
    open.dataset.openDay = day;
    const away = awayButton(column, this.#desk, day);
    away?.classList.add("btn", "btn-icon", "btn-sm");
    const rest = away ? [away] : [];
    if (!this.#desk.clinics[column.clinic].mayBook) return element("footer", "", open, ...rest);
    const book = element("button", "btn btn-sm", icon("plus"), this.#desk.words.book.replace("{day}", dayInShort(day, this.#desk.language)));
    book.type = "button";
    book.dataset.bookHere = "";
    return element("footer", "", open, book, ...rest);
  }

  #act({ target }) {
    const button = target.closest("button");
    if (!button) return;
    const { column, day } = this.#of(this.#cell.dataset.cell);
    if ("bookHere" in button.dataset) this.#book(column, day);
    this.close(!("away" in button.dataset));
  }

  #key(event) {
    const items = [...this.#list.querySelectorAll("button")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      this.close(true);
    } else if (event.key === "Tab") {
      this.close(true);
    } else if (by) {
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
    }
  }
}
