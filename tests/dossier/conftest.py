from tests.patients.conftest import clinic, desk, london  # noqa: F401
