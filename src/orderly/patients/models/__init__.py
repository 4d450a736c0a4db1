"""Patients, the clinics that know them, and what they are found by."""

from orderly.patients.models.apart import ToldApart
from orderly.patients.models.keys import SearchKey
from orderly.patients.models.links import LinkRequest, LinkStatus
from orderly.patients.models.lists import ListItem, ListKind
from orderly.patients.models.patient import Gender, Patient, PatientQuerySet, Registration

__all__ = [
    "Gender",
    "LinkRequest",
    "LinkStatus",
    "ListItem",
    "ListKind",
    "Patient",
    "PatientQuerySet",
    "Registration",
    "SearchKey",
    "ToldApart",
]
