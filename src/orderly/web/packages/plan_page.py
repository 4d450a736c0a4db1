"""Planning what is left of a purchase: the page, the plans, the free times of a day, and booking what is shown."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import CannotBookAll, NotFound, Refused
from orderly.core.weeks import first_weekday
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.idempotency import Answer, once
from orderly.edge.readlog import looked, watched
from orderly.engine.walltime import FIRST_SUNDAY, local, to_minute
from orderly.packages.actions.define import MANAGE
from orderly.packages.actions.draw import schedule
from orderly.packages.choices import PurchaseStatus
from orderly.packages.inputs import Planned
from orderly.packages.models import Purchase
from orderly.packages.queries import Session, sessions_of, tallies
from orderly.packages.queries.plan import Outlook, outlook
from orderly.web.answers import clinic_of, in_words, status_of
from orderly.web.dates import language, picked_or
from orderly.web.fields import whole
from orderly.web.frame import framed
from orderly.web.packages.letter import of_plan
from orderly.web.packages.plan_form import PlanForm, moved, named, planned, providers
from orderly.web.packages.plan_shown import Shown, clocks, shown

SCHEDULE: Final = "packages:schedule"
WEEK: Final = 7


@guard(SCHEDULE, shows="patients")
def page(request: HttpRequest, clinic: UUID, purchase: UUID) -> HttpResponse:
    """The form; the plans come when it is shown."""
    place = clinic_of(clinic)
    found = _purchase(request, place, purchase)
    sessions = sessions_of(found)
    today = local(place.timezone, minute(now_of(request)))[0]
    names = {one.credit.service_id: one.credit.service.name for one in sessions}
    context = {
        "purchase": found,
        "unpaid": _unpaid(found),
        "expired": found.state == PurchaseStatus.EXPIRED,
        "may_extend": actor_of(request).may(MANAGE, found.clinic_id),
        "tallies": [(names[service], tally) for service, tally in tallies(sessions).items()],
        "left": sum(one.appointment is None for one in sessions),
        "providers": providers(place).filter(offerings__service__in=_services_left(sessions)).distinct(),
        "weekdays": _weekdays(place.country),
        "today": today,
        "token": uuid4(),
        "desk": {"language": language(), "firstDay": first_weekday(place.country), "grid": place.slot_minutes},
    }
    looked(request, "patient", found.patient_id, clinic=clinic)
    return framed(request, "packages/plan.html", place, "patient-list", context)


@guard(SCHEDULE, "POST", shows="patients")
def plans(request: HttpRequest, clinic: UUID, purchase: UUID) -> HttpResponse:
    """Plans by what the form says, around what was moved or pinned by hand."""
    place = clinic_of(clinic)
    found = _purchase(request, place, purchase)
    form = PlanForm(request.POST, place)
    if not form.is_valid():
        return _wrong(request, named(form), 422)
    try:
        ahead = _outlook(request, form, found)
    except Refused as refused:
        return _wrong(request, in_words(refused.problems, place.timezone), status_of(refused))
    ahead, said = _moved(request.POST, ahead)
    return _plans(request, ahead, form, said=said)


@guard(SCHEDULE, "POST")
def times(request: HttpRequest, clinic: UUID, purchase: UUID, number: int) -> HttpResponse:
    """The free times of a day for one session."""
    place = clinic_of(clinic)
    found = _purchase(request, place, purchase)
    form = PlanForm(request.POST, place)
    if not form.is_valid():
        return _wrong(request, named(form), 422)
    day = picked_or(request.POST.get(f"day_{number}"), form.cleaned_data["start"])
    ahead = _outlook(request, form, found)
    context = {"number": number, "day": day, "clocks": clocks(ahead, number, day), "clinic": place, "purchase": found}
    context |= {"before": day - timedelta(days=1), "after": day + timedelta(days=1)}
    return render(request, "packages/_plan_times.html", context)


@guard(SCHEDULE, "POST")
def confirm(request: HttpRequest, clinic: UUID, purchase: UUID) -> HttpResponse:
    """Book all that is shown or nothing; if somebody took a time meanwhile, say which, and show a plan without it."""
    place = clinic_of(clinic)
    found = _purchase(request, place, purchase)
    form, rows = PlanForm(request.POST, place), planned(request.POST)
    if not form.is_valid():
        return _wrong(request, named(form), 422)
    try:
        count = _book(request, found, place, form, rows)
    except CannotBookAll as refused:
        reasons = {rows[nth].number: in_words(some, place.timezone) for nth, some in refused.against.items()}
        status_of(refused)
        return _plans(request, _without(_outlook(request, form, found), set(reasons)), form, taken=reasons, status=409)
    except Refused as refused:
        return _wrong(request, in_words(refused.problems, place.timezone), status_of(refused))
    text = ngettext("%(n)s appointment is booked.", "%(n)s appointments are booked.", count) % {"n": count}
    messages.success(request, text)
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = reverse("purchase", args=[clinic, purchase])
    return answer


def _book(request: HttpRequest, found: Purchase, place: Clinic, form: PlanForm, rows: list[Planned]) -> int:
    """How many appointments were made of this form, however often it is sent."""
    actor, now, token = actor_of(request), now_of(request), request.POST.get("token")
    digest = hashlib.sha256(f"plan {found.pk}".encode()).hexdigest()

    def make() -> Answer:
        made = schedule(found.pk, rows, clinic=place.pk, actor=actor, now=now, tell=form.cleaned_data["tell"])
        return Answer(200, str(len(made)))

    return int(once(f"plan {token}" if token else None, digest, make, user=actor.person(), now=now).body)


def _purchase(request: HttpRequest, place: Clinic, purchase: UUID) -> Purchase:
    """NotFound for any that can't be used here, or isn't the reader's to see."""
    rows = Purchase.objects.visible_to(actor_of(request)).valid_in(place).counted(now_of(request))
    found = rows.select_related("package", "patient").filter(pk=purchase).first()
    if found is None:
        raise NotFound
    return found


def _services_left(sessions: Iterable[Session]) -> set[UUID]:
    return {one.credit.service_id for one in sessions if one.appointment is None}


def _unpaid(found: Purchase) -> bool:
    """Plans of it can be looked at, not booked."""
    return found.status == PurchaseStatus.AWAITING_PAYMENT


def _outlook(request: HttpRequest, form: PlanForm, found: Purchase) -> Outlook:
    left = [one.credit.number for one in sessions_of(found) if one.appointment is None]
    return outlook(found.pk, form.request(left), actor=actor_of(request), now=now_of(request))


def _moved(sent: QueryDict, ahead: Outlook) -> tuple[Outlook, str]:
    """With the session that was just moved pinned where it was put, if anybody is free then; else why not."""
    move = moved(sent)
    if move is None:
        return ahead, ""
    number, day, wall = move
    start = to_minute(ahead.rules.zone, date.fromisoformat(day), wall)
    who = ahead.taker(number, start)
    if who is None:
        said = _("Session %(number)s stays where it is: nobody is free at %(time)s then.")
        return ahead, said % {"number": number, "time": f"{wall // 60:02}:{wall % 60:02}"}
    return ahead.pinning(Planned(number=number, start=start, provider=who)), ""


def _without(ahead: Outlook, numbers: set[int]) -> Outlook:
    """What was shown stays, but for these, which are no longer pinned."""
    return ahead.keeping([one for one in ahead.asked.pinned if one.number not in numbers])


def _plans(
    request: HttpRequest, ahead: Outlook, form: PlanForm, *, said: str = "", taken: Any = None, status: int = 200
) -> HttpResponse:
    found = shown(ahead, form.cleaned_data["wish"])
    watched(request, "patient", ahead.purchase.patient_id, clinic=ahead.clinic.pk)  # the letter names them
    context = {
        "clinic": ahead.clinic,
        "purchase": ahead.purchase,
        "unpaid": _unpaid(ahead.purchase),
        "shown": found,
        "calendar": found.calendar(),
        "letter": of_plan(ahead, found.plan.visits, found.names),
        "typed": request.POST,
        "said": said,
        "taken": taken,
        **({} if said else _of_move(request.POST, ahead, found)),
    }
    return render(request, "packages/_plans.html", context, status=status)


def _of_move(sent: QueryDict, ahead: Outlook, found: Shown) -> dict[str, Any]:
    """Which session was moved, and if somebody else gives it now, who instead of whom."""
    number = whole(sent.get("moved", "").partition(" ")[0])
    before = ahead.keeper(number) if number else None
    now = next((one.provider for one in found.plan.visits if one.number == number), None)
    swapped = before is not None and now is not None and before != now
    return {
        "moved": number,
        "giver": found.names.get(now) if now and swapped else None,
        "instead": found.names.get(before) if before else None,
    }


def _wrong(request: HttpRequest, errors: Any, status: int) -> HttpResponse:
    return render(request, "packages/_plan_wrong.html", {"errors": errors}, status=status)


def _weekdays(country: str) -> list[tuple[int, date]]:
    """Numbered from Sunday, with a date that is one, in the order of the clinic's weeks."""
    first = first_weekday(country)
    return [((first + nth) % WEEK, date.fromordinal(FIRST_SUNDAY + (first + nth) % WEEK)) for nth in range(WEEK)]
