"""What each could give, and what stands against a wish whatever the time: the service, the provider, the patient."""

from contextlib import suppress

from orderly.appointments.inputs import Wish
from orderly.appointments.queries.scene import Scene
from orderly.engine.problems import Code, Problem
from orderly.engine.slots import Offer


def offers_of(stage: Scene, minutes: int | None = None) -> list[Offer]:
    """The visit as each of its givers would give it; those whose phases can't be made so long don't."""
    found = []
    for giver in stage.givers.values():
        with suppress(ValueError):
            found.append(Offer(giver.resource, stage.plan(giver, minutes)))
    return found


def standing(stage: Scene, wish: Wish) -> list[Problem]:
    """What stands against a wish whatever the time: the service, the provider, the patient."""
    found = []
    if not stage.terms.active:
        found.append(Problem(Code.INACTIVE, "service"))
    if not stage.terms.offered or not stage.terms.phases:
        found.append(Problem(Code.NOT_OFFERED, "service"))
    elif not stage.givers or (wish.provider and wish.provider not in stage.givers):
        found.append(Problem(Code.NOT_OFFERED, "provider"))
    problem = patient_problem(stage)
    return [*found, problem] if problem else found


def patient_problem(stage: Scene) -> Problem | None:
    """Some services are for new patients only, or for those the clinic has seen."""
    if stage.taker is None or stage.terms.audience == "all":
        return None
    known = stage.taker.last_visit_on is not None
    return None if known == (stage.terms.audience == "known") else Problem(Code.NOT_OFFERED, "patient")
