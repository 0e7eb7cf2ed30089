"""The bin: customers deleted in the last 30 days."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.core.actors import Actor
from ponte.directory.models import PartyKind
from ponte.directory.policies import deleted_parties
from ponte.directory.services.deletion import restore_parties
from ponte.directory.tables.shared import record_url
from ponte.workplace.lists import (
    Ago,
    Badge,
    BulkAction,
    BulkOutcome,
    ChoiceFilter,
    Column,
    Empty,
    ListPage,
    Main,
    Person,
    Sort,
    register_list,
)
from ponte.workplace.lists.bulk import Inputs


def _restore(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    restore_parties(actor=actor, party_ids=ids)
    return BulkOutcome(ids)


BIN = register_list(
    ListPage(
        key="bin",
        object="customer",
        title=_("Bin"),
        plural=_("customers in the bin"),
        icon="trash",
        url_name="directory:bin",
        queryset=deleted_parties,
        row_url=record_url,
        columns=(
            Column("name", _("Name"), Main("label", avatar=lambda row: str(row.kind))),
            Column("kind", _("Kind"), Badge("kind", labels=dict(PartyKind.choices)), phone=True),
            Column("deleted", _("Deleted"), Ago("deleted_at"), sort="deleted", phone=True),
            Column("deleted_by", _("By whom"), Person("deleted_by__name"), needs=("deleted_by",)),
            Column("owner", _("Owner"), Person("owner__name"), needs=("owner",)),
        ),
        sorts=(Sort("deleted", _("Deleted"), ("deleted_at",), descending=True),),
        default_sort="-deleted",
        filters=(ChoiceFilter("kind", _("Kind"), "kind", choices=PartyKind.choices),),
        personal=True,
        empty=Empty(
            _("The bin is empty"),
            _("Deleted customers rest here for 30 days and come back whole when you restore them."),
            icon="trash",
        ),
        bulk_actions=(
            BulkAction(
                "restore",
                _("Restore"),
                "restore",
                _restore,
                ngettext_lazy("%(count)s customer restored", "%(count)s customers restored", "count"),
                act="delete",
            ),
        ),
        order=90,
    )
)
