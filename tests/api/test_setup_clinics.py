"""Clinics, their logo and opening hours, by REST."""

from typing import Any

import pytest

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from tests.api.client import Caller, said
from tests.factories import MONDAY, at, make_clinic, make_provider, make_service
from tests.api.practice import book_at

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n and so on"
NEW = {"name": "North", "timezone": "Europe/Berlin", "currency": "EUR"}
USUAL = {
    "address": "",
    "phone": "",
    "email": "",
    "document_footer": "",
    "country": "GB",
    "languages": ["en"],
    "slot_minutes": 15,
    "hold_minutes": 5,
    "check_in": "14:00",
    "check_out": "12:00",
    "free_cancel_hours": 24,
    "late_fee_kind": "none",
    "late_fee": None,
    "late_fee_percent": None,
    "self_service_hours": 24,
    "online_confirms": False,
}


def shown(clinic: Clinic, **more: Any) -> dict[str, Any]:
    nothing = {"amount": "0.00", "currency": clinic.currency}
    own = {"id": str(clinic.pk), "name": clinic.name, "timezone": clinic.timezone, "currency": clinic.currency}
    return {**USUAL, **own, "no_show_fee": nothing, "version": 1, **more}
