"""People: who is treated, and who signs in."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.admin import action
from django.db.models import Q
from django.http import HttpRequest

from orderly.edge.actors import actor_of, now_of
from orderly.patients.actions import change
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient, Registration
from orderly.people.actions.tokens import revoke_token_of
from orderly.people.actions.users import change_user, deactivate, end_sessions, reactivate, reset_second_factor
from orderly.people.models import ApiToken, Membership, RoleOverride, User
from orderly.people.queries import staff_of
from orderly.support.base import ClinicFilter, Records, clinics_where
from orderly.support.edited import Edited, each
from orderly.support.site import site

USERS = "users:manage"


class Patients(Edited):
    """Found by number, not by name: what is searched for stands in the address, and addresses are logged on the way."""

    needs, changes, shows = "patients:view", "patients:edit", "patients"
    search = ("appointments__number",)
    search_help_text = "The number of one of their appointments, or the patient's id. Search by name at the desk."
    list_display = ("last_name", "first_name", "birth_date", "created_at")
    list_filter = (ClinicFilter,)
    written = (
        *("first_name", "middle_name", "last_name", "birth_date", "gender", "mobile", "home_phone", "email", "address"),
        *("country", "region", "district", "document_type", "document_number", "tax_id", "language"),
        *("emergency_name", "emergency_phone"),
    )
    fields = ("id", *written, "created_at", "updated_at", "version")

    def within(self, clinics: Iterable[UUID]) -> Q:
        return Q(pk__in=Registration.objects.filter(clinic__in=clinics).values("patient"))

    def found_by(self, request: HttpRequest, field: str, text: str) -> Q:
        """By an appointment in the reader's clinics: one elsewhere would tell who is treated there."""
        clinics, found = clinics_where(actor_of(request), self.needs), super().found_by(request, field, text)
        return found if clinics is None else found & Q(appointments__clinic__in=clinics)

    def write(self, request: HttpRequest, pk: UUID, values: dict[str, Any], version: int) -> object:
        details = PatientDetails(**values)
        return change(pk, details, actor=actor_of(request), now=now_of(request), version=version)


class Users(Edited):
    needs = changes = USERS
    ordering = ("email",)
    search = ("email__icontains", "name__icontains")
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = (ClinicFilter, "is_active", "is_staff")
    written = ("name", "language")
    fields = ("id", "email", *written, "is_active", "is_staff", "date_joined", "last_login", "version")
    actions = ("sign_out", "without_second_factor", "stand_down", "take_back")

    def within(self, clinics: Iterable[UUID]) -> Q:
        return Q(pk__in=staff_of(clinics))

    def write(self, request: HttpRequest, pk: UUID, values: dict[str, Any], version: int) -> object:
        given = {"name": None, "language": None, **values}
        return change_user(pk, **given, actor=actor_of(request), now=now_of(request), version=version)

    @action(description="End all sessions", permissions=["change"])
    def sign_out(self, request: HttpRequest, chosen: Any) -> None:
        each(self, request, chosen, lambda one, actor, now: end_sessions(one.pk, actor=actor, now=now))

    @action(description="Reset the second factor", permissions=["change"])
    def without_second_factor(self, request: HttpRequest, chosen: Any) -> None:
        each(self, request, chosen, lambda one, actor, now: reset_second_factor(one.pk, actor=actor, now=now))

    @action(description="Deactivate", permissions=["change"])
    def stand_down(self, request: HttpRequest, chosen: Any) -> None:
        each(self, request, chosen, lambda one, actor, now: deactivate(one.pk, actor=actor, now=now))

    @action(description="Reactivate", permissions=["change"])
    def take_back(self, request: HttpRequest, chosen: Any) -> None:
        each(self, request, chosen, lambda one, actor, now: reactivate(one.pk, actor=actor, now=now))


class Memberships(Records):
    needs = USERS
    search = ("user__email__icontains",)
    list_display = ("user", "role", "clinic")
    list_filter = (ClinicFilter, "role")
    list_select_related = ("user", "clinic")
    fields = list_display


class RoleOverrides(Records):
    needs = USERS
    list_display = ("role", "permission", "allowed", "clinic")
    list_filter = (ClinicFilter, "role", "allowed")
    list_select_related = ("clinic",)
    fields = list_display


class Tokens(Records):
    """A token for all of its user's clinics is of each of them."""

    needs = changes = USERS
    list_display = ("name", "user", "clinic", "last_used_at", "expires_at", "revoked_at")
    list_filter = (ClinicFilter,)
    list_select_related = ("user", "clinic")
    fields = (*list_display, "permissions", "created_at")
    actions = ("revoke",)

    def within(self, clinics: Iterable[UUID]) -> Q:
        return Q(clinic__in=clinics) | Q(clinic__isnull=True, user__in=staff_of(clinics))

    @action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: Any) -> None:
        each(self, request, chosen, lambda one, actor, now: revoke_token_of(one.user_id, one.pk, actor=actor, now=now))


site.register(Patient, Patients)
site.register(User, Users)
site.register(Membership, Memberships)
site.register(RoleOverride, RoleOverrides)
site.register(ApiToken, Tokens)
