"""Setting one field of many customers together, and putting back what stood there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.arrays import AnyOf
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.directory.models import Company, Party, Person
from ponte.directory.services.bulk_notes import note_updates
from ponte.directory.services.cleaning import COMPANY_FIELDS, PARTY_FIELDS, PERSON_FIELDS, split_fields
from ponte.directory.services.parties import IMPERSONAL
from ponte.events.directory import PartiesEdited

# Single values that identities, search and copies don't depend on: a set-based update needs nothing else.
SETTABLE = frozenset(
    {*PARTY_FIELDS, *PERSON_FIELDS, *COMPANY_FIELDS}
    - {"name", "social_name", "legal_name", "cpf", "cnpj", "parent_id"}
)


def set_field(
    *, actor: Actor, party_ids: Sequence[UUID], kind: str, field: str, value: Any
) -> dict[UUID, Any]:
    """Give ``field`` the same value on many customers of one kind; returns what those that changed had before.

    A constant number of statements, one event; one audit entry where the value tells nothing about a person, else one
    sealed entry a customer.

    Raises:
        Invalid: the value can't be used. ValueError: no field that can be set so.
    """
    if field not in SETTABLE:
        raise ValueError(f"{field} can't be set on many customers")
    party_values, own_values = split_fields({field: value}, kind=kind)
    clean = {**party_values, **own_values}[field]
    before = {key: old for key, old in _locked(party_ids, kind, field).items() if old != clean}
    if before:
        _write(kind, field, dict.fromkeys(before, clean))
        _note(actor, kind, field, before, dict.fromkeys(before, clean))
    return before


def put_back(*, actor: Actor, kind: str, field: str, value: Any, before: Mapping[UUID, Any]) -> int:
    """Give customers back what ``set_field`` replaced; those changed by others since keep theirs. Returns how many.

    Args:
        before: what stood there, dates and numbers as text if they went through JSON.
    """
    party_values, own_values = split_fields({field: value}, kind=kind)
    clean = {**party_values, **own_values}[field]
    now = _locked(list(before), kind, field)
    column = _model(kind, field)._meta.get_field(field)
    assert isinstance(column, models.Field)
    mine = {key: column.to_python(old) for key, old in before.items() if key in now and now[key] == clean}
    if mine:
        _write(kind, field, mine)
        _note(actor, kind, field, dict.fromkeys(mine, clean), mine)
    return len(mine)


def _model(kind: str, field: str) -> type[models.Model]:
    if field in PARTY_FIELDS:
        return Party
    return Person if kind == "person" else Company


def _locked(party_ids: Sequence[UUID], kind: str, field: str) -> dict[UUID, Any]:
    """Lock the customers and return the field's present value of each."""
    rows = Party.objects.select_for_update(of=("self",)).filter(
        AnyOf("id", party_ids), kind=kind, deleted_at=None
    )
    model = _model(kind, field)
    if model is Party:
        return dict(rows.order_by("id").values_list("id", field))
    ids = list(rows.order_by("id").values_list("id", flat=True))
    return dict(model._default_manager.filter(AnyOf("pk", ids)).values_list("pk", field))


def _write(kind: str, field: str, values: Mapping[UUID, Any]) -> None:
    model, now = _model(kind, field), timezone.now()
    parties = Party.objects.filter(AnyOf("id", values))
    own = {}
    if len(set(values.values())) == 1:
        own = {field: next(iter(values.values()))}
    if own and model is Party:
        parties.update(**own, version=F("version") + 1, updated_at=now)
        return
    if own:
        model._default_manager.filter(AnyOf("pk", values)).update(**own)
    else:
        update_rows(model, [field], list(values.items()))
    parties.update(version=F("version") + 1, updated_at=now)


def _note(actor: Actor, kind: str, field: str, before: Mapping[UUID, Any], after: Mapping[UUID, Any]) -> None:
    ids = list(after)
    if field in IMPERSONAL:
        summary = {"field": field, "before": _shares(before), "after": _shares(after)}
        record_bulk(actor=actor, act="customers.edited", object_type="customer", ids=ids, summary=summary)
    else:
        note_updates(actor=actor, kind=kind, changed={key: {field: (before[key], after[key])} for key in ids})
    publish(PartiesEdited(party_ids=[str(key) for key in ids], kind=kind, fields=[field]), actor=actor)


def _shares(values: Mapping[UUID, Any]) -> dict[str, int]:
    """Return how many customers have each value."""
    shares: dict[str, int] = {}
    for value in values.values():
        shares[str(value or "")] = shares.get(str(value or ""), 0) + 1
    return shares
