"""How quotes and contracts get onto a customer's timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote
from ponte.timeline.kinds import Kind, register_kind
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData


def kinds_of(template: str) -> Callable[..., Kind]:
    """Return what registers kinds of entries shown by ``template``: key, words, icon, tone, order, and whether it was a contact."""

    def kind(key: str, label: Any, icon: str, tone: str, order: int, *, contact: bool = False) -> Kind:
        return register_kind(
            Kind(key, label, icon, tone, template, department="sales", counts_as_contact=contact, order=order)
        )

    return kind


def write_entry(
    actor: Actor,
    document: Quote | Contract,
    kind: Kind,
    *,
    source: str,
    link: str,
    key: str,
    at: datetime | None = None,
    note: str = "",
    amount: str = "",
    means: str = "",
) -> None:
    """Write one entry, once for each ``key``; ``link`` is the name the template finds the document's id by.

    ``means`` is how an answer was given that a member put down (of ``AnswerMeans``).
    """
    data = {
        link: str(document.id),
        "number": document.number,
        "currency": document.currency,
        "note": note[:300],
    }
    if amount:
        data["amount"] = amount
    if means:
        data["means"] = means
    entry = InteractionData(
        party_id=document.party_id,
        kind=kind.key,
        occurred_at=min(at or timezone.now(), timezone.now()),
        body=f"{document.number} {document.title}",
        data=data,
        source=source,
        external_key=f"{kind.key}:{key}",
    )
    bulk_record(actor=actor, items=[entry], source=source)
