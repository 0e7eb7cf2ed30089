"""What the lists of quotes and contracts have in common: number and customer, status, who is in charge, the search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.commerce.tables.orders import CustomerFilter, customers_named
from ponte.workplace.lists import Badge, Column, DateFilter, Day, Main, OwnerFilter, Person, Sort, Text

CUSTOMER = CustomerFilter("customer", _("Customer"), "party_id")
CREATED = DateFilter("created", _("Created"), "created_at")
BY_CREATION = Sort("created", _("Created"), ("created_at",), descending=True)
BY_CHANGE = Sort("changed", _("Last change"), ("updated_at",), descending=True)


def search_documents(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the documents whose number begins with ``text`` or whose customer's name has its words."""
    text = text.strip()
    return rows.filter(Q(number__startswith=text) | Q(party_id__in=customers_named(text, rows)))


def first_columns(
    label: str | Promise,
    status: Callable[[Any], str],
    *,
    labels: Sequence[tuple[str, Any]],
    tones: Mapping[Any, str],
) -> tuple[Column, ...]:
    """Return the columns every list of documents begins with; ``label`` is what one is called."""
    return (
        Column("number", label, Main(_title, second=_customer), needs=("party",)),
        Column("customer", _("Customer"), Text(_customer), needs=("party",)),
        Column("status", _("Status"), Badge(status, labels=dict(labels), tones=dict(tones)), phone=True),
    )


def owner_column(label: str | Promise) -> Column:
    """Return the column of who is in charge."""
    return Column("owner", label, Person("owner__name"), needs=("owner",))


def owner_filter(label: str | Promise) -> OwnerFilter:
    """Return the filter by who is in charge."""
    return OwnerFilter("owner", label, path="owner", team_path="owner__team")


CREATED_COLUMN = Column("created_at", _("Created"), Day("created_at"), sort="created", shown=False)
COMMON: dict[str, Any] = {
    "default_sort": "-created",
    "search": search_documents,
    "search_fields": frozenset({"number"}),
    "search_placeholder": _("Number or customer…"),
    "owner": "owner",
    "team": "owner__team",
    "personal": True,
}


def _customer(document: Any) -> str:
    return str(document.party.label)


def _title(document: Any) -> str:
    return f"{document.number} · {document.title}"
