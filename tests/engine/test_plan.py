import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderly.engine.plan import Need, Phase, Plan, Requirement, Role, compile_plan, with_length

DOCTOR = Need(Role.PROVIDER, (1, 2))
NURSE = Need(Role.PROVIDER, (3, 4, 5), 2)
CHAIR = Need(Role.RESOURCE, (7, 8))


def test_a_need_of_adjoining_phases_is_one_part():
    phases = (Phase(10, (NURSE, CHAIR)), Phase(20, (DOCTOR, CHAIR)), Phase(5, (NURSE, CHAIR)))
    assert compile_plan(phases, 5, 15) == Plan(
        35,
        (
            Requirement(Role.PROVIDER, (3, 4, 5), 2, ((-5, 10), (30, 50))),
            Requirement(Role.RESOURCE, (7, 8), 1, ((-5, 50),)),
            Requirement(Role.PROVIDER, (1, 2), 1, ((10, 30),)),
        ),
    )


def test_buffers_only_lengthen_the_outer_phases():
    phases = (Phase(10, ()), Phase(20, (DOCTOR,)), Phase(5, ()))
    assert compile_plan(phases, 5, 15) == Plan(35, (Requirement(Role.PROVIDER, (1, 2), 1, ((10, 30),)),))


def test_candidates_are_a_set():
    plan = compile_plan((Phase(10, (Need(Role.RESOURCE, (8, 7, 8)),)), Phase(10, (CHAIR,))))
    assert plan == Plan(20, (Requirement(Role.RESOURCE, (7, 8), 1, ((0, 20),)),))


def test_the_same_need_twice_in_a_phase_stays_two():
    plan = compile_plan((Phase(10, (CHAIR, CHAIR)), Phase(10, (CHAIR,))))
    assert plan == Plan(
        20,
        (
            Requirement(Role.RESOURCE, (7, 8), 1, ((0, 20),)),
            Requirement(Role.RESOURCE, (7, 8), 1, ((0, 10),)),
        ),
    )


@pytest.mark.parametrize(
    ("phases", "before", "after"),
    [
        ((), 0, 0),
        ((Phase(0, ()),), 0, 0),
        ((Phase(5, (Need(Role.RESOURCE, (1,), 0),)),), 0, 0),
        ((Phase(5, ()),), -1, 0),
        ((Phase(5, ()),), 0, -1),
    ],
)
def test_plans_that_make_no_sense(phases, before, after):
    with pytest.raises(ValueError, match=r"phase|count|negative"):
        compile_plan(phases, before, after)


@pytest.mark.parametrize(
    ("minutes", "lengths"), [(45, (10, 20, 15)), (35, (10, 20, 5)), (31, (10, 20, 1)), (25, (10, 10, 5))]
)
def test_length_changes_the_last_phase_that_can(minutes, lengths):
    phases = (Phase(10, (DOCTOR,)), Phase(20, (CHAIR,)), Phase(5, ()))
    wanted = tuple(Phase(length, phase.needs) for length, phase in zip(lengths, phases, strict=True))
    assert with_length(phases, minutes) == wanted


@given(st.lists(st.integers(1, 30), min_size=1, max_size=4), st.integers(-5, 130))
def test_length_adds_up_or_is_refused(lengths, minutes):
    phases = [Phase(length, ()) for length in lengths]
    if sum(lengths) - max(lengths) + 1 > minutes:
        with pytest.raises(ValueError, match="cannot be made"):
            with_length(phases, minutes)
    else:
        found = with_length(phases, minutes)
        assert sum(phase.minutes for phase in found) == minutes
        assert sum(a != b for a, b in zip(phases, found, strict=True)) <= 1
