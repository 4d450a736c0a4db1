// Built into event-calendar.min.js, the global EventCalendar; VERSION says how.
export { createCalendar, destroyCalendar } from "@event-calendar/core";
export { DayGrid, Interaction, List, ResourceTimeGrid, TimeGrid } from "@event-calendar/core";
