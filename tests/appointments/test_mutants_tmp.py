import pytest
import tests.appointments.test_machine as m
from orderly.appointments.actions import place, reschedule, progress, hold as h
from orderly.calendars.actions import claims
import dataclasses
def run():
    with pytest.raises(BaseException) as e:
        m.test_every_verb_against_the_model()
    print(type(e.value).__name__, str(e.value)[:80])
@pytest.mark.django_db
def test_chair_forgotten(monkeypatch):
    monkeypatch.setattr(reschedule, "_wanted", lambda f, mv: frozenset()); run()
@pytest.mark.django_db
def test_no_ignoring(monkeypatch):
    real = reschedule.place
    monkeypatch.setattr(reschedule, "place", lambda w, s, *, now, leave, also_lock=frozenset(): real(w, s, now=now, leave=dataclasses.replace(leave, ignoring=frozenset()), also_lock=also_lock)); run()
@pytest.mark.django_db
def test_expired_hold_still_counts(monkeypatch):
    from orderly.appointments.actions import book
    monkeypatch.setattr(book, "live_hold", lambda hold, *, actor, now: h.Hold.objects.filter(pk=hold, owner=actor.user).first()); run()
@pytest.mark.django_db
def test_cancel_keeps_time(monkeypatch):
    from orderly.appointments.actions import cancel
    monkeypatch.setattr(cancel, "release", lambda c: None); run()
