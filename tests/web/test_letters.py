"""CAL-9, PKG-7: what is shown of a message before it is sent is what is sent."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.template.loader import render_to_string

from orderly.journal.actor import Actor
from orderly.packages.models import Purchase
from orderly.packages.queries import sessions_of
from orderly.web.letters import Letter
from orderly.web.packages.letter import of_ending
from tests.edge.test_package_telling import Selling, elsewhere


@pytest.fixture
def practice(db: None) -> Selling:
    return Selling()


def shown(practice: Selling) -> Letter | None:
    purchase = Purchase.objects.get()
    booked = [one.appointment for one in sessions_of(purchase) if one.appointment]
    return of_ending(purchase, booked, now=practice.now)


def test_of_an_ending_each_clinics_own_of_what_is_to_come(practice: Selling) -> None:
    """What is past by then is called off too, and not told."""
    made = practice.schedule(1, 2, 3, tell=False)
    elsewhere(made[1])
    practice.now = datetime.fromtimestamp((made[0].start + 1) * 60, UTC)
    letter = shown(practice)
    assert letter is not None
    practice.actor = Actor(user=None, everywhere=frozenset({"billing:refund", "booking:cancel_appointment"}))
    practice.call_off()
    practice.sent()
    notices = [letter.notice, *letter.others]
    assert [(one.subject, one.text) for one in notices] == [(one.subject, one.body) for one in mail.outbox]
    assert (len(notices), letter.for_good) == (2, True)
    page = render_to_string("appointments/_tell.html", {"telling": letter, "notice": letter.notice})
    assert [one.subject in page for one in notices] == [True, True]


def test_of_an_ending_nothing_of_what_the_patient_has_not_heard_of(practice: Selling) -> None:
    practice.schedule(1, 2)
    assert shown(practice) is None
    practice.sent()
    letter = shown(practice)
    assert letter is not None
    assert letter.notice.subject == "Your appointments from Monday 2 March 2026 are cancelled"
