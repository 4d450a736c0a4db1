"""API-3: what a fact means to those who watch."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from orderly.appointments.actions.assign import assign
from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import complete, reopen
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.journal.actions import sequence
from orderly.journal.facts import kind
from orderly.journal.models import Entry
from orderly.live import events
from orderly.live.audiences import SOCKETS, Audience, Kind, audience_at
from orderly.live.events import OF_FACT, TYPES, Event
from tests.factories import (
    NOW,
    TUESDAY,
    at,
    booking,
    make_actor,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)


def test_every_fact_of_an_appointment_is_told() -> None:
    """Also one that is added without a row in the table."""
    told = {"appointment_created", "appointment_updated", "appointment_cancelled", "queue_updated", "payment_updated"}
    around = {"calendar_updated", "patient_updated"}
    assert {one for types in OF_FACT.values() for one in types} == told | around
    assert {kind(fact) for fact, types in TYPES.items() if types} < OF_FACT.keys()
    untold = {kind(fact) for fact, types in TYPES.items() if not types}
    assert untold & OF_FACT.keys() == set()  # of screens and links, which nobody watches
    assert OF_FACT["patient_phoned"] == OF_FACT["phoning_taken_back"] == ("appointment_updated",)
    assert OF_FACT["appointment_rescheduled"] == ("appointment_updated", "queue_updated")


@pytest.mark.django_db
def test_what_is_around_appointments_is_told_without_naming_them() -> None:
    """CAL-3: that hours, services or a patient's record are others now; without a clinic, to all."""
    clinic, subject = UUID(int=7), UUID(int=9)
    for position, (fact, place) in enumerate(
        (("rule_added", clinic), ("patient_changed", clinic), ("provider_changed", None), ("tested", clinic)), start=1
    ):
        Entry.objects.create(at=NOW, fact=fact, clinic=place, subject=subject, position=position)
    _, found = events.after(0)
    assert [[json.loads(frame) for frame in event.frames] for event in found] == [
        [{"position": 1, "type": "calendar_updated", "ids": {"clinic": str(clinic)}}],
        [{"position": 2, "type": "patient_updated", "ids": {"clinic": str(clinic), "patient": str(subject)}}],
        [{"position": 3, "type": "calendar_updated", "ids": {}}],
    ]


def test_addresses() -> None:
    one = UUID(int=7)
    assert [route.path for route in SOCKETS] == ["/ws/clinics/{clinic}", "/ws/providers/{provider}"]
    assert audience_at(f"/ws/clinics/{one}") == Audience(Kind.CLINIC, one)
    assert audience_at(f"/ws/providers/{one}") == Audience(Kind.PROVIDER, one)
    for path in ("/", "/ws/clinics/", f"/ws/patients/{one}", f"/ws/clinics/{one}x", f"/ws/clinics/{'-' * 36}"):
        assert audience_at(path) is None


def told(event: Event) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in event.frames]


@pytest.mark.django_db
def test_a_days_work_as_it_is_told() -> None:
    """Ids only: no name, no number, no reason."""
    clinic = make_clinic()
    service = make_service(clinic)
    first, second = make_provider(clinic, service=service), make_provider(clinic, service=service)
    patient, actor = make_patient(clinic), make_actor("clinic_admin", clinic)
    start = at(clinic, TUESDAY, "10:00")
    made = book(booking(clinic, service, first, patient, start, notes="Ring the bell"), actor=actor, now=NOW).pk
    reschedule(made, Move(start=start, provider=second.pk), actor=actor, now=NOW)
    complete(made, actor=actor, now=NOW + timedelta(days=2))
    reopen(made, "not yet", actor=actor, now=NOW + timedelta(days=2))
    sequence({}, now=NOW)

    last, found = events.after(0)
    assert [event.position for event in found] == [*range(1, last + 1)]
    ids = {
        "clinic": str(clinic.pk),
        "appointment": str(made),
        "patient": str(patient.pk),
        "provider": str(first.pk),
        "service": str(service.pk),
    }
    assert told(found[0]) == [
        {"position": 1, "type": "appointment_created", "ids": ids, "more": True},
        {"position": 1, "type": "queue_updated", "ids": ids, "more": True},
        {"position": 1, "type": "payment_updated", "ids": ids},
    ]
    assert told(found[1]) == [
        {"position": 2, "type": "appointment_updated", "ids": {**ids, "provider": str(second.pk)}, "more": True},
        {"position": 2, "type": "queue_updated", "ids": {**ids, "provider": str(second.pk)}},
    ]
    here = Audience(Kind.CLINIC, clinic.pk)
    one, other = Audience(Kind.PROVIDER, first.pk), Audience(Kind.PROVIDER, second.pk)
    assert [event.audiences for event in found[:3]] == [{here, one}, {here, one, other}, {here, other}]
    assert {event.clinic for event in found} == {clinic.pk}
    assert events.after(last) == (last, [])


@pytest.mark.django_db
def test_a_cancellation_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    clinic = make_clinic()
    service = make_service(clinic)
    actor = make_actor(clinic=clinic)
    for nth in range(3):
        provider, start = make_provider(clinic, service=service), at(clinic, TUESDAY, "10:00")
        made = book(booking(clinic, service, provider, make_patient(clinic), start), actor=actor, now=NOW)
        cancel(made.pk, "other", actor=actor, now=NOW)
        assert nth == 0 or sequence({}, now=NOW)
    monkeypatch.setattr(events, "BATCH", 4)
    last, found = events.after(1)
    assert (last, [event.position for event in found]) == (5, [2, 3, 4, 5])
    assert [one["type"] for one in told(found[0])] == ["appointment_cancelled", "queue_updated", "payment_updated"]


@pytest.mark.django_db
def test_one_that_cannot_be_read_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody waits behind it for ever."""
    clinic = UUID(int=7)
    for position, (place, provider) in enumerate(((None, None), (clinic, "nobody"), (clinic, None)), start=1):
        Entry.objects.create(
            at=NOW,
            fact="appointment_booked",
            clinic=place,
            subject=UUID(int=9),
            ids={"provider": provider},
            position=position,
        )
    last, found = events.after(0)
    assert (last, [event.position for event in found]) == (3, [3])
    assert caplog.messages == ["entry 1 can't be told", "entry 2 can't be told"]


@pytest.mark.django_db
def test_proposals_are_told_to_whom_they_are_made() -> None:
    """Also to those they move to and away from, until they are called off."""
    clinic = make_clinic()
    service = make_service(clinic)
    one, other = (make_provider(clinic, service=service) for _ in range(2))
    actor, start = make_actor("clinic_admin", clinic), at(clinic, TUESDAY, "10:00")
    asked = book(booking(clinic, service, None, make_patient(clinic), start), actor=actor, now=NOW).pk
    book(booking(clinic, service, one, make_patient(clinic), start), actor=actor, now=NOW)
    cancel(asked, "other", actor=actor, now=NOW)
    again = book(booking(clinic, service, None, make_patient(clinic), start), actor=actor, now=NOW).pk
    reschedule(again, Move(start=start + 60), actor=actor, now=NOW)
    assign(again, one.pk, actor=actor, now=NOW)
    sequence({}, now=NOW)

    _, found = events.after(0)
    here = Audience(Kind.CLINIC, clinic.pk)
    first, second = Audience(Kind.PROVIDER, one.pk), Audience(Kind.PROVIDER, other.pk)
    of_asked = [event for event in found if told(event)[0]["ids"]["appointment"] == str(asked)]
    assert [(told(event)[0]["type"], event.audiences) for event in of_asked] == [
        ("appointment_created", {here, first}),
        ("appointment_updated", {here, first, second}),
        ("appointment_cancelled", {here, second}),
    ]
    ids = told(of_asked[1])[0]["ids"]
    assert ids.keys() == {"clinic", "appointment", "patient", "proposed_provider", "service"}
    assert ids["proposed_provider"] == str(other.pk)
    of_again = [event.audiences for event in found if told(event)[0]["ids"]["appointment"] == str(again)]
    assert of_again == [{here, second}, {here, second}, {here, first, second}]
