"""Customers side by side, field by field, as the merge screen shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.phones import format_phone
from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.directory.forms.properties import PROPERTIES
from ponte.directory.models import Party
from ponte.directory.policies import right_name
from ponte.directory.services.merge_custom import default_custom
from ponte.directory.services.merge_values import BOTH, FOLLOWERS, default_choice
from ponte.workplace.custom_fields.showing import in_words, labels_of
from ponte.workplace.models import FieldKind
from ponte.workplace.selectors.custom_fields import readable_fields

FOLLOWING = {name for names in FOLLOWERS.values() for name in names}


@dataclass(frozen=True)
class Choice:
    """One customer's value of a field; ``value`` is what the form sends for it."""

    value: str
    text: str
    chosen: bool
    label: str = ""


@dataclass(frozen=True)
class Row:
    """One field: its values side by side. ``differs`` is whether there is anything to choose."""

    key: str
    label: str | Promise
    choices: list[Choice]
    differs: bool
    locked: bool = False
    multiline: bool = False


def merge_rows(
    parties: Sequence[Party], access: FieldAccess, chosen: dict[str, str], member: Member
) -> list[Row]:
    """Return the fields the member may see, those that differ first; fields nobody has a value for are left out.

    Args:
        parties: the customers, the one that stays first, with both halves loaded.
        access: what the member may see and change.
        chosen: field → id (or "both") already chosen, from a form sent before.
        member: who looks.
    """
    kind = parties[0].kind
    rows = [_plain_row("email", _("Main e-mail"), parties, [p.email for p in parties], access, chosen)]
    phones = [format_phone(p.phone) if p.phone else "" for p in parties]
    rows.append(_plain_row("phone", _("Main phone"), parties, phones, access, chosen))
    places = ["/".join(part for part in (p.city, p.state) if part) for p in parties]
    rows.append(_plain_row("address", _("Main address"), parties, places, access, chosen))
    stages = [str(p.get_stage_display()) for p in parties]
    rows.append(_plain_row("stage", _("Stage"), parties, stages, access, chosen))
    for prop in PROPERTIES:
        if prop.part in ("party", kind) and prop.key not in FOLLOWING:
            texts = [str(prop.shown(party)) for party in parties]
            rows.append(
                _plain_row(
                    prop.key, prop.label, parties, texts, access, chosen, prop.right, multiline=prop.multiline
                )
            )
    rows += _custom_rows(parties, access, chosen, member)
    order = {"name": 0, "legal_name": 1, "cpf": 2, "cnpj": 2}
    known = [row for row in rows if row and any(choice.text for choice in row.choices)]
    return sorted(known, key=lambda row: (not row.differs, order.get(row.key, 9)))


def _plain_row(
    key: str,
    label: str | Promise,
    parties: Sequence[Party],
    texts: Sequence[str],
    access: FieldAccess,
    chosen: dict[str, str],
    right: str = "",
    *,
    multiline: bool = False,
) -> Any:
    name = right or right_name(key)
    if not access.can_read(name):
        return None
    pick = chosen.get(key) or _standard(key, parties, texts)
    choices = [
        Choice(str(party.id), text, str(party.id) == pick, party.label)
        for party, text in zip(parties, texts, strict=True)
    ]
    differs = len({text for text in texts if text}) > 1
    if differs and key == "description":
        choices.append(Choice(BOTH, _now("Both texts, one below the other"), pick == BOTH))
    return Row(key, label, choices, differs, not access.can_write(name), multiline)


def _custom_rows(
    parties: Sequence[Party], access: FieldAccess, chosen: dict[str, str], member: Member
) -> list[Row]:
    """Return the custom fields the member may see, side by side; references cost one query a kind of record."""
    fields = readable_fields(member, parties[0].kind)
    references = labels_of(member, fields, [party.custom for party in parties])
    rows = []
    for field in fields:
        texts = [in_words(field, party.custom.get(field.slot), references)[0] for party in parties]
        pick = chosen.get(field.right) or str(default_custom(field.slot, parties))
        choices = [
            Choice(str(party.id), text, str(party.id) == pick, party.label)
            for party, text in zip(parties, texts, strict=True)
        ]
        differs = len({text for text in texts if text}) > 1
        locked = not access.can_write(field.right)
        long = field.kind == FieldKind.LONG_TEXT
        rows.append(Row(field.right, field.label, choices, differs, locked, long))
    return rows


def _standard(key: str, parties: Sequence[Party], texts: Sequence[str]) -> str:
    if key == "description" and len({text for text in texts if text}) > 1:
        return BOTH
    return str(default_choice(key, parties))


def order_by_weight(parties: Sequence[Party], stay: UUID | None) -> list[Party]:
    """Return the customers with the one to stay first: ``stay``, else the one with most history, the older of equals."""
    return sorted(
        parties,
        key=lambda p: (p.id != stay, -(p.facts.orders_count + p.facts.interactions_count), p.created_at),
    )
