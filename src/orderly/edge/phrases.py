"""The sentences that `wording` chooses from. Reasons are the words that verbs and schemas give to `invalid`."""

from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from orderly.appointments.choices import Status, VisitStatus
from orderly.engine.problems import Code

Phrases = dict[str, "Promise | str"]

PATIENT_BUSY: Final = _("The patient is busy at that time.")

NOTHING_TO_UNDO: Final = _("There is nothing that could be undone.")
NOTHING_TO_TELL: Final = _("There is nothing new to tell the patient.")

SENTENCES: Final[dict[Code, Promise | str]] = {
    Code.OUTSIDE_HOURS: _("%(who)s doesn't work then (%(when)s)."),
    Code.CLOSED: _("The clinic is closed %(when)s."),
    Code.TIME_OFF: _("%(who)s is away %(when)s."),
    Code.MAINTENANCE: _("%(who)s is under maintenance %(when)s."),
    Code.PROVIDER_BUSY: _("%(who)s is busy %(when)s."),
    Code.RESOURCE_BUSY: _("%(who)s is taken %(when)s."),
    Code.PATIENT_BUSY: PATIENT_BUSY,
    Code.HELD: _("Somebody else is booking %(when)s right now."),
    Code.NOTICE: _("This service must be booked at least %(ahead)s ahead."),
    Code.HORIZON: _("This service can be booked until %(until)s only."),
    Code.PAST: _("That time has passed."),
    Code.OVERBOOK_LIMIT: _("%(who)s can't be overbooked any further %(when)s."),
    Code.PACKAGE_UNUSABLE: _("The package can't be used for this."),
    Code.BAD_TRANSITION: _("An appointment that is %(from)s can't be %(to)s."),
    Code.NOBODY_WAITING: _("Nobody who has arrived is waiting."),
    Code.NOT_UNDOABLE: NOTHING_TO_UNDO,
    Code.NOT_TELLABLE: NOTHING_TO_TELL,
    Code.CONTENDED: _("Somebody else is changing this right now. Please try again."),
    Code.TOO_OFTEN: _("That is too often. Please try again in %(wait)s."),
    Code.MISSING: _("Missing: %(field)s."),
}

TIMELESS: Final[dict[Code, Promise | str]] = {
    Code.OUTSIDE_HOURS: _("%(who)s doesn't work then."),
    Code.CLOSED: _("The clinic is closed then."),
    Code.TIME_OFF: _("%(who)s is away then."),
    Code.MAINTENANCE: _("%(who)s is under maintenance then."),
    Code.PROVIDER_BUSY: _("%(who)s is busy then."),
    Code.RESOURCE_BUSY: _("%(who)s is taken then."),
    Code.HELD: _("Somebody else is booking that time right now."),
    Code.OVERBOOK_LIMIT: _("%(who)s can't be overbooked any further then."),
}

FULL: Final[dict[Code, Promise | str]] = {
    Code.RESOURCE_BUSY: _("The group is full: all %(places)s places are taken."),
    Code.OVERBOOK_LIMIT: _("The group is full, and can't be overbooked any further."),
    Code.HELD: _("Somebody is booking the group's last place right now."),
}

NOT_UNDOABLE: Final[Phrases] = {
    "nothing": NOTHING_TO_UNDO,
    "undone": _("This was undone already."),
    "others": _("Somebody else made the last change; only they can undo it."),
    "late": _("That was more than three minutes ago, and can't be undone any more."),
    "together": _("It was moved with its whole group; move the group back."),
    "since": _("Some of its visits were changed since."),
}

NOT_TELLABLE: Final[Phrases] = {
    "nothing": NOTHING_TO_TELL,
    "undone": NOT_UNDOABLE["undone"],
    "answered": _("That was answered already."),
    "others": _("Somebody else has changed it since; only they can say."),
    "late": _("That was more than three minutes ago: call the patient if they should know."),
}

PACKAGE_UNUSABLE: Final[Phrases] = {
    "clinic": _("The package can't be used in this clinic."),
    "closed": _("The package was cancelled."),
    "expired": _("The package has expired by then."),
    "none_left": _("The package has no session of this service left."),
    "number": _("The package has no session of this number."),
    "number_taken": _("This session is booked or used already."),
    "patient": _("The package is another patient's."),
    "service": _("The package doesn't contain this service."),
    "unpaid": _("The package isn't paid yet."),
}

# Where it may be said who holds the time.
HELD_BY: Final[Phrases] = {
    "mine": _("You are holding %(when)s yourself, in another window."),
    "holder": _("%(holder)s is booking %(when)s right now."),
}

NOT_OFFERED: Final[Phrases] = {
    "service": _("The clinic doesn't offer this service."),
    "provider": _("The provider doesn't give this service here."),
    "package": _("The package isn't sold in this clinic."),
    "patient": _("This service isn't meant for this patient."),
    "resources": _("What was chosen isn't used for this service."),
    "too_few": _("The service needs %(needed)s at once, and the clinic has %(offered)s."),
}

INACTIVE: Final[Phrases] = {
    "service": _("The service is no longer offered."),
    "provider": _("%(who)s takes no more bookings."),
    "patient": _("The patient's record is inactive."),
    "package": _("The package isn't sold any more."),
    "resources": _("%(who)s is out of use."),
}

UNNAMED: Final[Phrases] = {
    "provider": _("The provider"),
    "resources": _("The room or device"),
    "patient": _("The patient"),
    "": _("The provider"),
}

STATES: Final[Phrases] = {
    Status.REQUESTED: _("requested"),
    Status.CONFIRMED: _("confirmed"),
    Status.ARRIVED: _("arrived"),
    Status.IN_PROGRESS: _("in progress"),
    Status.COMPLETED: _("completed"),
    Status.NO_SHOW: _("marked as not come"),
    Status.CANCELLED: _("cancelled"),
    VisitStatus.WAITING: _("waiting"),
    VisitStatus.CALLED: _("called in"),
    VisitStatus.LEFT: _("gone"),
    "reopened": _("reopened"),
    "rescheduled": _("moved"),
    "assigned": _("given to somebody"),
}


def _named(rest: Promise | str) -> Promise | str:
    """The field, then what is wrong with it."""
    return format_lazy("%(field)s: {rest}", rest=rest)


INVALID: Final[Phrases] = {
    reason: _named(text)
    for reason, text in {
        "": _("this isn't right."),
        "before_from": _("the end must come after the beginning."),
        "between": _("must be between %(least)s and %(most)s."),
        "booked": _("bookings that stand: %(count)s. Look at them first, then confirm."),
        "both_booked": _("both are booked or held at the same time: %(number)s. Move or cancel one of the two first."),
        "both_booked_unnamed": _("both are booked or held at the same time. Move or cancel one of the two first."),
        "boolean": _("must be true or false."),
        "characters": _("hidden characters aren't allowed."),
        "clinics_currency": _("must be the currency of its clinic."),
        "closed": _("it was accepted or revoked already."),
        "colour": _("must be a colour such as #4263eb."),
        "currency": _("the clinics have different currencies."),
        "cursor": _("this isn't a cursor we gave out."),
        "date": _("must be a date such as 2026-03-31."),
        "day": _("with its buffers a visit can't be longer than 24 hours."),
        "decided": _("it has been answered already."),
        "either": _("say it in one way or the other, not in both."),
        "email": _("this isn't an e-mail address."),
        "enum": _("this isn't one of the choices."),
        "erased": _("what it held has been erased."),
        "extra": _("this is too large, too deep, or holds what can't be kept."),
        "far": _("may be at most %(limit)s days away from its own day."),
        "fields": _("must be an object with fields."),
        "future": _("this lies in the future."),
        "general": _("this is the clinic's general service; make another one general first."),
        "greater_than": _("must be more than %(limit)s."),
        "greater_than_equal": _("must be at least %(limit)s."),
        "group": _("a group is as long as it is for everybody."),
        "image": _("must be a PNG or JPEG image."),
        "in_a_row": _("must be days in a row."),
        "integer": _("must be a whole number."),
        "kind": _("doesn't go with the kind of fee."),
        "last_admin": _("somebody must be left to administer the clinic; give another person that role first."),
        "length": _("the service can't be this long."),
        "less_than": _("must be less than %(limit)s."),
        "less_than_equal": _("must be at most %(limit)s."),
        "list": _("must be a list."),
        "male": _("isn't possible for a male patient."),
        "member": _("whoever has this address holds that role here already."),
        "more_than_due": _("this is more than there is to pay or to give back."),
        "money": _("must be an amount such as 12.50 with the clinic's currency."),
        "name": _("must have at least one letter."),
        "needed": _("every clinic has a general service; make another one general instead."),
        "not_merged": _("no other record was merged into it."),
        "drawn_by_both": _("visits of both records draw on the same package."),
        "not_found": _("there is none, or it isn't yours."),
        "not_left": _("there is no session of this number, or it is booked already."),
        "not_member": _("must be a user who belongs to one of the provider's clinics."),
        "not_later": _("must be later than it is now."),
        "not_needed": _("the phases need other providers only."),
        "nothing_new": _("nothing would be different."),
        "nothing_before": _("there was nothing before it."),
        "null": _("must be left out rather than empty."),
        "overlap": _("overlaps another entry."),
        "password_too_common": _("this one is among the first that are tried."),
        "password_too_short": _("must have at least %(limit)s characters."),
        "password_too_similar": _("this is too much like the name or the e-mail address."),
        "past": _("this lies in the past."),
        "phases": _("doesn't agree with the phases."),
        "phone": _("this isn't a telephone number."),
        "priced": _("there are prices already, which are in the old one."),
        "provider": _("at least one phase must need a provider."),
        "range": _("this is out of range."),
        "reused": _("this key was used for a different request."),
        "rule_end": _("say either how many times, or until when."),
        "only_many": _("is for several visits, not for one alone."),
        "rule_endless": _("the visits are there already; leave out how many times and until when."),
        "rule_limit": _("at most %(limit)s visits within two years can be booked at once."),
        "rule_missing": _("%(part)s is missing."),
        "rule_never": _("there is no such day."),
        "rule_part": _("%(part)s can't be used here."),
        "rule_unknown": _("%(part)s isn't supported."),
        "seconds": _("times are whole minutes."),
        "self": _("nobody can do this to themselves."),
        "series_over": _("nothing that is to come can be changed."),
        "shared": _("the present general service is another clinic's too; make one general there first."),
        "there": _("there is one of this name already."),
        "taken": _("is linked to another provider already."),
        "text": _("must be text."),
        "time": _("must be a time such as 2026-03-31T10:30 or 2026-03-31T10:30:00+01:00."),
        "too_early": _("this lies too far back."),
        "too_far": _("may be at most %(limit)s days after the first."),
        "too_few": _("there are fewer in one of the clinics."),
        "too_large": _("must not be larger than 512 KB."),
        "too_late": _("this lies too far ahead."),
        "too_long": _("this is too long."),
        "enough": _("at most %(limit)s can be kept."),
        "too_many": _("these are too many."),
        "listed": _("this is in the list already."),
        "unlisted": _("this isn't in the list, or isn't offered any more."),
        "of_region": _("this isn't a district of that region."),
        "too_many_rows": _("these are more than %(limit)s; narrow the filters."),
        "too_short": _("this is too short."),
        "twice": _("the same is named twice."),
        "unknown": _("this isn't one of the choices."),
        "unknown_field": _("there is no such field."),
        "twice_at_once": _(
            "nobody can be in two places at once: choose people who are all different, or one after the other."
        ),
        "uuid": _("must be an id (a UUID)."),
        "wall_clock": _("must be a time of day such as 09:30."),
        "weekday": _("weekdays are numbers from 0 (Sunday) to 6 (Saturday)."),
        "with_days": _("say either this or from and to."),
    }.items()
}
