// The same day as a table: for screen readers, for small screens, and for those who like lists.

import { badge, element, nameOf, times } from "./boxes.js";

export function showList(place, data, desk, open) {
  if (!data.appointments.length) {
    place.replaceChildren(element("p", "day-empty", desk.words.free));
    return;
  }
  const head = element("thead", "", document.getElementById("list-head").content.cloneNode(true));
  const body = element("tbody", "", ...data.appointments.map((box) => row(box, data, desk, open)));
  place.replaceChildren(element("table", "table table-vcenter day-list", head, body));
}

function row(box, data, desk, open) {
  const column = data.columns[box.column];
  const button = element("button", "list-open", box.patient);
  button.type = "button";
  button.dataset.box = box.id;
  button.addEventListener("click", () => open(box));
  const cells = [times(box), button, box.service, nameOf(column) || desk.words.nobody, badge(box.status, desk.status)];
  return element("tr", `is-${box.status}`, ...cells.map((cell) => element("td", "", cell)));
}
