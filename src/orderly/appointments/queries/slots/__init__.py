"""Which times are free, why one isn't, and the nearest that are: one evaluator answers all three."""

from orderly.appointments.queries.slots.free import MOST_DAYS, Found, slots, soonest, takes, takes_today
from orderly.appointments.queries.slots.nearby import alternatives
from orderly.appointments.queries.slots.outlook import Outlook, against_offer, calendars_for, outlook, why
from orderly.appointments.queries.slots.standing import standing

__all__ = [
    "MOST_DAYS",
    "Found",
    "Outlook",
    "against_offer",
    "alternatives",
    "calendars_for",
    "outlook",
    "slots",
    "soonest",
    "standing",
    "takes",
    "takes_today",
    "why",
]
