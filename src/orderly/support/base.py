"""What all pages of the admin have in common: rows of clinics where the reader has the right, nothing to write with."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.admin import ModelAdmin, SimpleListFilter, display
from django.contrib.messages import SUCCESS
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.functional import cached_property

from orderly.clinics.models import Clinic
from orderly.core.models import Identified
from orderly.core.text import is_clean
from orderly.edge.actors import actor_of
from orderly.edge.readlog import looked
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.support.site import answering

AUDIT = "audit:view"
MOST = 1000  # rows that are counted and can be leafed through; whoever looks for more searches
HOUR = 60

Clinics = frozenset[UUID] | None
"""None: all of them"""


def clinics_where(actor: Actor, permission: str) -> Clinics:
    """Where the actor holds the right."""
    if permission in actor.everywhere:
        return None
    return frozenset(clinic for clinic, held in actor.rights.items() if permission in held)


def wall(zone: str, minute: int) -> str:
    """A minute as the clinic's clock shows it."""
    day, clock = local(zone, minute)
    return f"{day:%Y-%m-%d} {clock // HOUR:02}:{clock % HOUR:02}"


def as_id(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


class Leafed(Paginator):
    """Counts no further than anybody leafs."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:MOST].count())


class ClinicFilter(SimpleListFilter):
    """The reader's clinics, not all there are."""

    title = parameter_name = "clinic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        clinics = clinics_where(actor_of(request), model_admin.needs)
        found = Clinic.objects.all() if clinics is None else Clinic.objects.filter(pk__in=clinics)
        return [(pk, name) for pk, name in found.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        offered = {str(pk): pk for pk, _name in self.lookup_choices}
        clinic = offered.get(str(self.value()))  # another's would tell who is known there too
        return queryset.filter(self.model_admin.within([clinic])) if clinic else queryset.none()

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.model_admin = model_admin
        super().__init__(request, params, model, model_admin)


class Records(ModelAdmin):
    """Rows to look at. `needs` is the right to see them, in the clinic that `clinic` leads to (empty: in all clinics).

    `shows` is what a look at them is logged as. They are found by what is in `ids` (their own, if they have one that
    says nothing) and `search`. Nothing is written here: see `edited.Edited` for what is.
    """

    needs: str = ""
    changes: str = ""
    clinic: str = "clinic"
    shows: str = ""
    search: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None
    show_full_result_count = False
    list_per_page = 50
    paginator = Leafed
    view_on_site = False
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def subject_of(self, row: Any) -> UUID | None:
        """Whom or what a look at the row is a look at."""
        return row.pk  # type: ignore[no-any-return]

    def within(self, clinics: Iterable[UUID]) -> Q:
        """Rows of these clinics."""
        return Q(**{f"{self.clinic}__in": clinics}) if self.clinic else Q(pk__in=())

    def rows(self, clinics: Clinics) -> QuerySet[Any]:
        found = self.model._default_manager.all()
        return found if clinics is None else found.filter(self.within(clinics))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.rows(clinics_where(actor_of(request), self.needs)).order_by(*self.ordering)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """A row of one of the reader's clinics; whether they may look at it is asked next, so that it is 404 for
        others' and 403 without the right.
        """
        writing = request.method == "POST"
        if not (self.has_change_permission(request) if writing else self.has_view_permission(request)):
            raise PermissionDenied
        try:
            key = self.model._meta.pk.to_python(object_id)
        except ValidationError:
            raise Http404 from None
        found = self.rows(actor_of(request).clinics).filter(pk=key).first()
        if found is None:
            raise Http404
        return found

    def _holds(self, request: HttpRequest, permission: str, obj: Model | None) -> bool:
        clinics = clinics_where(actor_of(request), permission)
        if obj is None or clinics is None or not self.clinic:
            return clinics is None or bool(clinics and self.clinic)
        kept = request.__dict__.setdefault("_may", {})
        if (permission, obj.pk) not in kept:
            kept[permission, obj.pk] = self.rows(clinics).filter(pk=obj.pk).exists()
        return bool(kept[permission, obj.pk])

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._holds(request, self.needs, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Of a list: whether something can be done to its rows; of a row: whether its fields can be written."""
        possible = self.changes and (obj is None or self.get_fields_written())
        return bool(possible) and self._holds(request, self.changes, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [name for name in (self.fields or ()) if name not in self.get_fields_written()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Only what the list offers: any other would let its rows be asked about what they don't show."""
        offered = {one if isinstance(one, str) else ClinicFilter.parameter_name for one in self.list_filter}
        return lookup.removesuffix("__exact").removesuffix("__isnull") in offered

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Whole ids and numbers, which are in an index and say nothing about anybody."""
        if not search_term:
            return queryset, False
        text, key, found = search_term.strip(), as_id(search_term), Q(pk__in=())
        if not is_clean(text):
            return queryset.none(), False
        for field in self._ids() if key else ():
            found |= Q(**{field: key})
        for field in self.search:
            found |= self.found_by(request, field, text.upper() if field.endswith("number") else text)
        return queryset.filter(found), False

    def found_by(self, request: HttpRequest, field: str, text: str) -> Q:
        """Rows found by one of `search`."""
        return Q(**{field: text})

    def _ids(self) -> tuple[str, ...]:
        return self.ids if self.ids is not None else ("pk",) if self._is_named() else ()

    def _is_named(self) -> bool:
        """Whether a row has an id that the journal can name."""
        return issubclass(self.model, Identified)

    def get_search_fields(self, request: HttpRequest) -> Any:
        return (*self._ids(), *self.search)

    def get_urls(self) -> list[URLPattern]:
        """Lists, single rows and their history: nothing is added or deleted here."""
        app, model = self.opts.app_label, self.opts.model_name
        looks, writes = {"GET": self.needs}, {"POST": self.changes}
        allowed = {
            "changelist": looks | (writes if self.actions else {}),
            "change": looks | (writes if self.get_fields_written() else {}),
            "history": {"GET": AUDIT} if self._is_named() else {},
        }
        found = []
        for pattern in super().get_urls():
            needs = allowed.get(str(pattern.name or "").removeprefix(f"{app}_{model}_"))
            if needs:
                pattern.callback = answering(pattern.callback, needs, shows=self.shows)
                found.append(pattern)
        return found

    def get_fields_written(self) -> tuple[str, ...]:
        return ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied(self.changes)
        answer: Any = super().changelist_view(request, extra_context)
        shown = getattr(answer, "context_data", None)
        if self.shows and shown and "cl" in shown:
            named = map(self.subject_of, shown["cl"].result_list)
            looked(request, self.shows, among={one for one in named if one})
        elif self.shows:
            looked(request, self.shows)
        return answer

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        audited = self._is_named() and self._holds(request, AUDIT, None)
        more = {"audited": audited, "show_save_and_add_another": False, **(extra_context or {})}
        answer = super().change_view(request, object_id, form_url, more)
        shown = getattr(answer, "context_data", None)
        if self.shows and shown:
            looked(request, self.shows.removesuffix("s"), self.subject_of(shown["original"]))
        return answer

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """The journal has it."""
        if not self._holds(request, AUDIT, None):
            raise PermissionDenied(AUDIT)
        found = self.get_object(request, object_id)
        if not self._holds(request, AUDIT, found):
            raise PermissionDenied(AUDIT)
        return HttpResponseRedirect(f"{reverse('admin:journal_entry_changelist')}?q={found.pk}")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The library's own log would keep people's names; the journal has the change already."""
        return None

    def message_user(self, request: HttpRequest, message: Any, level: Any = 20, *args: Any, **kwargs: Any) -> None:
        """What is said after saving lies in a cookie until it is shown: it must not name anybody, as the library's
        sentences do.
        """
        super().message_user(request, "Saved." if level == SUCCESS else message, level, *args, **kwargs)

    def say(self, request: HttpRequest, text: str, level: int) -> None:
        super().message_user(request, text, level)

    @display(description="when")
    def when(self, obj: Any) -> str:
        zone = obj.clinic.timezone
        return f"{wall(zone, obj.start)} to {wall(zone, obj.end)[-5:]}, {zone}"
