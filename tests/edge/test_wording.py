import re
from pathlib import Path

import pytest
from django.utils import translation

import orderly
from orderly.edge.field_names import FIELDS
from orderly.edge.field_phrases import INVALID
from orderly.edge.wording import names_of, words
from orderly.engine.problems import Code, Problem
from orderly.engine.spans import EVER
from tests.factories import MONDAY, at, make_asset, make_clinic, make_patient, make_provider, minute_of

ZONE = "Europe/Berlin"
TEN = minute_of(2026, 3, 2, 9)
HALF_PAST = TEN + 30
NAMES = {1: "Dr Smith", 2: "Chair 2"}

SENTENCES = [
    (Problem(Code.OUTSIDE_HOURS, "start", 1, (TEN, HALF_PAST)), "Dr Smith doesn't work then (10:00–10:30)."),
    (Problem(Code.OUTSIDE_HOURS, "start"), "That is outside opening hours."),
    (Problem(Code.CLOSED, "start", 1, (TEN, HALF_PAST)), "The clinic is closed 10:00–10:30."),
    (Problem(Code.CLOSED, "start", 1), "The clinic is closed then."),
    (
        Problem(Code.TIME_OFF, "provider", 1, (TEN, TEN + 3 * 1440)),
        "Dr Smith is away 2 Mar 2026 10:00 – 5 Mar 2026 10:00.",
    ),
    (Problem(Code.TIME_OFF, "provider", 1, EVER), "Dr Smith is away then."),
    (Problem(Code.TIME_OFF, "provider", 1, (TEN - 600, TEN + 840)), "Dr Smith is away 00:00–24:00."),
    (Problem(Code.MAINTENANCE, "resources", 2, (TEN, HALF_PAST)), "Chair 2 is under maintenance 10:00–10:30."),
    (Problem(Code.PROVIDER_BUSY, "provider", 1, (TEN, HALF_PAST)), "Dr Smith is busy 10:00–10:30."),
    (Problem(Code.PROVIDER_BUSY, "provider", 7, (TEN, HALF_PAST)), "The provider is busy 10:00–10:30."),
    (Problem(Code.RESOURCE_BUSY, "resources", 2, (TEN, HALF_PAST)), "Chair 2 is taken 10:00–10:30."),
    (Problem(Code.RESOURCE_BUSY, "resources", 7, (TEN, HALF_PAST)), "The room or device is taken 10:00–10:30."),
    (Problem(Code.PATIENT_BUSY, "patient", 1, (TEN, HALF_PAST)), "The patient is busy at that time."),
    (Problem(Code.HELD, "patient", 1, (TEN, HALF_PAST)), "The patient is busy at that time."),
    (Problem(Code.HELD, "provider", 1, (TEN, HALF_PAST)), "Somebody else is booking 10:00–10:30 right now."),
    (Problem(Code.HELD, "provider", 1), "Somebody else is booking that time right now."),
    (
        Problem(Code.HELD, "hold", params=(("limit", 20),)),
        "You are holding 20 times already; let one of them go first.",
    ),
    (Problem(Code.NOTICE, "start", params=(("minutes", 1440),)), "This service must be booked at least 1 day ahead."),
    (Problem(Code.NOTICE, "start", params=(("minutes", 120),)), "This service must be booked at least 2 hours ahead."),
    (
        Problem(Code.NOTICE, "start", params=(("minutes", 90),)),
        "This service must be booked at least 90 minutes ahead.",
    ),
    (
        Problem(Code.HORIZON, "start", params=(("until", TEN - 600),)),
        "This service can be booked until 1 Mar 2026 only.",
    ),
    (Problem(Code.PAST, "start"), "That time has passed."),
    (Problem(Code.TOO_OFTEN, params=(("seconds", 1),)), "That is too often. Please try again in 1 second."),
    (
        Problem(Code.NOT_UNDOABLE, params=(("reason", "late"),)),
        "That was more than three minutes ago, and can't be undone any more.",
    ),
    (Problem(Code.NOT_UNDOABLE), "There is nothing that could be undone."),
    (Problem(Code.NOT_TELLABLE, params=(("reason", "answered"),)), "That was answered already."),
    (Problem(Code.NOT_TELLABLE), "There is nothing new to tell the patient."),
    (Problem(Code.NOBODY_WAITING), "Nobody who has arrived is waiting."),
    (Problem(Code.NOT_OFFERED, "service"), "The clinic doesn't offer this service."),
    (Problem(Code.NOT_OFFERED, "provider"), "The provider doesn't give this service here."),
    (Problem(Code.NOT_OFFERED, "patient"), "This service isn't meant for this patient."),
    (Problem(Code.NOT_OFFERED, "resources", 2), "What was chosen isn't used for this service."),
    (
        Problem(Code.NOT_OFFERED, "resources", params=(("needed", 2), ("offered", 1))),
        "The service needs 2 at once, and the clinic has 1.",
    ),
    (Problem(Code.INACTIVE, "service"), "The service is no longer offered."),
    (Problem(Code.INACTIVE, "provider", 1), "Dr Smith takes no more bookings."),
    (Problem(Code.INACTIVE, "patient", 1), "The patient's record is inactive."),
    (Problem(Code.INACTIVE, "resources", 2), "Chair 2 is out of use."),
    (
        Problem(Code.OVERBOOK_LIMIT, "provider", 1, (TEN, HALF_PAST)),
        "Dr Smith can't be overbooked any further 10:00–10:30.",
    ),
    (Problem(Code.PACKAGE_UNUSABLE, "package"), "The package can't be used for this."),
    (
        Problem(Code.BAD_TRANSITION, "status", params=(("from", "in_progress"), ("to", "no_show"))),
        "An appointment that is in progress can't be marked as not come.",
    ),
    (Problem(Code.CONTENDED), "Somebody else is changing this right now. Please try again."),
    (Problem(Code.MISSING, "provider"), "Missing: provider."),
    (Problem(Code.MISSING, "per_day"), "Missing: per_day."),
    (Problem(Code.INVALID, "mobile", params=(("reason", "phone"),)), "mobile number: this isn't a telephone number."),
    (Problem(Code.INVALID, "mobile", params=(("reason", "a new one"),)), "mobile number: this isn't right."),
    (Problem(Code.INVALID, "100%"), "100%: this isn't right."),
]


@pytest.mark.parametrize(("problem", "sentence"), SENTENCES, ids=lambda value: value if isinstance(value, str) else "")
def test_one_sentence(problem: Problem, sentence: str) -> None:
    """APT-11, AVL-5"""
    assert words(problem, zone=ZONE, names=NAMES) == sentence


def test_every_code_has_words() -> None:
    assert {problem.code for problem, _ in SENTENCES} == set(Code)


def test_a_parameter_that_was_forgotten_costs_no_more_than_a_gap() -> None:
    problem = Problem(Code.INVALID, "step", params=(("reason", "greater_than_equal"),))
    assert words(problem) == "step: must be at least ."


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_sentence_can_be_said_in_every_language(language: str) -> None:
    with translation.override(language):
        assert all(words(problem, zone=ZONE, names=NAMES) for problem, _ in SENTENCES)


def test_every_reason_has_words() -> None:
    """What verbs, rules and schemas give as the reason is known here."""
    given = re.compile(r'(?:invalid|wrong)\((?:[^()"]*(?:"[^"]*"|\[[^\]]*\])?,\s*)?"([a-z_]+)"(?:\)|, \w+=)')
    source = Path(orderly.__file__).parent
    found = {word for path in source.rglob("*.py") for word in given.findall(path.read_text())}
    assert {"phone", "too_long", "characters", "length", "before_from", "wall_clock"} <= found
    assert found - set(INVALID) == set()


def test_every_field_that_a_verb_refuses_has_a_name() -> None:
    """No code of ours stands where a label belongs. What schemas alone refuse is for programs."""
    given = re.compile(r'\b(?:invalid|wrong|ranged)\("([a-z_]+)"')
    source = Path(orderly.__file__).parent
    verbs = [path for path in source.rglob("*.py") if path.relative_to(source).parts[0] != "api"]
    found = {word for path in verbs for word in given.findall(path.read_text())}
    assert {"end", "amount", "name", "min_gap_days"} <= found
    assert found - set(FIELDS) == set()


@pytest.mark.django_db
def test_names_of_providers_and_assets_but_never_of_patients() -> None:
    clinic = make_clinic()
    provider = make_provider(clinic, title="Dr", name="Smith")
    chair, patient = make_asset(clinic, name="Chair 2"), make_patient(clinic)
    ten = at(clinic, MONDAY, "10:00")
    problems = [
        Problem(Code.PROVIDER_BUSY, "provider", provider.resource_id, (ten, ten + 30)),
        Problem(Code.RESOURCE_BUSY, "resources", chair.resource_id),
        Problem(Code.PATIENT_BUSY, "patient", patient.resource_id),
        Problem(Code.PAST, "start"),
    ]
    assert names_of(problems) == {provider.resource_id: "Dr Smith", chair.resource_id: "Chair 2"}
