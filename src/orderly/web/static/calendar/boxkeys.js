// Boxes by keyboard: one stop for Tab, arrows go from box to box, and keys act on the one that has the focus.

const middle = (rect) => ({ x: rect.left + rect.width / 2, y: rect.top });

/** How far `to` lies in the direction of the arrow, first along it, then aside; nothing where it lies elsewhere. */
function away(from, to, key) {
  const across = to.x - from.x;
  const down = to.y - from.y;
  const sameColumn = Math.abs(across) < 24;
  if (key === "ArrowDown") return sameColumn && down > 0 ? down : null;
  if (key === "ArrowUp") return sameColumn && down < 0 ? -down : null;
  const wanted = key === "ArrowRight" ? across : -across;
  const narrow = sameColumn && Math.abs(down) < 4; // side by side all the same
  return wanted >= 24 || (narrow && wanted > 0) ? wanted * 3 + Math.abs(down) : null;
}

const all = (place) => [...place.querySelectorAll(".ec-event.box")].filter((one) => !one.matches(".ec-preview, .ec-ghost"));

function next(place, from, key) {
  const here = middle(from.getBoundingClientRect());
  const found = all(place).filter((one) => one !== from).map((one) => [away(here, middle(one.getBoundingClientRect()), key), one]);
  return found.filter(([far]) => far !== null).sort(([one], [other]) => one - other)[0]?.[1];
}

/** Each is measured once, however many there are. */
function inOrder(place) {
  const measured = all(place).map((one) => [one.getBoundingClientRect(), one]);
  measured.sort(([one], [other]) => one.left - other.left || one.top - other.top);
  return measured.map(([, one]) => one);
}

/** `boxAt(element)` is the box an element shows; `acts` are {key: act(box, its element)} while keys are `enabled()`. */
export function boxKeys(place, { boxAt, acts, enabled }) {
  const idOf = (element) => boxAt(element)?.id ?? null;
  let current = null;

  /** Drawn anew, the focus is on the same box, wherever it is now. */
  function rove() {
    const boxes = all(place);
    const kept = boxes.find((one) => current && idOf(one) === current) ?? boxes[0];
    for (const one of boxes) one.tabIndex = one === kept ? 0 : -1;
  }

  place.addEventListener("focusin", ({ target }) => {
    if (!target.matches(".ec-event.box")) return;
    current = idOf(target);
    rove();
  });

  place.addEventListener("keydown", (event) => {
    const from = event.target.closest(".ec-event.box");
    if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) {
      const to = next(place, from, event.key);
      if (!to) return; // from the last one on, the arrow turns the day
      event.preventDefault();
      to.focus();
      to.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      inOrder(place).at(event.key === "Home" ? 0 : -1)?.focus();
    } else if (acts[event.key] && enabled()) {
      const box = boxAt(from);
      if (!box) return;
      event.preventDefault();
      acts[event.key](box, from);
    }
  });

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      const lost = document.activeElement === document.body && current && lastHad();
      rove();
      if (lost) all(place).find((one) => idOf(one) === current)?.focus();
    });
  }).observe(place, { childList: true, subtree: true });

  let had = 0;
  place.addEventListener("focusout", () => { had = Date.now(); });
  const lastHad = () => Date.now() - had < 1500;
}
