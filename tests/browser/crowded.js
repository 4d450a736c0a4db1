// What of the page nobody can read: words that run out of their button, and things in a row that lie over each other.
() => {
  const rows = "tr, li, dl > div, .buttons, .btn-group, .bar, .routes, .day-bar, .flow-bar, .filter-row, .finding-line,"
    + ".results-line, .found-head, .found-foot, .list-head, .team-head, .folder-head, .folder-deeds, .row-line, .coming-line,"
    + ".deed, .card-top, .card-steps";
  const aside = ".visually-hidden, .skip-link, .icons, .ec, [aria-hidden=true]";
  const clipped = (one) => one !== null && (getComputedStyle(one).clipPath !== "none" || clipped(one.parentElement));
  const shown = (one) => !one.closest(aside) && !clipped(one) && one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const named = (one) => `${one.localName}.${one.getAttribute("class")} ${(one.innerText ?? "").trim().slice(0, 40)}`;

  // What is shortened on purpose says so with an ellipsis.
  const told = (one) => getComputedStyle(one).textOverflow === "ellipsis";
  function words(one) {
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT, (text) => (
      text.data.trim() && shown(text.parentElement) && !told(text.parentElement) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT));
    const found = [];
    while (walker.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      found.push(...range.getClientRects());
    }
    return found;
  }
  const cut = (one) => {
    const [box] = one.getClientRects();
    return words(one).some((word) => word.left < box.left - 1 || word.right > box.right + 1);
  };
  const pressed = [...document.querySelectorAll("button, a, summary, .badge-status, .tag")].filter(shown);
  const tooLong = pressed.filter((one) => getComputedStyle(one).display !== "inline" && cut(one)).map((one) => `cut off: ${named(one)}`);

  // Of what has no edge of its own, where its words are.
  const places = (one) => (one.matches("button, a, select, input") ? [...one.getClientRects()] : words(one));
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  function crowded(row) {
    const flows = (one) => ["static", "relative"].includes(getComputedStyle(one).position);
    const all = [...row.children].filter((one) => shown(one) && flows(one)).map((one) => [one, places(one)]);
    return all.flatMap(([one, first], at) => all.slice(at + 1)
      .filter(([, second]) => first.some((a) => second.some((b) => meet(a, b))))
      .map(([two]) => `one over the other: ${named(one)} | ${named(two)}`));
  }
  return [...tooLong, ...[...document.querySelectorAll(rows)].filter(shown).flatMap(crowded)];
}
