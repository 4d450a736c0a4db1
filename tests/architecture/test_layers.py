"""Foreign keys go down like imports: import-linter can't see one that is given as text."""

from django.apps import apps
from django.conf import settings

from tests.architecture.layers import order


def _ours(model: type) -> str | None:
    return model.__module__.split(".")[1] if model.__module__.startswith("orderly.") else None


def test_foreign_keys_only_go_down() -> None:
    storeys = order()
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in apps.get_models()
        if _ours(model)
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.is_relation and isinstance(field.related_model, type) and _ours(field.related_model)
        if storeys[_ours(field.related_model)] < storeys[_ours(model)]  # type: ignore[index]
    ]
    assert upward == []


def test_siblings_share_no_foreign_keys() -> None:
    storeys = order()
    sideways = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if _ours(model)
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.is_relation and isinstance(field.related_model, type) and _ours(field.related_model)
        if _ours(field.related_model) != _ours(model) and storeys[_ours(field.related_model)] == storeys[_ours(model)]  # type: ignore[index]
    ]
    assert sideways == []


def test_every_app_has_its_place() -> None:
    named = {app.removeprefix("orderly.") for app in settings.INSTALLED_APPS if app.startswith("orderly.")}
    assert named <= order().keys()
