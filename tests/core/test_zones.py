from zoneinfo import ZoneInfo

import pytest

from orderly.core.zones import allowed


@pytest.mark.parametrize("name", ["Asia/Tashkent", "Europe/London", "America/Argentina/Ushuaia", "UTC"])
def test_places_are_allowed(name: str) -> None:
    assert name in allowed()


@pytest.mark.parametrize(
    "name", ["EST", "GMT+5", "Etc/GMT-3", "right/Europe/London", "posix/UTC", "../../etc/passwd", ""]
)
def test_abbreviations_leap_seconds_and_paths_are_not(name: str) -> None:
    assert name not in allowed()


def test_every_allowed_zone_can_be_loaded() -> None:
    assert {ZoneInfo(name).key for name in allowed()} == allowed()
