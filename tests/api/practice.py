"""A small practice in Berlin: one service of half an hour, one provider who works 9 to 17 on weekdays, one patient."""

from typing import Any

from django.http import HttpResponse

from tests.api.client import Caller
from tests.factories import make_clinic, make_patient, make_provider, make_service


class Practice:
    def __init__(self, *, asset_kinds: tuple[str, ...] = (), **service: Any) -> None:
        self.clinic = make_clinic(timezone="Europe/Berlin", currency="EUR", country="DE")
        self.service = make_service(self.clinic, asset_kinds=asset_kinds, **service)
        self.provider = make_provider(self.clinic, service=self.service, title="Dr", name="Smith")
        self.patient = make_patient(self.clinic)
        self.desk = Caller(self.clinic)

    def body(self, start: str = "2026-03-03T10:00", **more: Any) -> dict[str, Any]:
        """What books the patient; a value of None is left out."""
        usual = {
            "clinic": str(self.clinic.pk),
            "service": str(self.service.pk),
            "patient": str(self.patient.pk),
            "provider": str(self.provider.pk),
            "start": start,
            "source": "phone",
        }
        return {name: value for name, value in {**usual, **more}.items() if value is not None}

    def book(self, start: str = "2026-03-03T10:00", **more: Any) -> dict[str, Any]:
        response = self.desk.post("appointments", self.body(start, **more))
        assert response.status_code == 201, response.content
        return response.json()

    def verb(self, booked: dict[str, Any], verb: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.desk.post(f"appointments/{booked['appointment']['id']}/{verb}", body, **headers)

    def slots(self, **query: Any) -> HttpResponse:
        usual = {"clinic": self.clinic.pk, "service": self.service.pk, "from": "2026-03-03", "to": "2026-03-04"}
        return self.desk.get("slots", **{**usual, **query})
