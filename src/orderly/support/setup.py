"""Clinics and what they work with."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.admin import display
from django.db.models import Q
from django.http import HttpRequest

from orderly.appointments.actions.set_up import change_asset, change_clinic, change_giver, change_service
from orderly.appointments.models import CancelReason
from orderly.calendars.models import Rule
from orderly.catalogue.inputs import ServiceDetails
from orderly.catalogue.models import Service
from orderly.clinics.inputs import ClinicDetails
from orderly.clinics.models import Clinic
from orderly.edge.actors import actor_of, now_of
from orderly.resources.inputs import AssetDetails, ProviderDetails
from orderly.resources.models import Asset, Provider
from orderly.support.base import ClinicFilter, Records
from orderly.support.edited import Edited
from orderly.support.site import site

LOOK, MANAGE = "booking:view_calendar", "settings:manage"


class Clinics(Edited):
    needs, changes = LOOK, MANAGE
    ordering = ("name", "id")
    search = ("name__icontains",)
    list_display = ("name", "timezone", "currency", "country")
    written = (
        *(
            "name",
            "address",
            "phone",
            "email",
            "document_footer",
            "country",
            "timezone",
            "slot_minutes",
            "hold_minutes",
        ),
        *("free_cancel_hours", "self_service_hours", "late_fee_kind", "late_fee", "no_show_fee", "online_confirms"),
        *("no_show_uses_session", "late_cancel_uses_session", "package_from_first_instalment"),
    )
    fields = ("id", *written, "currency", "version")

    def within(self, clinics: Iterable[UUID]) -> Q:
        return Q(pk__in=clinics)

    def write(self, request: HttpRequest, pk: UUID, values: dict[str, Any], version: int) -> object:
        details = ClinicDetails(**values)
        return change_clinic(pk, details, actor=actor_of(request), now=now_of(request), version=version)


class Providers(Edited):
    needs, changes = LOOK, MANAGE
    ordering = ("name", "id")
    search = ("name__icontains",)
    list_display = ("name", "title", "active")
    list_filter = (ClinicFilter,)
    list_select_related = ("resource",)
    written = ("name", "title", "colour", "share_percent")
    fields = ("id", *written, "active", "version")

    def within(self, clinics: Iterable[UUID]) -> Q:
        return Q(pk__in=Provider.clinics.through.objects.filter(clinic__in=clinics).values("provider"))

    @display(boolean=True)
    def active(self, obj: Any) -> bool:
        return bool(obj.resource.active)

    def write(self, request: HttpRequest, pk: UUID, values: dict[str, Any], version: int) -> object:
        details = ProviderDetails(**values)
        return change_giver(pk, details, actor=actor_of(request), now=now_of(request), version=version)


class Assets(Edited):
    needs, changes = LOOK, MANAGE
    ordering = ("name", "id")
    search = ("name__icontains",)
    list_display = ("name", "kind", "capacity", "active", "clinic")
    list_filter = (ClinicFilter,)
    list_select_related = ("resource", "clinic")
    written = ("name",)
    fields = ("id", "clinic", *written, "kind", "capacity", "active", "version")

    @display
    def kind(self, obj: Any) -> str:
        return str(obj.resource.kind)

    @display
    def capacity(self, obj: Any) -> int:
        return int(obj.resource.capacity)

    @display(boolean=True)
    def active(self, obj: Any) -> bool:
        return bool(obj.resource.active)

    def write(self, request: HttpRequest, pk: UUID, values: dict[str, Any], version: int) -> object:
        return change_asset(pk, AssetDetails(**values), actor=actor_of(request), now=now_of(request), version=version)


class Services(Edited):
    needs, changes = LOOK, MANAGE
    ordering = ("name", "id")
    search = ("name__icontains",)
    list_display = ("name", "category", "active", "price", "online")
    list_filter = (ClinicFilter, "active", "online")
    written = (
        *(
            "name",
            "description",
            "category",
            "active",
            "price",
            "follow_up_price",
            "follow_up_days",
            "audience",
            "colour",
        ),
        *("mark", "overbook", "buffer_before", "buffer_after", "notice_minutes", "horizon_days", "online"),
    )
    fields = ("id", *written, "general", "places", "version")

    def within(self, clinics: Iterable[UUID]) -> Q:
        return Q(pk__in=Service.clinics.through.objects.filter(clinic__in=clinics).values("service"))

    def write(self, request: HttpRequest, pk: UUID, values: dict[str, Any], version: int) -> object:
        details = ServiceDetails(**values)
        return change_service(pk, details, actor=actor_of(request), now=now_of(request), version=version)


class Rules(Records):
    """Hours, time off, closures, maintenance: changed on their own screens, which say whom it strands."""

    needs = LOOK
    list_display = ("kind", "clinic", "resource", "first", "last", "weekdays", "start", "end")
    list_filter = (ClinicFilter, "kind")
    list_select_related = ("clinic", "resource")
    fields = (*list_display, "every", "phase")


class CancelReasons(Records):
    needs = LOOK
    list_display = ("code", "name", "active", "clinic")
    list_filter = (ClinicFilter, "active")
    list_select_related = ("clinic",)
    fields = list_display

    def within(self, clinics: Iterable[UUID]) -> Q:
        return Q(clinic__in=clinics) | Q(clinic__isnull=True)


site.register(Clinic, Clinics)
site.register(Provider, Providers)
site.register(Asset, Assets)
site.register(Service, Services)
site.register(Rule, Rules)
site.register(CancelReason, CancelReasons)
