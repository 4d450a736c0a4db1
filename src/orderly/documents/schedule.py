"""All sessions of a purchase on paper: when and with whom they are, which have been, which are still to be planned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.appointments.queries.rooms import rooms
from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, NotFound
from orderly.core.text import listed
from orderly.documents.press import Document, Table, printed
from orderly.documents.writing import Writing
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.packages.choices import CLOSED, PurchaseStatus
from orderly.packages.models import Purchase
from orderly.packages.queries import Session, sessions_of

CALLED_OFF: Final = gettext_lazy("This package has been cancelled.")
STANDS: Final[dict[str, Promise | str]] = {
    PurchaseStatus.AWAITING_PAYMENT: gettext_lazy("This package isn't paid yet."),
    PurchaseStatus.COMPLETED: gettext_lazy("All sessions of this package have been used."),
    PurchaseStatus.EXPIRED: gettext_lazy("This package has expired."),
    **dict.fromkeys(CLOSED, CALLED_OFF),
}
BECAME: Final[dict[str, Promise | str]] = {
    Status.REQUESTED: pgettext_lazy("session", "requested"),
    Status.COMPLETED: pgettext_lazy("session", "took place"),
    Status.NO_SHOW: pgettext_lazy("session", "missed"),
    Status.CANCELLED: pgettext_lazy("session", "cancelled, counts as used"),
}
WIDE: Final = frozenset({3, 4})  # service and provider share what room is left
VIEW, PATIENTS = "packages:view", "patients:view"


def sold(purchase: UUID, *, actor: Actor, now: datetime) -> Purchase:
    """The purchase with all that is printed of it, where it was sold, and where the patient is known if it is used
    everywhere. Raises NotFound elsewhere, Forbidden without the right to see packages and patients in one of these.
    """
    rows = Purchase.objects.visible_to(actor).counted(now).select_related("clinic", "patient", "invoice", "package")
    found = rows.filter(pk=purchase).first()
    if found is None:
        raise NotFound
    for permission in (VIEW, PATIENTS):
        actor = actor.within(permission)
        here = actor.belongs_to(found.clinic_id)
        if not here and not Purchase.objects.visible_to(actor).filter(pk=purchase).exists():
            raise Forbidden(permission)
    return found


def printer(purchase: Purchase, clinic: UUID | None, *, actor: Actor) -> Clinic:
    """The clinic on whose paper it is: the one that prints it, which the patient sees and calls; where it was sold, if
    none is named. Raises NotFound for one in which it can't be used, Forbidden without the rights there.
    """
    if clinic is None or clinic == purchase.clinic_id:
        return purchase.clinic
    place = Clinic.objects.filter(pk=clinic).first()
    if place is None or not purchase.valid_in(place):
        raise NotFound("clinic")
    for permission in (VIEW, PATIENTS):
        actor.require(permission, place.pk)
    return place


def schedule(purchase: Purchase, clinic: Clinic, *, actor: Actor, now: datetime) -> bytes:
    """The PDF of a `counted` purchase as it stands, on the `clinic`'s paper, in the patient's language. Of visits to
    clinics that aren't the actor's it says only that there is one.
    """
    writing = Writing.of(purchase.patient, clinic)
    sessions = sessions_of(purchase)
    with translation.override(writing.language):
        document = Document(
            title=_("Treatment schedule"),
            number=purchase.invoice.number,
            said=_said(purchase),
            warns=purchase.state in STANDS and purchase.state != PurchaseStatus.COMPLETED,
            facts=_facts(purchase, writing),
            table=_table(sessions, writing, actor, clinic),
            notes=tuple(_notes(purchase, clinic, writing)),
        )
    return printed(document, clinic, writing, now=now)


def _said(purchase: Purchase) -> str:
    if purchase.state in STANDS:
        return str(STANDS[purchase.state])
    return _("Some of your sessions are still to be planned.") if purchase.left else _("All your sessions are planned.")


def _facts(purchase: Purchase, writing: Writing) -> list[tuple[str, str]]:
    left = _("%(left)s of %(total)s") % {"left": purchase.left, "total": purchase.total}
    return [
        (_("Number"), purchase.invoice.number),
        (_("Patient"), purchase.patient.full_name),
        (_("Package"), purchase.package.name),
        (_("Valid until"), writing.day(purchase.expires_on)),
        (_("Sessions left to plan"), left),
    ]


def _notes(purchase: Purchase, clinic: Clinic, writing: Writing) -> list[str]:
    phone = writing.phone(clinic.phone)
    if purchase.state != PurchaseStatus.ACTIVE or not phone:
        return []
    return [_("To plan or change sessions, please call us: %(phone)s") % {"phone": phone}]


def _table(sessions: Sequence[Session], writing: Writing, actor: Actor, home: Clinic) -> Table:
    places = rooms([one.appointment for one in sessions if one.appointment])
    headings = [_("No."), _("Date"), _("Time"), _("Service"), _("With"), _("Where"), _("Status")]
    rows = [_row(one, places, writing, actor, home) for one in sessions]
    shown = [nth for nth in range(len(headings)) if any(row[nth] for row in rows)]
    return Table(
        headings=[headings[nth] for nth in shown],
        rows=[[row[nth] for nth in shown] for row in rows],
        wide=frozenset(place for place, nth in enumerate(shown) if nth in WIDE),
    )


def _row(session: Session, places: dict[UUID, str], writing: Writing, actor: Actor, home: Clinic) -> list[str]:
    visit, service = session.appointment, session.credit.service.name
    number = str(session.credit.number)
    if visit is None:
        return [number, pgettext("session", "not planned yet"), "", service, "", "", ""]
    if not actor.belongs_to(visit.clinic_id):
        return [number, pgettext("session", "in another clinic"), "", service, "", "", ""]
    zone = visit.clinic.timezone
    return [
        number,
        writing.short_day(local(zone, visit.start)[0]),
        writing.span(visit.start, visit.end, zone),
        service,
        str(visit.provider or ""),
        _where(visit, places[visit.pk], home),
        str(BECAME.get(visit.status, "")),
    ]


def _where(visit: Appointment, place: str, home: Clinic) -> str:
    """The room; and the clinic, where it isn't the one of the document."""
    return listed(("" if visit.clinic_id == home.pk else visit.clinic.name, place))
