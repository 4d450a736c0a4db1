"""OPS-2: the language somebody reads is theirs, not the browser's."""

import pytest

from orderly.core.clock import now
from orderly.core.edits import wrong
from orderly.core.errors import Invalid
from orderly.journal.models import Entry
from orderly.people.actions.own import choose_language
from orderly.people.queries import actor_for
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_language_is_chosen_once() -> None:
    user = make_user(None)
    chosen = [choose_language("ru", actor=actor_for(user), now=now()) for _ in range(2)]
    facts = list(Entry.objects.filter(subject=user.pk).values_list("fact", "changes"))
    assert [one.language for one in chosen] == ["ru", "ru"]
    assert facts == [("user_changed", {"language": [None, None]})]


def test_there_are_no_screens_in_any_other() -> None:
    user = make_user(None)
    with pytest.raises(Invalid) as refused:
        choose_language("xx", actor=actor_for(user), now=now())
    assert refused.value.problems == (wrong("language", "unknown"),)
    user.refresh_from_db()
    assert user.language == ""
