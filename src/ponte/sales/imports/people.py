"""Colleagues as files name them: by e-mail or name."""

from __future__ import annotations

from uuid import UUID

from ponte.core.models import Member
from ponte.core.text import fold
from ponte.workplace.importing import ImportContext


def owners_by_name(context: ImportContext) -> dict[str, UUID]:
    """Return the active members by name and by e-mail, folded; read once a run, addresses go before names."""
    if "owners_by_name" not in context.memory:
        people = list(Member.objects.filter(is_active=True).values_list("id", "name", "email"))
        context.memory["owners_by_name"] = {fold(name): pk for pk, name, _mail in people} | {
            fold(mail): pk for pk, _name, mail in people if mail
        }
    owners: dict[str, UUID] = context.memory["owners_by_name"]
    return owners
