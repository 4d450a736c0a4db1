// Who cancelled or didn't come takes no room from who comes: beside a live visit they are a strip at the column's end.

const LEFT = ["is-cancelled", "is-no_show"];

const isLeft = ({ classNames }) => classNames.some((name) => LEFT.includes(name));

/** The boxes of the calendar, each with the place it has where both kinds meet; the others lie as they always do. */
export function asides(boxes) {
  const columns = Map.groupBy(boxes, ({ resourceId }) => resourceId);
  return [...columns.values()].flatMap((column) => (column.some(isLeft) ? touching(column).flatMap(placed) : column));
}

// Not in the order of a language: the first comparison of that kind on a page costs more than all the rest here.
const byStart = (one, other) => (one.start < other.start ? -1 : Number(one.start > other.start));

/** Groups of those that overlap each other, directly or by others. */
function touching(boxes) {
  const groups = [];
  let end = "";
  for (const box of boxes.toSorted(byStart)) {
    if (box.start >= end) groups.push([]);
    groups.at(-1).push(box);
    end = box.end > end ? box.end : end;
  }
  return groups;
}

function placed(group) {
  const [left, live] = [group.filter(isLeft), group.filter((box) => !isLeft(box))];
  if (!left.length || !live.length) return group;
  const [strips, lanes] = [laned(left), laned(live)];
  const widths = [`--strips: ${strips.length}`, `--lanes: ${lanes.length}`];
  const inLane = (name) => (lane, index) =>
    lane.map((box) => ({ ...box, classNames: [...box.classNames, name], styles: [...(box.styles ?? []), ...widths, `--lane: ${index}`] }));
  return [...strips.flatMap(inLane("is-strip")), ...lanes.flatMap(inLane("is-laned"))];
}

/** As few lanes as there can be, in each of them one after the other. */
function laned(boxes) {
  const lanes = [];
  for (const box of boxes) {
    const free = lanes.find((lane) => lane.at(-1).end <= box.start);
    if (free) free.push(box);
    else lanes.push([box]);
  }
  return lanes;
}
