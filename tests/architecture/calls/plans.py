"""Planning what is left of a purchase."""

from tests.api.practice import Practice
from tests.api.test_plans import sold
from tests.architecture.calls.made import API, Call, Row, api


def _plan(practice: Practice) -> Call:
    return api(f"purchases/{sold(practice).pk}/plan", {"start": "2026-03-03"})


def _page(practice: Practice, rest: str, form: dict[str, str] | None = None, status: int = 200) -> Call:
    return Call(f"/packages/{practice.clinic.pk}/purchases/{sold(practice).pk}/{rest}", form=form, status=status)


FORM = {"start": "2026-03-03", "min_gap_days": "1"}
PURCHASE = "/packages/{clinic}/purchases/{purchase}"
PLANS: dict[tuple[str, str], Row] = {
    ("POST", f"{API}purchases/{{purchase}}/plan"): lambda at, who: _plan(at),
    ("GET", f"{PURCHASE}/plan"): lambda at, who: _page(at, "plan"),
    ("POST", f"{PURCHASE}/plans"): lambda at, who: _page(at, "plans", FORM),
    ("POST", f"{PURCHASE}/times/{{number}}"): lambda at, who: _page(at, "times/1", FORM),
    ("POST", f"{PURCHASE}/plan/confirm"): lambda at, who: _page(at, "plan/confirm", FORM, 422),  # nothing was shown
}
