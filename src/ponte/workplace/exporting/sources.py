"""What a complete export holds: every table of the workspace, unless a module says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.functional import Promise

from ponte.workplace.registry import Registry

Rows = Callable[[], "models.QuerySet[Any]"]


@dataclass(frozen=True)
class ExportSource:
    """One table of the export.

    Tables export themselves with all their columns; a module registers a source only to leave columns out
    (``without``: secrets, what is computed) or to choose other rows. ``key`` is ``app.model``.
    """

    key: str
    label: str | Promise
    rows: Rows
    without: frozenset[str] = frozenset()
    order: int = 100


@dataclass(frozen=True)
class Omission:
    """A table that no export holds, and why; the reason stands in the manifest."""

    key: str
    reason: str
    order: int = 100


sources: Registry[ExportSource] = Registry()
omissions: Registry[Omission] = Registry()


def register_export(source: ExportSource) -> None:
    """Replace what ``app.model`` would export by itself."""
    sources.register(source)


def omit_from_export(key: str, reason: str) -> None:
    """Leave the table ``app.model`` out of complete exports."""
    omissions.register(Omission(key, reason))


def export_sources() -> Iterator[ExportSource]:
    """Yield the source of every table of the workspace that is exported, by module and name."""
    for label in sorted(settings.TENANT_LABELS):
        for model in sorted(apps.get_app_config(label).get_models(include_auto_created=True), key=_key):
            key = _key(model)
            if omissions.get(key) is None and not model._meta.proxy:
                yield sources.get(key) or ExportSource(
                    key, model._meta.verbose_name_plural or key, _all(model)
                )


def columns_of(source: ExportSource) -> list[models.Field[Any, Any]]:
    """Return the columns of a source: all stored ones, without search indexes and what it leaves out."""
    found = source.rows().model._meta.concrete_fields
    return [
        field
        for field in found
        if field.attname not in source.without and not isinstance(field, SearchVectorField)
    ]


def _key(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}.{model._meta.model_name}"


def _all(model: type[models.Model]) -> Rows:
    def rows() -> models.QuerySet[Any]:
        return model._base_manager.all()

    return rows
