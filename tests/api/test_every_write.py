"""Every write sent twice under one key is done once, whichever it is (API-1)."""

import pytest

from orderly.edge.models import IdempotentAnswer
from tests.api.client import Caller
from tests.api.practice import Practice
from tests.api.test_bad_input import rows
from tests.api.walking import OPERATIONS, Operation, make

pytestmark = pytest.mark.django_db

READS_BY_POST = {
    *("POST patients/duplicates", "POST parties/search"),
    *("POST purchases/{purchase}/plan", "POST absences/plan"),
    *("POST series/preview", "POST series/{series}/change/preview"),
}
WRITES = [one for one in OPERATIONS if one.method != "GET" and str(one) not in READS_BY_POST]
ONLY_SIGNED_IN = {"POST tokens", "DELETE tokens/{token}"}  # a token makes and revokes no others


def test_every_write_takes_a_key() -> None:
    assert {str(one) for one in OPERATIONS if one.takes("Idempotency-Key")} == {str(one) for one in WRITES}


@pytest.mark.parametrize("write", [one for one in WRITES if str(one) not in ONLY_SIGNED_IN], ids=str)
def test_a_repetition_gets_the_same_answer_and_writes_nothing(write: Operation) -> None:
    root = Caller(role="super_admin")
    call = write.call(Practice(), root.user)
    first = make(root, write, call, idempotency_key="k")
    assert first.status_code == call.status
    after = rows()
    again = make(root, write, call, idempotency_key="k")
    assert (again.status_code, again.content, again.get("ETag")) == (call.status, first.content, first.get("ETag"))
    assert rows() == after
    assert IdempotentAnswer.objects.filter(key="k").count() == 1
