"""From what was asked to what is shown: the one place where a list is narrowed, logged and made into a page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from orderly.appointments.models import Appointment, AppointmentQuerySet
from orderly.appointments.queries.filters import narrowed
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.appointment_table import EXPORT
from orderly.edge.readlog import looked, watched
from orderly.engine.walltime import local
from orderly.journal.models import Kind
from orderly.web.dates import written_days
from orderly.web.lists.figures import MOST_DAYS, figures
from orderly.web.lists.forms import MANY, SORTS, STATISTICS, ListForm
from orderly.web.lists.rows import page_of
from orderly.web.lists.words import VISIT_STATUS, WHEN
from orderly.web.words import SOURCE, STATUS

VIEW: Final = "booking:view_calendar"
PATIENTS: Final = "patients:view"
PAYMENTS: Final = "billing:view"
PACKAGES: Final = "packages:view"
FINANCE: Final = "reports:finance"
WORDS: Final = {"status": STATUS, "source": SOURCE, "visit_status": VISIT_STATUS}


def today_of(clinic: Clinic, request: HttpRequest) -> date:
    return local(clinic.timezone, minute(now_of(request)))[0]


def form_of(request: HttpRequest, clinic: Clinic, asked: Any) -> ListForm:
    sees = actor_of(request).may(PAYMENTS, clinic.pk)
    return ListForm(asked, clinic=clinic, today=today_of(clinic, request), sees_payments=sees)


def rows_of(request: HttpRequest, form: ListForm) -> AppointmentQuerySet:
    rows = Appointment.objects.filter(clinic=form.clinic)
    return narrowed(rows, form.filters(), zone=form.clinic.timezone, actor=actor_of(request))


def found(request: HttpRequest, form: ListForm, *, again: bool = False) -> dict[str, Any]:
    """What the part of the page that shows the list is given; `again` if it only refreshes itself."""
    actor, clinic = actor_of(request), form.clinic
    context = {
        "clinic": clinic,
        "form": form,
        "order": form.order,
        "chips": chips(form),
        "days_text": form.days_text(),
        "sees_patients": actor.may(PATIENTS, clinic.pk),
        "sees_payments": actor.may(PAYMENTS, clinic.pk),
        "sees_packages": actor.may(PACKAGES, clinic.pk),
    }
    if form.cleaned_data["show"] == STATISTICS:
        return {**context, **_statistics(request, form)}
    page = page_of(rows_of(request, form), SORTS[form.order], form.cleaned_data["page"] or 1)
    log(request, form, [line.appointment.pk for line in page.lines], again=again)
    form.cleaned_data["page"] = page.number
    return {**context, "page": page, "may_export": actor.may(EXPORT, clinic.pk)}


def log(
    request: HttpRequest, form: ListForm, among: Sequence[UUID], *, again: bool = False, kind: Kind | None = None
) -> None:
    """Who was shown what; never the words. What refreshes itself is written down as watched."""
    clinic, words = form.clinic.pk, form.cleaned_data["q"]
    if again and not words:
        watched(request, "appointments", clinic=clinic, **form.given())
    else:
        usual = Kind.SEARCH if words else Kind.VIEW
        looked(request, "appointments", among=among, clinic=clinic, kind=kind or usual, **form.given())


def _statistics(request: HttpRequest, form: ListForm) -> dict[str, Any]:
    """Counts over a year at most: of everything there ever was they would take long and say little."""
    days = form.chosen()
    log(request, form, [])
    if days is None or (days[1] - days[0]).days >= MOST_DAYS:
        return {"too_long": True, "most_days": MOST_DAYS}
    may = actor_of(request).may(FINANCE, form.clinic.pk)
    return {"figures": figures(rows_of(request, form)), "sees_finance": may}


def chips(form: ListForm) -> list[tuple[str, str, Any]]:
    """What narrows the list, each with the field and value to take away."""
    given = form.cleaned_data
    shown: list[tuple[str, str, Any]] = []
    if given["q"]:
        shown.append(("q", given["q"], f"“{given['q']}”"))
    if given["when"]:
        shown.append(("when", given["when"], WHEN[given["when"]]))
    elif given["days"]:
        shown.append(("days", "", written_days(*given["days"])))
    shown += [(name, value, WORDS[name][value]) for name in MANY for value in given[name]]
    shown += [(name, str(given[name].pk), str(given[name])) for name in ("provider", "service") if given[name]]
    ticks: Mapping[str, str] = {"arrived": _("Came, whatever followed"), "owed": _("To be paid")}
    return shown + [(name, "on", text) for name, text in ticks.items() if given.get(name)]
