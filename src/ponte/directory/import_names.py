"""Whose a row is where it says only the customer's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.text import sort_key
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.workplace.importing import ImportContext, ImportRow, RowOutcome

FIELD = "customer_name"
Named = Mapping[str, Sequence[tuple[UUID, str]]]  # sort key → customers called so, with their kind


def customers_by_name(rows: Sequence[ImportRow], context: ImportContext) -> Named:
    """Return the customers a chunk names, as far as the member sees them; one query, none where no row names any."""
    wanted = {sort_key(name) for row in rows for name in row.values.get(FIELD, ())}
    if not wanted:
        return {}
    member = context.actor.member
    parties = visible_parties(member) if member is not None else Party.objects.filter(deleted_at=None)
    found: dict[str, list[tuple[UUID, str]]] = {}
    for key, party_id, kind in parties.filter(sort_name__in=wanted).values_list("sort_name", "id", "kind"):
        found.setdefault(key, []).append((party_id, kind))
    return found


def named_customer(row: ImportRow, named: Named) -> UUID | None:
    """Return the customer a row's first name that is known belongs to: to one alone, or to one company alone."""
    for name in row.values.get(FIELD, ()):
        several = named.get(sort_key(name), ())
        companies = [party_id for party_id, kind in several if kind == "company"]
        if len(several) == 1 or len(companies) == 1:
            return companies[0] if companies else several[0][0]
    return None


def unknown_name(row: ImportRow, named: Named) -> RowOutcome | None:
    """Return the refusal of a row that only names its customer, None where something else said who it is."""
    names = row.values.get(FIELD, ())
    surer = any(key.startswith("customer_") and key != FIELD for key in row.values)
    if not names or surer:
        return None
    if any(len(named.get(sort_key(name), ())) > 1 for name in names):
        message = _("Several customers are called “%(name)s”. Give an id, e-mail, CPF or CNPJ.")
        return RowOutcome.rejected(FIELD, "ambiguous", message % {"name": names[0]})
    message = _("No customer is called “%(name)s”. Import customers first.")
    return RowOutcome.rejected(FIELD, "unknown", message % {"name": names[0]})
