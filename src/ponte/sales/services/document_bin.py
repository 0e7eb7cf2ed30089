"""The bin of quotes and contracts: what was never sent goes in, comes out again, and is emptied after a while."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.base import DomainEvent
from ponte.events.sales_contracts import ContractDeleted, ContractsBinned
from ponte.events.sales_quotes import QuoteDeleted, QuotesBinned
from ponte.sales.approval_kinds import KINDS
from ponte.sales.contract_policies import CONTRACTS
from ponte.sales.document_policies import DocumentPolicy
from ponte.sales.models.approval import WAITS, ApprovalKind, ApprovalRequest, ApprovalState
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote
from ponte.sales.quote_policies import QUOTES
from ponte.sales.services.approval_documents import HANDLING
from ponte.sales.services.approval_holding import close_approval, close_approvals

MOST_PURGED = 500


@dataclass(frozen=True, slots=True)
class _Bin:
    """That of one kind. ``kept`` is said of one that was sent; ``job`` names who empties it."""

    kind: ApprovalKind
    policy: DocumentPolicy[Any]
    kept: str | Promise
    deleted: Callable[..., DomainEvent]
    job: str

    def audit(self, actor: Actor, act: str, document: Quote | Contract) -> None:
        audit.record(
            actor=actor, act=f"{self.kind}.{act}", target=document, changes={}, subject_id=document.party_id
        )

    def audit_many(self, actor: Actor, act: str, ids: list[UUID]) -> None:
        audit.record_bulk(actor=actor, act=f"{self.kind}.{act}", object_type=str(self.kind), ids=ids)


_QUOTES = _Bin(
    ApprovalKind.QUOTE,
    QUOTES,
    _("A quote that was sent is kept. Withdraw it instead."),
    QuoteDeleted,
    "sales.empty_quote_bin",
)
_CONTRACTS = _Bin(
    ApprovalKind.CONTRACT,
    CONTRACTS,
    _("A contract that was sent is kept. Cancel it instead."),
    ContractDeleted,
    "sales.empty_contract_bin",
)


@transaction.atomic
def delete_quote(*, actor: Actor, quote_id: UUID, version: int | None = None) -> None:
    """Put a quote that was never sent into the bin; what waits for approval is taken back.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it was sent; withdraw it instead.
    """
    _put_away(actor, _QUOTES, quote_id, version)


@transaction.atomic
def delete_contract(*, actor: Actor, contract_id: UUID, version: int | None = None) -> None:
    """Put a contract that was never sent into the bin; what waits for approval is taken back.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it was sent; cancel it instead.
    """
    _put_away(actor, _CONTRACTS, contract_id, version)


@transaction.atomic
def restore_quote(*, actor: Actor, quote_id: UUID) -> Quote:
    """Take a quote out of the bin. Raises ``Missing``, ``Denied``."""
    quote: Quote = _take_out(actor, _QUOTES, quote_id)
    return quote


@transaction.atomic
def restore_contract(*, actor: Actor, contract_id: UUID) -> Contract:
    """Take a contract out of the bin. Raises ``Missing``, ``Denied``."""
    contract: Contract = _take_out(actor, _CONTRACTS, contract_id)
    return contract


@transaction.atomic
def bin_quotes(*, actor: Actor, quote_ids: Sequence[UUID]) -> list[UUID]:
    """Put quotes that were never sent from here into the bin; return those that changed. Out of reach: left out.

    What waits for approval is taken back.
    """
    ids = _move(actor, _QUOTES, quote_ids, deleted=True)
    if ids:
        publish(QuotesBinned(quote_ids=[str(one) for one in ids]), actor=actor)
    return ids


@transaction.atomic
def bin_contracts(*, actor: Actor, contract_ids: Sequence[UUID], deleted: bool) -> list[UUID]:
    """Put contracts that were never sent into the bin, or take them out; return those that changed. Out of reach: left out.

    What waits for approval is taken back.
    """
    ids = _move(actor, _CONTRACTS, contract_ids, deleted=deleted)
    if ids:
        publish(ContractsBinned(contract_ids=[str(one) for one in ids], deleted=deleted), actor=actor)
    return ids


def purge_quotes(*, before: datetime) -> int:
    """Remove for good the quotes put into the bin before ``before``, up to 500 a call; returns how many."""
    return _empty(_QUOTES, before)


def purge_contracts(*, before: datetime) -> int:
    """Remove for good the contracts put into the bin before ``before``, up to 500 a call; returns how many."""
    return _empty(_CONTRACTS, before)


def _put_away(actor: Actor, bin_: _Bin, document_id: UUID, version: int | None) -> None:
    handling = HANDLING[bin_.kind]
    document = handling.lock(document_id)
    bin_.policy.check(actor, "delete", document)
    check_version(document, version)
    if document.documents.exists():
        raise Invalid.on("status", "sent", bin_.kept)
    document.deleted_at = timezone.now()
    close_approvals(actor, document, ApprovalState.CANCELLED)
    handling.save(document)
    bin_.audit(actor, "deleted", document)
    told = {f"{bin_.kind}_id": str(document.id), "party_id": str(document.party_id)}
    publish(bin_.deleted(**told), actor=actor)


def _take_out(actor: Actor, bin_: _Bin, document_id: UUID) -> Any:
    handling = HANDLING[bin_.kind]
    document = handling.lock(document_id, deleted=True)
    bin_.policy.check(actor, "delete", document)
    document.deleted_at = None
    handling.save(document)
    bin_.audit(actor, "restored", document)
    return document


def _move(actor: Actor, bin_: _Bin, ids: Sequence[UUID], *, deleted: bool) -> list[UUID]:
    rows = bin_.policy.reached(actor, "delete", deleted=not deleted).filter(id__in=list(ids))
    if deleted:
        rows = rows.filter(documents=None)
    found = list(rows.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    if found:
        now = timezone.now()
        if deleted:
            _take_back(actor, bin_, found)
        bin_.policy.model._default_manager.filter(id__in=found).update(
            deleted_at=now if deleted else None, version=F("version") + 1, updated_at=now
        )
        bin_.audit_many(actor, "deleted" if deleted else "restored", found)
    return found


def _take_back(actor: Actor, bin_: _Bin, ids: list[UUID]) -> None:
    """End what waits for approval: nobody is asked about what lies in the bin."""
    asked = ApprovalRequest.objects.filter(WAITS, **{f"{bin_.kind}__in": ids}).order_by("id")
    for approval in asked.select_related(str(bin_.kind)):
        close_approval(actor, approval, ApprovalState.CANCELLED)
    waiting = bin_.policy.model._default_manager.filter(id__in=ids, status=KINDS[bin_.kind].waiting)
    waiting.update(status=KINDS[bin_.kind].draft)


@transaction.atomic
def _empty(bin_: _Bin, before: datetime) -> int:
    rows = bin_.policy.model._default_manager.filter(deleted_at__lt=before, documents=None)
    ids = list(rows.order_by("deleted_at").values_list("id", flat=True)[:MOST_PURGED])
    if ids:
        bin_.audit_many(Actor.for_job(bin_.job), "purged", ids)
        bin_.policy.model._default_manager.filter(id__in=ids).delete()
    return len(ids)
