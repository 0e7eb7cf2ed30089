"""What files of tasks and of meetings tell alike: whom and what a row is about, which colleague it names, at what time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.core.text import fold
from ponte.directory.import_customers import CUSTOMER_FIELDS, customers_of, unknown_customer
from ponte.directory.import_names import customers_by_name, named_customer, unknown_name
from ponte.timeline.subjects import keyed
from ponte.workplace.importing import FieldType, ImportContext, ImportField, ImportRow, RowOutcome

OPPORTUNITY_ID = "opportunity_external_id"
PLACED = frozenset({"party_id", "about_type", "about_id"})


def subject_fields(help_text: Any) -> tuple[ImportField, ...]:
    """Return the columns that say whom and which opportunity a row is about; ``help_text`` tells what the latter does."""
    return (
        *CUSTOMER_FIELDS,
        ImportField("customer_name", gettext_lazy("Customer: name"), synonyms=("cliente", "empresa", "contato", "pessoa", "conta", "customer"),
                    several=True, max_length=240, help=gettext_lazy("Counts where nothing surer is given and one customer alone is called so.")),
        ImportField(OPPORTUNITY_ID, gettext_lazy("Opportunity: external id"), FieldType.IDENTIFIER,
                    ("id da oportunidade", "id do negócio", "deal id", "opportunity id", "opportunity external id"),
                    max_length=150, help=help_text),
    )  # fmt: skip


def placed_rows(
    rows: Sequence[ImportRow], context: ImportContext
) -> list[tuple[ImportRow, UUID | None, dict[str, Any] | RowOutcome]]:
    """Return each row with its customer and the values that say whom and what it is about, or its refusal.

    A customer that is named must be there; of an opportunity's row the opportunity says whose it is: files often name one of its
    people. A fixed number of queries a chunk.
    """
    named = customers_by_name(rows, context)
    told = {str(row.values[OPPORTUNITY_ID]) for row in rows if row.values.get(OPPORTUNITY_ID)}
    deals = keyed(context.actor.member, context.source, told)
    answers: list[tuple[ImportRow, UUID | None, dict[str, Any] | RowOutcome]] = []
    for row, party_id in zip(rows, customers_of(rows, context), strict=True):
        party = party_id or named_customer(row, named)
        values: dict[str, Any] | RowOutcome = {} if party is None else {"party_id": party}
        if party is None and any(key.startswith("customer_") for key in row.values):
            values = unknown_name(row, named) or unknown_customer(row)
        elif key := str(row.values.get(OPPORTUNITY_ID) or ""):
            values = _about(deals.get(key))
        answers.append((row, party, values))
    return answers


def _about(deal: tuple[str, UUID] | None) -> dict[str, Any] | RowOutcome:
    if deal is not None:
        return {"about_type": deal[0], "about_id": deal[1]}
    message = _("There is no opportunity with this id. Import the opportunities first, from the same source.")
    return RowOutcome.rejected(OPPORTUNITY_ID, "unknown", message)


def colleagues(rows: Sequence[ImportRow], key: str, context: ImportContext) -> Mapping[str, UUID]:
    """Return active members by folded e-mail and name; looked up once a run, where the column ``key`` is there."""
    if not any(key in row.values for row in rows):
        return {}
    if "colleagues" not in context.memory:
        members = Member.objects.filter(is_active=True)
        context.memory["colleagues"] = {
            fold(word): member.id for member in members for word in (member.name, member.email) if word
        }
    people: Mapping[str, UUID] = context.memory["colleagues"]
    return people


def unknown_colleague(key: str) -> RowOutcome:
    """Return the refusal of a row that names a colleague nobody is."""
    return RowOutcome.rejected(key, "unknown", _("Nobody in this workspace has this e-mail or name."))


def at_time(local: datetime, clock: str) -> datetime | None:
    """Return a moment with the time a column of its own gives ("14:30", "14h30"); None where it can't be read."""
    try:
        at = time.fromisoformat(clock.lower().replace("h", ":").rstrip(":").zfill(5))
    except ValueError:
        return None
    return local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)


def wrong_time(key: str) -> RowOutcome:
    """Return the refusal of a row whose time can't be read."""
    return RowOutcome.rejected(key, "invalid", _("Write the time as 14:30."))


def is_midnight(local: datetime) -> bool:
    """Return whether a moment is a day alone, as files write it."""
    return (local.hour, local.minute, local.second) == (0, 0, 0)
