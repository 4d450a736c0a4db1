"""Every address of the screens: who gets in, and what the others are told."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from orderly.appointments.actions.screens import add_screen
from orderly.appointments.models import Appointment, CancelReason
from orderly.calendars.models import Hold
from orderly.edge.models import FilteredList, SavedFilter
from orderly.journal.models import Entry
from orderly.packages.actions.define import add_package
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Sessions
from orderly.patients.actions import change
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, ListItem
from orderly.people.actions.invitations import invite
from orderly.people.models import Membership, RoleOverride, User
from tests.factories import MONDAY, NOW, TUESDAY, make_actor, make_clinic, make_patient, make_provider, make_user
from tests.web.desk import Desk
from tests.web.markup import inline

pytestmark = pytest.mark.django_db

WEEK = {"from": str(MONDAY), "to": str(TUESDAY)}
TARGET = {"day": str(TUESDAY), "time": "10:00"}
CHANGED = {"scope": "all", "time": "16:00", "minutes": "30", "every": "1", "unit": "week"}
REPEATED = {"every": "1", "unit": "week", "ends": "count", "count": "3"}
PERSON = {
    "first_name": "Zoe",
    "last_name": "Ray",
    "birth_date": "1990-12-20",
    "gender": "female",
    "mobile": "07400 123456",
}

ELSEWHERE = {**PERSON, "first_name": "Else", "last_name": "Where", "mobile": "+447400123457"}
PLAN = {"start": str(MONDAY), "min_gap_days": "1"}

# For each address how it is called, what is sent with it, what it answers, and a role that may not.
CLINICS: dict[str, tuple[str, dict[str, str], int, str | None]] = {
    "calendar": ("get", {}, 200, None),
    "calendar-feed": ("get", WEEK, 200, None),
    "calendar-density": ("get", WEEK, 200, None),
    "calendar-view-keep": ("post", {"name": "Mine"}, 200, None),
    "calendar-view-forget": ("post", {}, 200, None),
    "why": ("get", TARGET, 200, None),
    "pinned": ("get", {}, 200, None),
    "peek": ("get", {}, 200, None),
    "absences": ("get", {}, 200, None),
    "absence-away": ("get", {}, 200, "read_only"),
    "absence-note": ("post", {}, 422, "read_only"),
    "absence-back": ("post", {}, 404, "read_only"),
    "absence-plan": ("get", {}, 200, "read_only"),
    "absence-anew": ("post", {}, 200, "read_only"),
    "absence-apply": ("post", {}, 422, "read_only"),
    "absence-called": ("post", {}, 404, "read_only"),  # nobody is to be called
    "absence-undo": ("post", {}, 404, "read_only"),  # nothing was rearranged
    "dashboard": ("get", {}, 200, None),
    "dashboard-part": ("get", {}, 200, None),
    "appointment-list": ("get", {}, 200, None),
    "appointment-list-find": ("post", {}, 200, None),
    "appointment-list-keep": ("post", {"name": "Mine"}, 200, None),
    "appointment-list-forget": ("post", {}, 200, None),
    "arrivals": ("get", {}, 200, None),
    "arrivals-part": ("get", {}, 200, None),
    "day-sheet": ("get", {}, 200, None),
    "booking": ("get", {}, 200, "read_only"),
    "booking-hold": ("post", {}, 200, "read_only"),
    "booking-keep": ("post", {}, 204, "read_only"),
    "booking-elsewhere": ("post", {}, 200, "read_only"),
    "booking-let-go": ("post", {}, 204, "billing"),
    "booking-book": ("post", {}, 200, "read_only"),
    "party-new": ("get", {}, 200, "read_only"),
    "party-people": ("post", {}, 200, "read_only"),
    "party-find": ("post", {}, 422, "read_only"),  # nobody has been chosen
    "party-book": ("post", {}, 422, "read_only"),
    "series-repeat": ("post", {}, 200, "read_only"),
    "series-plan": ("post", REPEATED, 200, "read_only"),
    "series-book": ("post", REPEATED, 200, "read_only"),
    "patient-list": ("get", {}, 200, None),
    "patient-find": ("post", {"q": "lee"}, 200, None),
    "patient-keep": ("post", {"name": "men", "filters": "gender=male"}, 302, None),
    "patient-forget": ("post", {}, 302, None),
    "patient-quick": ("get", {}, 200, "read_only"),
    "patient-add": ("get", {}, 200, "read_only"),
    "patient-relatives": ("post", {"q": "lee"}, 200, None),
    "patient": ("get", {}, 200, None),
    "patient-part": ("get", {}, 200, None),
    "patient-older": ("get", {}, 200, None),
    "patient-changes": ("get", {}, 200, None),
    "patient-edit": ("get", {}, 200, "read_only"),
    "patient-standing": ("post", {"version": "1"}, 302, "read_only"),
    "patient-family": ("post", {"add": "x"}, 302, "read_only"),
    "patient-put-back": ("post", {}, 302, "read_only"),
    "patient-search": ("post", {"q": "lee"}, 200, None),
    "patient-chosen": ("get", {}, 200, None),
    "patient-new": ("post", {}, 200, "read_only"),
    "patient-register": ("post", PERSON, 200, "read_only"),
    "patient-ask-link": ("post", ELSEWHERE, 200, "read_only"),
    "patient-links": ("get", {}, 200, "read_only"),
    "patient-link-decide": ("post", {}, 302, "read_only"),
    "purchase-plan": ("get", {}, 200, "read_only"),
    "purchase-plans": ("post", PLAN, 200, "read_only"),
    "purchase-plan-times": ("post", PLAN, 200, "read_only"),
    "purchase-plan-confirm": ("post", PLAN, 422, "read_only"),  # nothing was shown
}
QUEUE: dict[str, tuple[str, dict[str, str], int, str | None]] = {
    "queue": ("get", {}, 200, None),
    "queue-part": ("get", {}, 200, None),
    "queue-call-next": ("post", {}, 409, "read_only"),  # nobody waits
    "queue-step": ("post", {}, 200, "read_only"),
    "walk-in": ("get", {}, 200, "read_only"),
    "walk-in-when": ("post", {}, 200, "read_only"),
    "walk-in-book": ("post", {}, 422, "read_only"),
    "screens": ("get", {}, 200, "read_only"),
    "screen-add": ("post", {"kind": "kiosk", "name": "Door"}, 200, "read_only"),
    "screen-revoke": ("post", {}, 302, "read_only"),
}
ADMINISTRATORS: dict[str, tuple[str, dict[str, str], int, str | None]] = {
    "appointment-list-export": ("post", {"format": "csv"}, 200, "doctor"),
    "queue-rules": ("post", {"waiting_long_minutes": "5", "waiting_too_long_minutes": "9"}, 302, "doctor"),
    "audit": ("get", {}, 200, "doctor"),
    "audit-find": ("post", {"number": "AP-1"}, 302, "doctor"),
    "patient-looks": ("get", {}, 200, "doctor"),
    "patient-duplicates": ("get", {}, 200, "doctor"),
    "patient-merge": ("get", {}, 200, "doctor"),
    "patient-apart": ("post", {}, 404, "doctor"),  # nobody is named
    "patient-unmerge": ("post", {"version": "1"}, 302, "doctor"),  # nothing was merged: said on the patient's page
    "reference": ("get", {}, 200, "doctor"),
    "reference-add": ("post", {"kind": "region", "name": "Kent"}, 302, "doctor"),
    "reference-change": ("post", {"active": "0"}, 302, "doctor"),
    "reference-reason-add": ("post", {"name": "Strike"}, 302, "doctor"),
    "reference-reason": ("post", {"active": "1"}, 302, "doctor"),
    "reference-required": ("post", {"patient_requires": "region"}, 302, "doctor"),
    "packages": ("get", {}, 200, None),
    "package-add": ("get", {}, 200, "front_desk"),
    "package-edit": ("get", {}, 200, "front_desk"),
    "package-active": ("post", {"active": "0"}, 302, "front_desk"),
    "package-report": ("get", {}, 200, "front_desk"),
    "package-report-file": ("get", {}, 200, "front_desk"),
    "team": ("get", {}, 200, "doctor"),
    "team-search": ("post", {"q": "dee"}, 200, "doctor"),
    "team-invite": ("get", {}, 200, "doctor"),
    "team-invite-send": ("post", {"email": "n@example.org", "role": "doctor", "language": "en"}, 302, "doctor"),
    "team-invitation-resend": ("post", {}, 302, "doctor"),
    "team-invitation-revoke": ("post", {}, 302, "doctor"),
    "team-member": ("get", {}, 200, "doctor"),
    "team-roles": ("post", {"role": "doctor"}, 302, "doctor"),
    "team-step": ("post", {}, 302, "doctor"),
}
SOLD: dict[str, tuple[str, dict[str, str], int, str | None]] = {
    "purchase": ("get", {}, 200, None),
    "purchase-pay": ("post", {"amount": "0.50", "method": "cash"}, 302, "doctor"),
    "purchase-cancel": ("post", {"reason": "moved", "method": "cash"}, 302, "front_desk"),
    "purchase-extend": ("post", {"until": "2027-12-24", "reason": "ill"}, 302, "front_desk"),
    "package-sell": ("get", {}, 200, "doctor"),
}
PURCHASES: dict[str, tuple[str, dict[str, str], int, str | None]] = {
    "purchase-schedule": ("get", {}, 200, None),
}
APPOINTMENTS: dict[str, tuple[str, dict[str, str], int, str | None]] = {
    "appointment": ("get", {}, 200, None),
    "appointment-confirmation": ("get", {}, 200, None),
    "check-in": ("post", {}, 200, "read_only"),
    "check-in-link": ("post", {}, 200, "read_only"),
    "appointment-move": ("get", {}, 200, "read_only"),
    "appointment-move-to": ("post", TARGET, 200, "read_only"),
    "appointment-cancel": ("post", {"reason": "other"}, 200, "clinical_staff"),
    "appointment-reopen": ("post", {"reason": "mistake"}, 409, "billing"),  # it isn't over
    "appointment-put-back": ("post", {}, 409, "read_only"),  # there is nothing before its booking
    "appointment-step": ("post", {}, 200, "read_only"),
    "appointment-assign": ("post", {"provider": "x"}, 422, "read_only"),
    "appointment-correct": ("post", {"notes": "x"}, 200, "read_only"),
    "appointment-undo": ("post", {}, 200, "read_only"),
    "appointment-telling": ("get", {}, 200, "read_only"),
    "series-change": ("get", {}, 200, "read_only"),
    "series-change-plan": ("post", CHANGED, 200, "read_only"),
    "series-change-to": ("post", CHANGED, 200, "read_only"),
    "series-cancel": ("post", {"reason": "other"}, 200, "clinical_staff"),
    "series-undo": ("post", {}, 200, "read_only"),
    "party-undo": ("post", {}, 404, "read_only"),  # booked alone
    "series-calendar": ("get", {}, 200, None),
}
ALL = {**CLINICS, **QUEUE, **ADMINISTRATORS, **APPOINTMENTS, **PURCHASES, **SOLD}
PATIENTS = {
    "patient",
    "patient-part",
    "patient-older",
    "patient-changes",
    "patient-edit",
    "patient-family",
    "patient-standing",
}
BOTH = {
    "package-sell",
    "package-add",
    "package-edit",
    "patient-quick",
    "patient-add",
    "patient-edit",
    "patient-apart",
    "patient-merge",
    "patient-unmerge",
    "appointment-move",
    "appointment-telling",
}  # a form, and what it sends
# Let in by a secret: tests/web/test_display.py, tests/web/test_check_in.py.
SECRET = {
    *("display", "display-numbers", "kiosk", "kiosk-here"),
    *("check-in-own", "check-in-state", "check-in-here"),
}
EVERYONES = {
    *SECRET,
    "account",
    "account-here",
    "account-leave",
    "home",
    "set_language",
    "healthz",
    "readyz",
    "metrics",
    "join",
    "join-accept",
}


def rest(
    patient: UUID,
    invitation: UUID | None = None,
    user: UUID | None = None,
    entry: int = 1,
    appointment: UUID | None = None,
    screen: UUID | None = None,
    purchase: UUID | None = None,
) -> dict[str, list[Any]]:
    """What addresses name beside the clinic or the appointment."""
    return {
        "patient-chosen": [patient],
        **{name: [patient] for name in CLINICS if name in PATIENTS},
        **{key: [patient] for key in ("patient-apart", "patient-looks", "patient-merge", "patient-unmerge")},
        **{name: [invitation or patient] for name in SOLD},
        "patient-put-back": [patient, entry],
        "patient-forget": [invitation or patient],
        "calendar-view-forget": [invitation or patient],
        "peek": [appointment or patient],
        "appointment-step": ["arrive"],
        "queue-step": [appointment or patient, "arrive"],
        "screen-revoke": [screen or patient],
        "appointment-put-back": [entry],
        "patient-link-decide": [invitation or patient, "approve"],
        "appointment-list-forget": [patient],
        "team-invitation-resend": [invitation or patient],
        "team-invitation-revoke": [invitation or patient],
        "absence-back": [patient],
        "absence-called": [appointment or patient],
        "package-edit": [invitation or patient],
        "package-active": [invitation or patient],
        "reference-change": [invitation or patient],
        "reference-reason": [invitation or patient],
        "team-member": [user or patient],
        "team-roles": [user or patient],
        "team-step": [user or patient, "end-sessions"],
        **{name: [purchase or patient] for name in ("purchase-plan", "purchase-plans", "purchase-plan-confirm")},
        "purchase-plan-times": [purchase or patient, 1],
    }


def linked(desk: Desk) -> UUID:
    """Another clinic's request for the desk's patient."""
    usual = {"name": "Ann Lee", "birth_date": date(1990, 1, 1), "created_at": NOW}
    return LinkRequest.objects.create(clinic=make_clinic(), patient=desk.patient, **usual).pk


def invited(desk: Desk) -> UUID:
    admin = make_actor("clinic_admin", desk.clinic)
    return invite("i@example.org", "billing", clinic=desk.clinic.pk, language="en", actor=admin, now=NOW).pk


def kept(desk: Desk) -> UUID:
    usual = {"created_at": NOW}
    return SavedFilter.objects.get_or_create(user=desk.user, list="patients", name="men", defaults=usual)[0].pk


def saved(desk: Desk) -> UUID:
    mine = {"user": desk.user, "list": FilteredList.CALENDAR, "name": "Mine"}
    return SavedFilter.objects.get_or_create(**mine, defaults={"created_at": NOW})[0].pk


def hung(desk: Desk) -> UUID:
    actor = make_actor("front_desk", desk.clinic)
    return add_screen(desk.clinic.pk, "display", "Hall", actor=actor, now=NOW)[0].pk


def offered(desk: Desk) -> UUID:
    """A package that can be sold."""
    services = (Sessions(service=desk.service.pk, sessions=2),)
    details = PackageDetails(name="Two", clinic=desk.clinic.pk, price=100, validity_days=9, services=services)
    return add_package(details, actor=make_actor("clinic_admin", desk.clinic), now=NOW).pk


def bought(desk: Desk) -> UUID:
    """A package that the desk's patient has bought."""
    actor = make_actor("clinic_admin", desk.clinic)
    return sell(offered(desk), desk.patient.pk, clinic=desk.clinic.pk, actor=actor, now=NOW).pk


def call(client: Client, name: str, desk: Desk, **sent: Any) -> HttpResponse:
    """As the screen would: of the desk's clinic, patient and an appointment there."""
    method, fixed, _, _ = ALL[name]
    args = [desk.clinic.pk]
    made = desk.patient.pk
    in_clinic = name in ("peek", "queue-step")
    if name in APPOINTMENTS or in_clinic:
        book_one = desk.repeat if name.startswith("series-") else desk.book
        made = (Appointment.objects.filter(clinic=desk.clinic).first() or book_one("15:00")).pk
        args = [desk.clinic.pk if in_clinic else made]
    if name in PURCHASES:
        args = [bought(desk)]
    invitation = invited(desk) if name.startswith("team-invitation") else None
    if name == "reference-change":
        invitation = ListItem.objects.get_or_create(kind="region", name="Surrey")[0].pk
    if name in ("package-edit", "package-active"):
        invitation = offered(desk)
    if name == "reference-reason":
        invitation = CancelReason.objects.get(code="patient_ill").pk
    if name in SOLD:
        invitation = desk.patient.pk if name == "package-sell" else bought(desk)
    if name == "patient-link-decide":
        invitation = linked(desk)
    if name == "patient-forget":
        invitation = kept(desk)
    if name == "calendar-view-forget":
        invitation = saved(desk)
    if name == "patient-put-back":
        entered = change(
            desk.patient.pk, PatientDetails(tax_id="1"), actor=make_actor("front_desk", desk.clinic), now=NOW
        )
        fixed = {"version": str(entered.version)}
    if name == "patient-ask-link":
        make_patient(make_clinic(), **{**ELSEWHERE, "birth_date": date(1990, 12, 20)})
    subject = desk.patient.pk if name == "patient-put-back" else args[0]
    entry = Entry.objects.filter(subject=subject).order_by("-id").values_list("id", flat=True).first() or 1
    screen = hung(desk) if name == "screen-revoke" else None
    purchase = bought(desk) if name.startswith("purchase-plan") else None
    args += rest(desk.patient.pk, invitation, desk.user.pk, entry, made, screen, purchase).get(name, [])
    form = desk.form() if name.startswith("series-") or name in ("booking-hold", "booking-book") else {}
    if name == "booking-elsewhere":
        form = {"clinic": desk.clinic.pk}
    return getattr(client, method)(reverse(name, args=args), {**form, **fixed, **sent})


def written() -> list[int]:
    """What an address might have added or changed."""
    linked = LinkRequest.objects.filter(status="approved").count()
    booked = [Hold.objects.count(), linked, Appointment.objects.filter(version=1).count()]
    people = [Membership.objects.filter(role="doctor").count(), User.objects.filter(epoch=0, is_active=False).count()]
    return [*booked, *people]


def outsider(name: str, desk: Desk) -> Client:
    """Somebody of the clinic who may not; where every role may, the clinic has taken it from one."""
    role = ALL[name][3] or "read_only"
    for permission in ("booking:view_calendar", "patients:view", "packages:view") if ALL[name][3] is None else ():
        RoleOverride.objects.create(clinic=desk.clinic, role=role, permission=permission, allowed=False)
    client = Client()
    client.force_login(make_user(role, desk.clinic))
    return client


def test_every_address_is_tried_here() -> None:
    """ACC-4"""
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {name for name in named if not name.startswith(("account_", "mfa_"))} - EVERYONES == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_whoever_may_is_let_in_and_gets_nothing_inline(desk: Desk, name: str) -> None:
    """ACC-5"""
    if ALL[name][3] == "front_desk" or name in ADMINISTRATORS:
        desk.client.force_login(make_user("clinic_admin", desk.clinic))
    response = call(desk.client, name, desk)
    assert (response.status_code, inline(response)) == (ALL[name][2], [])
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ALL)
def test_without_the_right_it_is_forbidden_and_nothing_is_written(desk: Desk, name: str) -> None:
    """ACC-3, ACC-5"""
    (desk.repeat if name.startswith("series-") else desk.book)("15:00")
    stranger = outsider(name, desk)
    before = written()
    response = call(stranger, name, desk)
    assert (response.status_code, written()) == (403, before)


@pytest.mark.parametrize("name", ALL)
def test_of_another_clinic_nothing_is_there(desk: Desk, name: str) -> None:
    """ACC-4: whatever the reader may do in their own clinic, and as for what has never been."""
    client = Client()
    client.force_login(make_user("clinic_admin", make_clinic()))
    assert call(client, name, desk).status_code == 404
    args = [uuid4(), *rest(uuid4()).get(name, [])]
    assert getattr(client, ALL[name][0])(reverse(name, args=args), WEEK).status_code == 404


def test_the_signed_out_are_asked_to_sign_in(desk: Desk) -> None:
    """ACC-5: a page leads to the sign-in; a piece of one makes the browser load the page again."""
    piece = Client(headers={"HX-Request": "true"})
    whole = {name: call(Client(), name, desk) for name in ALL}
    assert {name: (one.status_code, one["Location"].split("?")[0]) for name, one in whole.items()} == dict.fromkeys(
        ALL, (302, "/accounts/login/")
    )
    pieces = {name: call(piece, name, desk) for name in ALL}
    assert {name: (one.status_code, one.content, one["HX-Refresh"]) for name, one in pieces.items()} == dict.fromkeys(
        ALL, (401, b"", "true")
    )


def test_the_wrong_method_is_refused(desk: Desk) -> None:
    found = {}
    for name, (method, *_) in ALL.items():
        args = [desk.clinic.pk, *rest(desk.patient.pk).get(name, [])]
        other = "put" if name in BOTH else "post" if method == "get" else "get"
        found[name] = getattr(desk.client, other)(reverse(name, args=args)).status_code
    assert found == dict.fromkeys(ALL, 405)


def test_rights_in_one_clinic_are_none_in_another(desk: Desk) -> None:
    """ACC-4: a doctor here who may only look there."""
    there = Desk()
    desk.user.memberships.create(clinic=there.clinic, role="read_only")
    assert [call(desk.client, name, there).status_code for name in ("calendar", "appointment")] == [200, 200]
    forbidden = ("booking-book", "patient-register", "appointment-step", "appointment-move-to", "appointment-cancel")
    assert {name: call(desk.client, name, there).status_code for name in forbidden} == dict.fromkeys(forbidden, 403)


def test_what_another_clinic_has_cannot_be_booked_from_here(desk: Desk) -> None:
    """ACC-4"""
    there = Desk()
    form = desk.form(provider=there.provider.pk, service=there.service.pk, patient=there.patient.pk)
    response = desk.post("booking-book", desk.clinic.pk, **form)
    assert (response.status_code, Appointment.objects.count()) == (404, 0)


def test_the_feed_has_this_clinics_rows_alone(desk: Desk) -> None:
    """ACC-4: a provider of both clinics shows here only what is booked here."""
    there = Desk()
    shared = make_provider(there.clinic, service=there.service)
    shared.clinics.add(desk.clinic)
    there.provider = shared
    there.book("12:00")
    found = desk.get("calendar-feed", desk.clinic.pk, **WEEK).json()
    assert {column[0] for column in found["columns"]} == {str(desk.provider.pk), str(shared.pk)}
    assert found["appointments"] == []
