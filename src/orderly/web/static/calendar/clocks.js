// Clinics side by side whose clocks differ: one line of the grid is another moment in each, which is said above it.

import { addMinutes, clockOf, dayInShort, dayOf, minutesBetween } from "./wall.js";

const MORNING = "09:00";

/** What the clock of a zone shows at a moment; Swedish writes it as we do. */
const wallIn = (zone, moment) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(moment).replace(" ", "T");

/** "09:00 in Tashkent is 04:00 in London", for each clinic beside the first that has another time on that day. */
export function clocksInWords({ clinics, language, words }, day) {
  const noon = Date.parse(`${day}T12:00Z`);
  const [here, ...others] = clinics.map(({ name, zone }) => ({ name, wall: wallIn(zone, noon) }));
  return others.filter(({ wall }) => wall !== here.wall).map(({ name, wall }) => {
    const there = addMinutes(`${day}T${MORNING}`, minutesBetween(here.wall, wall));
    const time = dayOf(there) === day ? clockOf(there) : `${dayInShort(dayOf(there), language)}, ${clockOf(there)}`;
    return words.otherClock.replace("{time}", MORNING).replace("{here}", here.name).replace("{otherTime}", time).replace("{there}", name);
  }).join(" · ");
}
