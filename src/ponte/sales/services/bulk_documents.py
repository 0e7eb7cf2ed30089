"""What quotes and contracts brought from another system have in common: whom rows may name, which records they reach, what becomes of each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import BulkRow, Policy, RowResult
from ponte.commerce.services.bulk import Ledger, apply_values, changes_of
from ponte.commerce.services.bulk_custom import set_custom
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.sales.models import Opportunity
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote
from ponte.sales.policies import visible_opportunities
from ponte.workplace.custom_fields.values import CustomRow

DocumentT = TypeVar("DocumentT", Quote, Contract)


@dataclass(frozen=True)
class Names:
    """What rows may name, fetched once, whose a new document is that names nobody, and checked custom values by external id."""

    parties: set[UUID]
    deals: Mapping[UUID, UUID]
    owners: set[UUID]
    default_owner: UUID | None
    custom: Mapping[str, CustomRow]


def fetch_names(
    actor: Actor, object_name: str, rows: Sequence[BulkRow], custom: Mapping[str, CustomRow]
) -> Names:
    """Return what rows about "quote" or "contract" may name: customers and opportunities the actor sees, members there are."""

    def named(key: str) -> set[UUID]:
        return {row.values[key] for row in rows if row.values.get(key)}

    member = actor.member
    reach = visible_parties(member) if member else Party.objects.filter(deleted_at=None)
    deals = visible_opportunities(member) if member else Opportunity.objects.filter(deleted_at=None)
    whole = member is None or scope_of(member, object_name, "edit") is Scope.ALL
    return Names(
        parties=set(reach.filter(id__in=named("party_id")).values_list("id", flat=True)),
        deals=dict(deals.filter(id__in=named("opportunity_id")).values_list("id", "party_id")),
        owners=set(Member.objects.filter(id__in=named("owner_id")).values_list("id", flat=True)),
        default_owner=None if whole or member is None else member.id,
        custom=custom,
    )


def check_names(
    cleaner: Cleaner,
    told: Mapping[str, Any],
    names: Names,
    document: Quote | Contract | None,
    *,
    nobody: str | Promise,
) -> None:
    """Refuse a customer, opportunity or member that is not there; ``nobody`` is said where no customer is told."""
    party_id = told.get("party_id") or (document.party_id if document else None)
    if party_id is None:
        cleaner.refuse("party_id", "required", nobody)
    elif told.get("party_id") and party_id not in names.parties:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    if told.get("opportunity_id") and names.deals.get(told["opportunity_id"]) != party_id:
        cleaner.refuse("opportunity_id", "missing", _("This customer has no such opportunity."))
    if told.get("owner_id") and told["owner_id"] not in names.owners:
        cleaner.refuse("owner_id", "missing", _("There is no such member."))


@dataclass
class Upsert(Generic[DocumentT]):
    """One call that brings documents of a kind: each row is refused, left alone, makes one, or changes one.

    Args:
        known: those there are, by external id. beyond: the external ids of those out of reach.
        clean: the checked values of a row, None where it answered the row with a refusal. make: a document of such values.
        lives_here: whether one has gone its own way since it came, so that the file no longer changes it.
        beyond_reach, gone_on: what is said to rows about such documents.
    """

    ledger: Ledger
    names: Names
    policy: Policy
    known: Mapping[str, DocumentT]
    beyond: Collection[str]
    clean: Callable[[Ledger, int, BulkRow, Names, DocumentT | None], dict[str, Any] | None]
    make: Callable[..., DocumentT]
    lives_here: Callable[[DocumentT], bool]
    beyond_reach: str | Promise
    gone_on: str | Promise
    new: dict[str, DocumentT] = field(default_factory=dict)
    changed: dict[UUID, DocumentT] = field(default_factory=dict)

    def take(self, index: int, row: BulkRow) -> None:
        """Answer one row."""
        document = self.known.get(row.external_id) or self.new.get(row.external_id)
        if row.external_id in self.beyond:
            self._refuse(index, "exists", self.beyond_reach)
        elif document is not None and self._is_left(document, row):
            self.ledger.answers[index] = RowResult("skipped", document.id)
        elif (values := self.clean(self.ledger, index, row, self.names, document)) is None:
            return
        elif document is None:
            self._add(index, row, values)
        elif self.lives_here(document) and changes_of(document, values, self.policy):
            self._refuse(index, "lives_here", self.gone_on)
        else:
            self._change(index, row, document, values)

    def touched(self) -> list[UUID]:
        """Return the ids of what was made, then of what changed."""
        return [*(one.id for one in self.new.values()), *self.changed]

    def _is_left(self, document: DocumentT, row: BulkRow) -> bool:
        return document.deleted_at is not None or (self.policy == "skip" and row.external_id not in self.new)

    def _add(self, index: int, row: BulkRow, values: dict[str, Any]) -> None:
        made = self.make(**values, external_id=row.external_id)
        made.owner_id = made.owner_id or self.names.default_owner
        set_custom(made, self.names.custom[row.external_id])
        self.new[row.external_id] = made
        self.ledger.answers[index] = RowResult("created", made.id)

    def _change(self, index: int, row: BulkRow, document: DocumentT, values: dict[str, Any]) -> None:
        differs = apply_values(document, values, self.policy)
        differs |= set_custom(document, self.names.custom[row.external_id])
        self.ledger.answers[index] = RowResult("updated" if differs else "unchanged", document.id)
        if differs and row.external_id not in self.new:
            self.ledger.note(document.id, differs)
            self.changed[document.id] = document

    def _refuse(self, index: int, code: str, message: str | Promise) -> None:
        self.ledger.reject(index, [FieldProblem("external_id", code, message)])


def within_reach(
    locked: Sequence[DocumentT], editable: QuerySet[DocumentT] | None
) -> tuple[list[DocumentT], list[DocumentT]]:
    """Return the documents that are ``editable`` (None: all of them) or in the bin, and the others."""
    if editable is None or not locked:
        return list(locked), []
    ids = set(editable.filter(id__in=[row.id for row in locked]).values_list("id", flat=True))
    return (
        [row for row in locked if row.id in ids or row.deleted_at is not None],
        [row for row in locked if row.id not in ids and row.deleted_at is None],
    )
