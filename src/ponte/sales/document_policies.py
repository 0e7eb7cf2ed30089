"""Who may see and change documents given to customers (quotes, contracts).

They follow their customer's visibility, as orders do; "own" and "team" mean whoever is in charge of them.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import filter_owned, may
from ponte.sales.policies import customer_condition

DocumentT = TypeVar("DocumentT", bound=Model)


class DocumentPolicy(Generic[DocumentT]):
    """The policy of one kind of document: a model with ``party``, ``owner`` and ``deleted_at``, and its rights object."""

    def __init__(self, model: type[DocumentT], object_name: str, *related: str) -> None:
        self.model, self.object, self.related = model, object_name, related

    def visible(self, member: Member, *, deleted: bool = False) -> QuerySet[DocumentT]:
        """Return what the member may see: what there is, or with ``deleted`` what is in the bin."""
        condition = customer_condition(member, self.object)
        rows = self.model._default_manager.filter(deleted_at__isnull=not deleted)
        return rows.none() if condition is None else rows.filter(condition)

    def editable(self, member: Member) -> QuerySet[DocumentT]:
        """Return what the member sees and may edit."""
        return self._owned(member, "edit", deleted=False)

    def reached(self, actor: Actor, act: str, *, deleted: bool = False) -> QuerySet[DocumentT]:
        """Return what ``act`` reaches of what there is, or with ``deleted`` of the bin; acts of the system reach all."""
        if actor.member is None:
            return self.model._default_manager.filter(deleted_at__isnull=not deleted)
        return self._owned(actor.member, act, deleted=deleted)

    def _owned(self, member: Member, act: str, *, deleted: bool) -> QuerySet[DocumentT]:
        rows = self.visible(member, deleted=deleted)
        return filter_owned(rows, member, self.object, act, owner="owner", team="owner__team")

    def get_visible(self, member: Member, row_id: UUID, *, deleted: bool = False) -> DocumentT:
        """Return one the member may see; raise ``Missing`` otherwise."""
        rows = self.visible(member, deleted=deleted).select_related(*self.related)
        row = rows.filter(pk=row_id).first()
        if row is None:
            raise Missing
        return row

    def check(self, actor: Actor, act: str, row: Any = None) -> None:
        """Raise unless the actor may do ``act`` (on ``row``); acts of the system may.

        Raises:
            Missing: it isn't visible to the member. Denied: the role doesn't reach it.
        """
        member = actor.member
        if member is None:
            return
        if row is not None:
            seen = self.visible(member, deleted=row.deleted_at is not None).filter(pk=row.pk)
            if not seen.exists():
                raise Missing
        if not may(member, self.object, act, row):
            raise Denied(self.object, act)
