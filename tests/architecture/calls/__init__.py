"""For each route one call that succeeds for whoever may make it. A new route needs a row in one of these files."""

from tests.architecture.calls.admin import IN_ADMIN
from tests.architecture.calls.booking import BOOKING
from tests.architecture.calls.made import Call, Row
from tests.architecture.calls.people import PEOPLE
from tests.architecture.calls.plans import PLANS
from tests.architecture.calls.screens import SCREENS
from tests.architecture.calls.setup import SETUP

CALLS: dict[tuple[str, str], Row] = {**BOOKING, **PEOPLE, **SETUP, **PLANS, **SCREENS, **IN_ADMIN}

__all__ = ["CALLS", "Call", "Row"]
