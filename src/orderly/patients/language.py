"""In which language a patient is written to."""

from typing import Final

from django.conf import settings

from orderly.clinics.models import Clinic
from orderly.patients.models import Patient

KNOWN: Final = dict(settings.LANGUAGES)


def language_of(patient: Patient, clinic: Clinic) -> str:
    """The patient's, else the clinic's first, of those that Orderly speaks."""
    asked = [patient.language, *clinic.languages]
    return next((one[:2] for one in asked if one[:2] in KNOWN), settings.LANGUAGE_CODE[:2])
