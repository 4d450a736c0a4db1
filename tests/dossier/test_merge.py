"""PAT-5: two records of one person become one, nothing is lost, and the way back keeps what has changed since."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core import serializers

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.actions.progress import complete
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move, Wish
from orderly.appointments.models import Appointment
from orderly.calendars.models import Claim, Hold, Reservation
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from orderly.dossier.actions.merge import CHOOSABLE, merge
from orderly.dossier.actions.unmerge import unmerge
from orderly.dossier.inputs import PatientFilter, Standing
from orderly.dossier.queries.find import patients
from orderly.engine.problems import Code
from orderly.journal.actions import erase_words
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.actions import change, put_back
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, Patient, Registration, SearchKey
from orderly.patients.queries import duplicates, history_for, survivor
from orderly.patients.reactions import note_last_visit
from orderly.people.permissions import Role
from orderly.resources.models import Provider, Resource
from tests.appointments.audit import faults
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_patient, make_provider, make_service

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def boss(clinic: Clinic) -> Actor:
    return make_actor(Role.CLINIC_ADMIN, clinic)


@pytest.fixture
def keep(clinic: Clinic) -> Patient:
    return make_patient(clinic, first_name="Yulia", last_name="Karimova", mobile="+998901234567", region="Toshkent")


@pytest.fixture
def drop(clinic: Clinic) -> Patient:
    return make_patient(
        clinic, first_name="Julia", last_name="Karimova", mobile="+998907654321", email="j@example.com", region="Buxoro"
    )


@pytest.fixture
def service(clinic: Clinic) -> Service:
    return make_service(clinic)


@pytest.fixture
def provider(clinic: Clinic, service: Service) -> Provider:
    return make_provider(clinic, service=service)


@pytest.fixture
def visit(clinic: Clinic, service: Service, provider: Provider, boss: Actor) -> Callable[..., Appointment]:
    def made(who: Patient, clock: str, by: Provider = provider) -> Appointment:
        return book(booking(clinic, service, by, who, at(clinic, MONDAY, clock)), actor=boss, now=NOW)

    return made


def fresh(one: Patient) -> Patient:
    return Patient.objects.get(pk=one.pk)


def said(one: Patient) -> dict[str, Any]:
    """What its fields hold, as JSON has it."""
    row = serializers.serialize("python", [fresh(one)])[0]["fields"]
    return {name: row[name] for name in CHOOSABLE}


def picture(*people: Patient) -> dict[str, Any]:
    """All there is about these patients but versions, in rows that can be compared."""
    ids, resources = [one.pk for one in people], [one.resource_id for one in people]
    return {
        "said": [(said(one), fresh(one).merged_into_id) for one in people],
        "active": sorted(Resource.objects.filter(pk__in=resources).values_list("pk", "active")),
        "keys": sorted(SearchKey.objects.filter(resource__in=resources).values_list("resource", "key")),
        "family": [sorted(one.family.values_list("pk", flat=True)) for one in people],
        "wards": sorted(Patient.objects.filter(guardian__in=ids).values_list("pk", "guardian")),
        "clinics": sorted(
            Registration.objects.filter(patient__in=ids).values_list("patient", "clinic", "last_visit_on"), key=str
        ),
        "visits": sorted(Appointment.objects.filter(patient__in=ids).values_list("pk", "patient", "status", "start")),
        "holds": sorted(Hold.objects.filter(patient__in=ids).values_list("pk", "patient")),
        "requests": sorted(LinkRequest.objects.filter(patient__in=ids).values_list("pk", "patient")),
        "time": sorted(
            Reservation.objects.filter(resource__in=resources).values_list("resource", "start", "end", "claim", "lane")
        ),
    }


def test_all_that_names_a_patient_is_thought_of() -> None:
    """Whoever adds a table that names patients adds what becomes of it."""
    fields = (field for model in apps.get_models(include_auto_created=True) for field in model._meta.get_fields())
    pointing = (field for field in fields if field.concrete and field.related_model is Patient)
    assert {f"{field.model.__name__}.{field.name}" for field in pointing} == {
        "Appointment.patient",
        "Hold.patient",
        "Invoice.patient",
        "LinkRequest.patient",
        "Patient.family",
        "Patient.guardian",
        "Patient.merged_into",
        "Patient_family.from_patient",
        "Patient_family.to_patient",
        "Purchase.patient",
        "Registration.patient",
        "ToldApart.first",
        "ToldApart.second",
    }


def test_all_moves_and_all_goes_back(
    clinic: Clinic, london: Clinic, keep: Patient, drop: Patient, visit: Callable[..., Appointment], boss: Actor
) -> None:
    """Appointments that are to come, over and called off, held time, clinics, requests, family, wards."""
    own, theirs = visit(keep, "12:00"), visit(drop, "13:00")
    gone = visit(drop, "14:00")
    cancel(gone.pk, "ill", actor=boss, now=NOW)
    more = visit(drop, "15:00")
    wish = Wish(
        clinic=clinic.pk,
        service=theirs.service_id,
        provider=theirs.provider_id,
        patient=drop.pk,
        start=at(clinic, MONDAY, "16:00"),
    )
    held = hold(wish, actor=boss, now=NOW)
    Registration.objects.filter(patient=drop).update(last_visit_on=date(2026, 2, 1))
    Registration.objects.filter(patient=keep).update(last_visit_on=date(2026, 1, 1))
    Registration.objects.create(patient=drop, clinic=london, last_visit_on=date(2025, 1, 1))
    asked = LinkRequest.objects.create(
        clinic=london, patient=drop, name="J", birth_date=drop.birth_date, created_at=NOW, status="declined"
    )
    child, aunt = make_patient(clinic, guardian=drop), make_patient(clinic)
    drop.family.add(child, aunt, keep)
    keep.family.add(aunt)
    before = picture(keep, drop)
    answer = merge(keep.pk, drop.pk, {"region": "other"}, actor=boss, now=NOW, keep_version=1, drop_version=1)
    assert (answer.pk, answer.version, fresh(drop).version, faults()) == (keep.pk, 2, 2, {})
    claims = set(Claim.objects.filter(reservations__resource=keep.resource_id).values_list("pk", flat=True))
    assert claims == {own.claim_id, theirs.claim_id, more.claim_id, held.claim_id}
    assert set(keep.appointments.values_list("pk", flat=True)) == {own.pk, theirs.pk, gone.pk, more.pk}
    after = picture(keep, drop)
    assert {**after, "visits": None, "time": None, "keys": None} == {
        "said": [
            ({**before["said"][0][0], "email": "j@example.com", "region": "Buxoro"}, None),
            (before["said"][1][0], keep.pk),
        ],
        "active": sorted([(keep.resource_id, True), (drop.resource_id, False)]),
        "keys": None,
        "family": [sorted([child.pk, aunt.pk]), []],
        "wards": [(child.pk, keep.pk)],
        "clinics": sorted([(keep.pk, clinic.pk, date(2026, 2, 1)), (keep.pk, london.pk, date(2025, 1, 1))], key=str),
        "visits": None,
        "holds": [(held.pk, keep.pk)],
        "requests": [(asked.pk, keep.pk)],
        "time": None,
    }
    assert {key for who, key in after["keys"] if who == drop.resource_id} == set()
    assert unmerge(keep.pk, actor=boss, now=LATER, version=2).pk == drop.pk
    assert (picture(keep, drop), faults()) == (before, {})


def test_nobody_finds_it_any_more(clinic: Clinic, keep: Patient, drop: Patient, boss: Actor, service: Service) -> None:
    everywhere = make_actor(Role.SUPER_ADMIN)
    merge(keep.pk, drop.pk, {}, actor=boss, now=NOW)
    for actor in (boss, everywhere):
        assert list(Patient.objects.visible_to(actor)) == [keep]
        assert list(Patient.objects.viewable_by(actor).matching("julia")) == []
        assert duplicates({"mobile": drop.mobile}, actor=actor) == []
        for standing in Standing:
            found = patients(PatientFilter(standing=standing), clinic=None, actor=actor, now=NOW)
            assert drop not in found
        for act in (
            lambda who=actor: change(drop.pk, PatientDetails(region="x"), actor=who, now=NOW),
            lambda who=actor: book(
                booking(clinic, service, None, drop, at(clinic, MONDAY, "12:00")), actor=who, now=NOW
            ),
            lambda who=actor: merge(drop.pk, keep.pk, {}, actor=who, now=NOW),
            lambda who=actor: merge(keep.pk, drop.pk, {}, actor=who, now=NOW),
            lambda who=actor: unmerge(drop.pk, actor=who, now=NOW),
        ):
            with pytest.raises(NotFound):
                act()
    assert list(Patient.objects.in_clinic(clinic.pk)) == [keep]


def test_both_at_one_time_is_refused_and_says_which(
    clinic: Clinic, keep: Patient, drop: Patient, visit: Callable[..., Appointment], service: Service, boss: Actor
) -> None:
    one, other = visit(keep, "12:00"), visit(drop, "12:15", make_provider(clinic, service=service))
    before = picture(keep, drop)
    with pytest.raises(Conflict) as refused:
        merge(keep.pk, drop.pk, {}, actor=boss, now=NOW)
    [problem] = refused.value.problems
    assert (problem.code, problem.field, dict(problem.params)) == (
        Code.INVALID,
        "other",
        {"reason": "both_booked", "number": f"{one.number}, {other.number}"},
    )
    assert picture(keep, drop) == before
    merge(keep.pk, drop.pk, {}, actor=boss, now=NOW + timedelta(days=1))
    assert Reservation.objects.filter(resource=drop.resource_id).count() == 1  # what is over stays where it was
    unmerge(keep.pk, actor=boss, now=NOW + timedelta(days=1))
    assert picture(keep, drop) == before


def test_an_expired_hold_stands_in_nobodys_way(
    clinic: Clinic, keep: Patient, drop: Patient, visit: Callable[..., Appointment], service: Service, boss: Actor
) -> None:
    visit(keep, "12:00")
    by = make_provider(clinic, service=service)
    wish = Wish(
        clinic=clinic.pk, service=service.pk, provider=by.pk, patient=drop.pk, start=at(clinic, MONDAY, "12:00")
    )
    hold(wish, actor=boss, now=NOW)
    with pytest.raises(Conflict):
        merge(keep.pk, drop.pk, {}, actor=boss, now=NOW)
    merge(keep.pk, drop.pk, {}, actor=boss, now=NOW + timedelta(hours=1))
    assert (Hold.objects.count(), faults()) == (0, {})


def test_whose_value_survives(clinic: Clinic, boss: Actor) -> None:
    """One's own unless said otherwise; the other's where one has none; a man was never pregnant."""
    keep = make_patient(clinic, first_name="A", gender="female", gestation_weeks=9, gestation_noted_on="2026-01-01")
    drop = make_patient(clinic, first_name="B", gender="male", email="b@example.com", tax_id="7", extra={"x": 1})
    Patient.objects.filter(pk=keep.pk).update(guardian=drop)
    before = said(keep)
    merge(keep.pk, drop.pk, {"gender": "other", "first_name": "own", "tax_id": "own"}, actor=boss, now=NOW)
    assert said(keep) == {
        **before,
        "gender": "male",
        "gestation_weeks": None,
        "email": "b@example.com",
        "extra": {"x": 1},
        "guardian": None,
    }
    assert fresh(keep).gestation_noted_on is None
    unmerge(keep.pk, actor=boss, now=LATER)
    assert (said(keep), fresh(keep).gestation_noted_on) == (before, date(2026, 1, 1))


def test_what_has_changed_since_stays(
    clinic: Clinic,
    keep: Patient,
    drop: Patient,
    visit: Callable[..., Appointment],
    boss: Actor,
) -> None:
    """A field written since, a visit moved or booked since, a new family; the rest goes back."""
    theirs = visit(drop, "12:00")
    child = make_patient(clinic, guardian=drop)
    merge(keep.pk, drop.pk, {"region": "other", "last_name": "other"}, actor=boss, now=NOW)
    change(keep.pk, PatientDetails(region="Navoiy", address="1 Long Street"), actor=boss, now=NOW)
    Patient.objects.filter(pk=child.pk).update(guardian=None)
    reschedule(theirs.pk, Move(start=at(clinic, MONDAY, "15:00")), actor=boss, now=NOW)
    since = visit(keep, "12:00")  # the time that the other has left
    unmerge(keep.pk, actor=boss, now=LATER)
    after = said(keep)
    assert (after["region"], after["address"], after["email"]) == ("Navoiy", "1 Long Street", "")
    assert (said(drop)["region"], fresh(child).guardian_id) == ("Buxoro", None)
    found = Appointment.objects.order_by("start").values_list("pk", "patient", "start")
    assert list(found) == [(since.pk, keep.pk, since.start), (theirs.pk, drop.pk, at(clinic, MONDAY, "15:00"))]
    times = Reservation.objects.filter(resource__in=[keep.resource_id, drop.resource_id]).order_by("start")
    assert list(times.values_list("resource", "start")) == [
        (keep.resource_id, since.start),
        (drop.resource_id, at(clinic, MONDAY, "15:00")),
    ]
    assert faults() == {}


def test_what_was_erased_stays_as_it_is(keep: Patient, drop: Patient, boss: Actor) -> None:
    merge(keep.pk, drop.pk, {"region": "other"}, actor=boss, now=NOW)
    erase_words(keep.pk)
    unmerge(keep.pk, actor=boss, now=LATER)
    assert said(keep)["region"] == "Buxoro"


def test_one_into_another_into_a_third(clinic: Clinic, keep: Patient, drop: Patient, boss: Actor) -> None:
    """Undone one by one, the last first; each history has all of it."""
    third = make_patient(clinic)
    before = picture(keep, drop, third)
    change(drop.pk, PatientDetails(region="Navoiy"), actor=boss, now=NOW)
    change(drop.pk, PatientDetails(region="Buxoro"), actor=boss, now=NOW)
    merge(keep.pk, drop.pk, {}, actor=boss, now=NOW)
    merge(third.pk, keep.pk, {}, actor=boss, now=NOW)
    assert survivor(drop.pk) == third.pk
    facts = [(one.subject, one.fact) for one in history_for(boss, third.pk)]
    assert facts == [
        (drop.pk, "patient_changed"),
        (drop.pk, "patient_changed"),
        (keep.pk, "patients_merged"),
        (third.pk, "patients_merged"),
    ]
    with pytest.raises(NotFound, match="entry"):
        put_back(third.pk, Entry.objects.filter(subject=drop.pk).latest("id").pk, actor=boss, now=NOW)
    unmerge(third.pk, actor=boss, now=LATER)
    unmerge(keep.pk, actor=boss, now=LATER)
    assert picture(keep, drop, third) == before
    with pytest.raises(Conflict) as refused:
        unmerge(keep.pk, actor=boss, now=LATER)
    assert refused.value.problems[0].params == (("reason", "not_merged"),)


def test_a_visit_completed_before_counts_for_who_is_left(
    keep: Patient, drop: Patient, visit: Callable[..., Appointment], boss: Actor
) -> None:
    """What happens because of a fact happens later, when the record may be part of another."""
    made = visit(drop, "12:00")
    done = NOW + timedelta(hours=10)
    complete(made.pk, actor=boss, now=done)
    merge(keep.pk, drop.pk, {}, actor=boss, now=done)
    note_last_visit(Entry.objects.get(fact="appointment_completed"), done)
    assert keep.registrations.get().last_visit_on == MONDAY
    unmerge(keep.pk, actor=boss, now=done)
    assert [one.registrations.get().last_visit_on for one in (keep, drop)] == [None, MONDAY]


def test_the_journal_has_ids_and_erasable_words(keep: Patient, drop: Patient, boss: Actor) -> None:
    merge(keep.pk, drop.pk, {"region": "other"}, actor=boss, now=NOW)
    entry = Entry.objects.get(fact="patients_merged")
    [clinic] = keep.registrations.values_list("clinic", flat=True)
    assert (entry.subject, entry.clinic, entry.changes) == (
        keep.pk,
        clinic,
        {"email": [None, None], "region": [None, None]},
    )
    assert entry.ids == {
        "other": str(drop.pk),
        "active": True,
        "appointments": [],
        "holds": [],
        "invoices": [],
        "requests": [],
        "clinics": {str(clinic): {"other": None, "own": None, "both": True}},
        "family": [],
        "family_new": [],
        "wards": [],
        "apart": [],
    }
    words = sorted(entry.words.values_list("field", "old", "new"))
    assert words == [("email", "", "j@example.com"), ("region", "Toshkent", "Buxoro")]


def test_who_may(keep: Patient, drop: Patient, clinic: Clinic, london: Clinic, desk: Actor, boss: Actor) -> None:
    """ACC-3, ACC-4: with the right, in a clinic that knows both."""
    before = picture(keep, drop)
    there = make_patient(london)
    away = make_actor(Role.CLINIC_ADMIN, london)
    Registration.objects.create(patient=keep, clinic=london)
    for who, other, error in (
        (desk, drop.pk, Forbidden),
        (away, drop.pk, NotFound),
        (boss, there.pk, NotFound),
        (boss, uuid4(), NotFound),
        (boss, keep.pk, NotFound),
        (make_actor(Role.SUPER_ADMIN), uuid4(), NotFound),
    ):
        with pytest.raises(error):
            merge(keep.pk, other, {}, actor=who, now=NOW)
    for own, theirs in ((7, 1), (1, 7)):
        with pytest.raises(Stale):
            merge(keep.pk, drop.pk, {}, actor=boss, now=NOW, keep_version=own, drop_version=theirs)
    Registration.objects.filter(clinic=london, patient=keep).delete()
    assert picture(keep, drop) == before
    merge(keep.pk, drop.pk, {}, actor=boss, now=NOW)
    for act, expected in (
        (lambda: unmerge(keep.pk, actor=desk, now=NOW), Forbidden),
        (lambda: unmerge(keep.pk, actor=away, now=NOW), NotFound),
        (lambda: unmerge(keep.pk, actor=boss, now=NOW, version=1), Stale),
    ):
        with pytest.raises(expected):
            act()


def test_choices_that_are_none(keep: Patient, drop: Patient, boss: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        merge(keep.pk, drop.pk, {"resource": "other"}, actor=boss, now=NOW)
    assert [(one.field, dict(one.params)["reason"]) for one in refused.value.problems] == [("resource", "unknown")]
    with pytest.raises(Invalid) as refused:
        merge(keep.pk, drop.pk, {"region": "mine"}, actor=boss, now=NOW)
    assert [(one.field, dict(one.params)["reason"]) for one in refused.value.problems] == [("region", "enum")]
