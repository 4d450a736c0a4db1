from tests.absences.sick import Sick  # noqa: F401
from tests.appointments.conftest import clinic, desk, doctor, patient, service  # noqa: F401
