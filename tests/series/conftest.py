from tests.appointments.conftest import clinic, desk, doctor, patient, service  # noqa: F401
