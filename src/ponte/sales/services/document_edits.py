"""What changed about many quotes or contracts at once, in the audit log and as one event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.services.audit import Changes, record_each
from ponte.core.services.events import publish
from ponte.events.base import DomainEvent
from ponte.events.sales_contracts import ContractsEdited
from ponte.events.sales_quotes import QuotesEdited
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote
from ponte.sales.services.contract_fields import PERSONAL as OF_CONTRACTS
from ponte.sales.services.quote_fields import PERSONAL as OF_QUOTES

Many = Mapping[UUID, Changes]
Event = Callable[[list[str], list[str], list[str]], DomainEvent]


def note_quote_edits(*, actor: Actor, changes: Many) -> None:
    """Write what changed about many quotes: an entry each, sealed with the customer's key, and one event."""

    def event(ids: list[str], parties: list[str], fields: list[str]) -> DomainEvent:
        return QuotesEdited(quote_ids=ids, party_ids=parties, fields=fields)

    _note(actor, Quote, changes, OF_QUOTES, event)


def note_contract_edits(*, actor: Actor, changes: Many) -> None:
    """Write what changed about many contracts: an entry each, sealed with the customer's key, and one event."""

    def event(ids: list[str], parties: list[str], fields: list[str]) -> DomainEvent:
        return ContractsEdited(contract_ids=ids, party_ids=parties, fields=fields)

    _note(actor, Contract, changes, OF_CONTRACTS, event)


def personal_names(changes: Collection[str], personal: Collection[str]) -> set[str]:
    """Return what of ``changes`` is sealed in the audit log: custom values may tell anything about the customer."""
    return {*personal, *(name for name in changes if name.startswith("custom."))}


def _note(
    actor: Actor, model: type[Quote] | type[Contract], changes: Many, personal: Collection[str], event: Event
) -> None:
    name = model._meta.model_name or ""
    subjects = dict(model._default_manager.filter(id__in=list(changes)).values_list("id", "party_id"))
    fields = sorted({field for pairs in changes.values() for field in pairs})
    record_each(
        actor=actor,
        act=f"{name}.updated",
        object_type=name,
        changes=changes,
        subjects=subjects,
        impersonal=set(fields) - personal_names(fields, personal),
    )
    parties = [str(one) for one in sorted(set(subjects.values()))]
    publish(event([str(one) for one in changes], parties, fields), actor=actor)
