// Wall time as text, such as 2026-11-20T10:30. It is never made into an instant: the browser's own zone has no say.

const MINUTE = 60_000;

const asUtc = (wall) => Date.parse(`${wall.length === 10 ? `${wall}T00:00` : wall}Z`);

export const addMinutes = (wall, minutes) => new Date(asUtc(wall) + minutes * MINUTE).toISOString().slice(0, 16);
export const addDays = (day, days) => addMinutes(day, days * 1440).slice(0, 10);
export const minutesBetween = (from, to) => (asUtc(to) - asUtc(from)) / MINUTE;
export const dayOf = (wall) => wall.slice(0, 10);
export const clockOf = (wall) => wall.slice(11, 16);

/** A day in words of a language, always in the digits 0 to 9. */
export function dayInWords(day, language) {
  const format = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(`${language === "en" ? "en-GB" : language}-u-nu-latn`, format).format(asUtc(day));
}
