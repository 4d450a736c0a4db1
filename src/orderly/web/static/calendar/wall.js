// Wall time as text, such as 2026-11-20T10:30. It is never made into an instant: the browser's own zone has no say.

const MINUTE = 60_000;
const DAY = 1440;

const asUtc = (wall) => Date.parse(`${wall.length === 10 ? `${wall}T00:00` : wall}Z`);

export const addMinutes = (wall, minutes) => new Date(asUtc(wall) + minutes * MINUTE).toISOString().slice(0, 16);
export const addDays = (day, days) => addMinutes(day, days * DAY).slice(0, 10);
export const minutesBetween = (from, to) => (asUtc(to) - asUtc(from)) / MINUTE;
export const daysBetween = (from, to) => minutesBetween(from, to) / DAY;
export const dayOf = (wall) => wall.slice(0, 10);
export const clockOf = (wall) => wall.slice(11, 16);

/** Every day from `first` up to, not including, `last`. */
export const daysOf = (first, last) => Array.from({ length: daysBetween(first, last) }, (_, index) => addDays(first, index));

/** 0 is Sunday. */
const weekday = (day) => new Date(asUtc(day)).getUTCDay();

export const startOfWeek = (day, firstDay) => addDays(day, -((weekday(day) - firstDay + 7) % 7));
export const startOfMonth = (day) => `${day.slice(0, 8)}01`;

/** The same day of another month, or its last. */
export function addMonths(day, months) {
  const moved = new Date(asUtc(startOfMonth(day)));
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const first = moved.toISOString().slice(0, 10);
  const last = addDays(startOfMonth(addDays(first, 31)), -1);
  const same = `${first.slice(0, 8)}${day.slice(8)}`;
  return same > last ? last : same;
}

/** The number of a week as ISO 8601 counts: by the year that its Thursday is in. */
export function weekNumber(day) {
  const thursday = addDays(startOfWeek(day, 1), 3);
  return Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7) + 1;
}

const formats = new Map();

/** In words of a language, always in the digits 0 to 9. */
function format(language, options) {
  const key = JSON.stringify([language, options]);
  const locale = `${language === "en" ? "en-GB" : language}-u-nu-latn`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }));
  return formats.get(key);
}

const WHOLE = { weekday: "long", day: "numeric", month: "long", year: "numeric" };

export const dayInWords = (day, language) => format(language, WHOLE).format(asUtc(day));
export const dayInShort = (day, language) => format(language, { weekday: "short", day: "numeric" }).format(asUtc(day));
export const dayOfMonth = (day, language) => format(language, { day: "numeric" }).format(asUtc(day));
export const weekdayInShort = (day, language) => format(language, { weekday: "short" }).format(asUtc(day));
export const weekdayInWords = (day, language) => format(language, { weekday: "long" }).format(asUtc(day));
export const monthInWords = (day, language) => format(language, { month: "long", year: "numeric" }).format(asUtc(day));

/** From one day to another, both included. */
export const daysInWords = (first, last, language) =>
  format(language, { day: "numeric", month: "long", year: "numeric" }).formatRange(asUtc(first), asUtc(last));

/** EventCalendar's dates tell the wall time in the browser's zone. */
export function wallOf(date) {
  const two = (part) => String(part).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
