"""A web process killed with -9 in the midst of bookings: what was promised is there, nothing else is there by half."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from orderly.appointments.models import Appointment
from orderly.core.clock import now
from tests.races.audit import faults
from tests.races.town import Town
from tests.races.web import Copy, Web, call, insist, token_of

CLIENTS = 8  # each with a provider and a patient of its own, so that any refusal is a fault
BOOKINGS = 28  # a client's day, half an hour each, though the process dies long before it is full
MOST_BEFORE, LATEST = 30, 0.02  # it dies after so many answers at most, and so many seconds
MOST_ROUNDS = 300  # each has a day of its own, and only so many can be booked ahead


@dataclass(slots=True)
class Report:
    """What became of the bookings of all rounds; `wrong` says everything that must not be."""

    rounds: int = 0
    acknowledged: int = 0
    cut_off: int = 0
    """Sent, but the process died before it answered."""
    there_all_the_same: int = 0
    """Of those cut off: committed before the process died, and given to whoever asked again."""
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sent:
    """One booking as its client knows it: `answer` is the appointment's id, None while nothing came back."""

    key: str
    body: dict[str, Any]
    answer: str | None = None


def kill_rounds(rounds: int) -> Report:
    """Kill it and start it again so many times, on the database in use. A round takes about a second of two cores."""
    assert rounds <= MOST_ROUNDS
    town, dice, report = Town(providers=CLIENTS, patients=CLIENTS), random.Random(9), Report()
    token = token_of(town.desk.user)
    web = Copy()
    for nth in range(rounds):
        sent = _load(web, _plans(town, nth), token, dice, report)
        _check_promises(sent, report)
        web = Copy()
        _repeat(sent, web, token, report)
        report.rounds += 1
    web.kill()
    report.wrong += [f"at last: {fault}" for fault in faults().items()]
    return report


def _plans(town: Town, nth: int) -> list[list[Sent]]:
    """What each client is going to book in this round: a day full, every time free."""
    day = now().date() + timedelta(days=2 + nth)
    ids = {"clinic": str(town.clinic.pk), "service": str(town.service.pk), "source": "phone"}
    return [
        [
            Sent(key, {**ids, "patient": str(patient.pk), "provider": str(provider.pk), "start": start, "notes": key})
            for slot in range(BOOKINGS)
            for start in [f"{day}T{6 + slot // 2:02}:{slot % 2 * 30:02}"]
            for key in [f"{town.clinic.pk} {nth} {provider.pk} {slot}"]
        ]
        for provider, patient in zip(town.providers, town.patients, strict=True)
    ]


def _load(web: Web, plans: list[list[Sent]], token: str, dice: random.Random, report: Report) -> list[Sent]:
    """What was sent until the process died under it."""
    sent: list[list[Sent]] = [[] for _ in plans]
    clients = [
        _thread(lambda plan=plan, mine=mine: _client(web, plan, mine, token, report))
        for plan, mine in zip(plans, sent, strict=True)
    ]
    _wait_for(dice.randint(1, MOST_BEFORE), sent, clients)
    time.sleep(dice.uniform(0, LATEST))
    web.kill()
    for client in clients:
        client.join()
    return [one for mine in sent for one in mine]


def _client(web: Web, plan: list[Sent], mine: list[Sent], token: str, report: Report) -> None:
    """Books one after the other until nobody answers any more."""
    for one in plan:
        mine.append(one)
        try:
            status, body = call(web, "POST", "appointments", one.body, token=token, key=one.key)
        except (OSError, HTTPException, ValueError):  # ValueError: half an answer
            return
        if status != 201:
            report.wrong.append(f"{one.key}: {status} {body}")
            return
        one.answer = body["appointment"]["id"]


def _wait_for(answers: int, sent: list[list[Sent]], clients: list[threading.Thread]) -> None:
    while sum(one.answer is not None for mine in sent for one in list(mine)) < answers:
        if not any(client.is_alive() for client in clients):
            return
        time.sleep(0.002)


def _check_promises(sent: list[Sent], report: Report) -> None:
    """Before anybody asks again: what was acknowledged is there and whole, and nothing is there by half."""
    promised = {one.key: one.answer for one in sent if one.answer}
    there = _there(sent)
    report.acknowledged += len(promised)
    report.cut_off += len(sent) - len(promised)
    report.there_all_the_same += len(there) - len(promised)
    report.wrong += [f"lost: {key}" for key, pk in promised.items() if there.get(key) != [pk]]
    report.wrong += [f"half: {fault}" for fault in faults().items()]


def _repeat(sent: list[Sent], web: Web, token: str, report: Report) -> None:
    """Every client asks again with the same key: what it had, or else what it wanted, and that once."""
    for one in sent:
        status, body = insist(lambda one=one: call(web, "POST", "appointments", one.body, token=token, key=one.key))
        got = body["appointment"]["id"] if status == 201 else f"{status} {body}"
        if status != 201 or one.answer not in (None, got):
            report.wrong.append(f"repeated: {one.key} had {one.answer}, got {got}")
        one.answer = got
    there = _there(sent)
    report.wrong += [f"not once: {one.key} {there.get(one.key)}" for one in sent if there.get(one.key) != [one.answer]]


def _there(sent: list[Sent]) -> dict[str, list[str]]:
    """The ids of the appointments that each key made."""
    found: dict[str, list[str]] = {}
    rows = Appointment.objects.filter(notes__in=[one.key for one in sent]).values_list("notes", "pk")
    for key, pk in rows:
        found.setdefault(key, []).append(str(pk))
    return found


def _thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread
