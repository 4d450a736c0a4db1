"""The benchmarks start: they import what they need, and say what there is to measure."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_they_start() -> None:
    asked = subprocess.run([sys.executable, "-m", "bench", "--help"], capture_output=True, text=True, timeout=60)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "itinerary" in asked.stdout
