"""APT-3: the database itself refuses two rows that share a resource and a lane and overlap in time."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orderly.calendars.models import LONGEST, Claim, ClaimKind, Reservation
from orderly.core.constraints import NoOverlap
from orderly.resources.models import Kind, Resource

GUARD = next(one for one in Reservation._meta.constraints if isinstance(one, NoOverlap))
TEN, ELEVEN = 600, 660

Reserve = Callable[..., Reservation]


@pytest.fixture
def chair(db: None) -> Resource:
    return Resource.objects.create(kind=Kind.CHAIR)


@pytest.fixture
def reserve(chair: Resource) -> Reserve:
    def make(start: int, end: int, lane: int = 0, resource: Resource = chair) -> Reservation:
        claim = Claim.objects.create(kind=ClaimKind.APPOINTMENT)
        with transaction.atomic():
            return Reservation.objects.create(claim=claim, resource=resource, lane=lane, start=start, end=end)

    return make


def spans() -> set[tuple[int, int, int]]:
    return set(Reservation.objects.values_list("start", "end", "lane"))


OVERLAPPING = {
    "the same": (TEN, ELEVEN),
    "inside": (TEN + 10, ELEVEN - 10),
    "around": (TEN - 10, ELEVEN + 10),
    "its first minute": (TEN - 30, TEN + 1),
    "its last minute": (ELEVEN - 1, ELEVEN + 30),
    "a whole day before": (TEN + 1 - LONGEST, TEN + 1),
    "a whole day after": (ELEVEN - 1, ELEVEN - 1 + LONGEST),
}


@pytest.mark.parametrize("span", OVERLAPPING.values(), ids=OVERLAPPING)
def test_an_overlap_is_refused_by_name(reserve: Reserve, span: tuple[int, int]) -> None:
    reserve(TEN, ELEVEN)
    with pytest.raises(IntegrityError, match=GUARD.name):
        reserve(*span)
    assert spans() == {(TEN, ELEVEN, 0)}


@pytest.mark.parametrize("span", [(TEN - LONGEST, TEN), (ELEVEN, ELEVEN + LONGEST), (TEN - 1, TEN)])
def test_back_to_back_is_no_overlap(reserve: Reserve, span: tuple[int, int]) -> None:
    reserve(TEN, ELEVEN)
    reserve(*span)
    assert spans() == {(TEN, ELEVEN, 0), (*span, 0)}


def test_another_lane_and_another_resource_are_free(reserve: Reserve) -> None:
    reserve(TEN, ELEVEN)
    reserve(TEN, ELEVEN, lane=1)
    reserve(TEN, ELEVEN, resource=Resource.objects.create(kind=Kind.CHAIR))
    assert Reservation.objects.count() == 3


def test_rows_of_one_statement_are_checked_against_each_other(reserve: Reserve, chair: Resource) -> None:
    claim = Claim.objects.create(kind=ClaimKind.APPOINTMENT)
    rows = [Reservation(claim=claim, resource=chair, start=start, end=start + 60) for start in (0, 60, 119)]
    with pytest.raises(IntegrityError, match=GUARD.name), transaction.atomic():
        Reservation.objects.bulk_create(rows)
    assert spans() == set()


@pytest.mark.parametrize("change", [{"start": TEN - 61}, {"end": ELEVEN + 1}, {"lane": 1}])
def test_nothing_is_moved_into_an_overlap(reserve: Reserve, change: dict[str, int]) -> None:
    """An update that clashes is refused; one that would only clash with the row itself is not."""
    reserve(TEN - 120, TEN - 60)
    moved = reserve(TEN, ELEVEN)
    reserve(ELEVEN - 30, ELEVEN + 30, lane=1)
    reserve(ELEVEN, ELEVEN + 60)
    update = Reservation.objects.filter(pk=moved.pk).update
    with pytest.raises(IntegrityError, match=GUARD.name), transaction.atomic():
        update(**change)
    assert update(start=TEN - 60) == 1
    assert update(start=TEN + 5, end=ELEVEN) == 1


def test_another_resources_row_cannot_be_moved_over(reserve: Reserve, chair: Resource) -> None:
    reserve(TEN, ELEVEN)
    other = reserve(TEN, ELEVEN, resource=Resource.objects.create(kind=Kind.CHAIR))
    with pytest.raises(IntegrityError, match=GUARD.name), transaction.atomic():
        Reservation.objects.filter(pk=other.pk).update(resource=chair)


def test_raw_sql_is_refused_too(reserve: Reserve) -> None:
    kept = reserve(TEN, ELEVEN)
    copy = (
        'INSERT INTO calendars_reservation (claim_id, resource_id, lane, start, "end", expires) '
        'SELECT claim_id, resource_id, lane, start + 30, "end" + 30, expires FROM calendars_reservation WHERE id = %s'
    )
    with pytest.raises(IntegrityError, match=GUARD.name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copy, [kept.pk])


@pytest.mark.parametrize("span", [(TEN, TEN), (ELEVEN, TEN), (TEN, TEN + LONGEST + 1)])
def test_empty_reversed_and_overlong_spans_are_refused(reserve: Reserve, span: tuple[int, int]) -> None:
    """The guard on SQLite reads a day's rows only, so none may be longer."""
    with pytest.raises(IntegrityError, match="reservation_length"):
        reserve(*span)


def test_a_form_is_told_in_advance(reserve: Reserve, chair: Resource) -> None:
    kept = reserve(TEN, ELEVEN)
    kept.validate_constraints()
    clashing = Reservation(claim=kept.claim, resource=chair, start=TEN, end=TEN + 5)
    with pytest.raises(ValidationError):
        clashing.validate_constraints()


def test_it_survives_being_written_into_a_migration() -> None:
    path, args, kwargs = GUARD.deconstruct()
    again = NoOverlap(*args, **kwargs)
    assert (path, again, hash(again)) == ("orderly.core.constraints.NoOverlap", GUARD, hash(GUARD))
    assert again != NoOverlap(**{**kwargs, "keys": ("resource",)})
    assert GUARD.clone() == GUARD


ROWS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(0, 1)), min_size=1, max_size=8)


class AnySpans(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(ROWS)
    def test_refused_exactly_if_it_overlaps(self, wanted: list[tuple[int, int, int]]) -> None:
        chair = Resource.objects.create(kind=Kind.CHAIR)
        claim = Claim.objects.create(kind=ClaimKind.APPOINTMENT)
        kept: list[tuple[int, int, int]] = []
        for start, length, lane in wanted:
            row = Reservation(claim=claim, resource=chair, lane=lane, start=start, end=start + length)
            clashes = any(lane == other and start < end and begin < row.end for begin, end, other in kept)
            try:
                with transaction.atomic():
                    row.save()
            except IntegrityError:
                assert clashes
            else:
                assert not clashes
                kept.append((row.start, row.end, lane))
        assert spans() == set(kept)
