"""Turning a customer into what the templates print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.phones import format_phone, whatsapp_url
from ponte.core.brazil.postal import format_cep
from ponte.core.rights import FieldAccess
from ponte.core.tenancy.scope import current_workspace
from ponte.directory.forms.properties import GROUPS, PROPERTIES, Property
from ponte.directory.models import AddressKind, ContactKind, Network, Party, PartyFacts, Stage
from ponte.directory.policies import right_name
from ponte.directory.selectors.records import CustomerRecord
from ponte.directory.selectors.search import STAGE_TONES
from ponte.workplace.lists.cells import money_text

CONTACT_LABELS: dict[str, str | Promise] = {
    "emails": _("E-mails"),
    "phones": _("Phones"),
    "addresses": _("Addresses"),
    "handles": _("Social profiles"),
}
CONTACT_ICONS = {"emails": "mail", "phones": "phone", "addresses": "map-pin", "handles": "at"}


@dataclass(frozen=True)
class ShownProperty:
    """A property as it stands on the page."""

    prop: Property
    value: Any
    editable: bool


@dataclass(frozen=True)
class Shown:
    """A group of properties. ``open`` groups are unfolded."""

    key: str
    label: str | Promise
    properties: list[ShownProperty]
    open: bool = True


@dataclass(frozen=True)
class ShownContact:
    """One contact as it stands on the page."""

    id: str
    text: str
    url: str
    note: str
    is_primary: bool = False
    opted_out: bool = False
    is_broken: bool = False
    lines: Sequence[str] = field(default_factory=tuple)
    chat_url: str = ""


@dataclass(frozen=True)
class ContactGroup:
    """One of a customer's contact lists."""

    name: str
    label: str | Promise
    icon: str
    rows: list[ShownContact]
    editable: bool


@dataclass(frozen=True)
class Figure:
    """One key figure; ``moment`` is shown as time gone by."""

    label: str | Promise
    value: str = ""
    moment: Any = None


def stage_tone(party: Party) -> str:
    """Return the colour of a customer's stage."""
    return STAGE_TONES[Stage(party.stage)]


def show_property(party: Party, prop: Property, access: FieldAccess) -> ShownProperty:
    """Return one property for its place on the page."""
    return ShownProperty(prop, prop.shown(party), access.can_write(_right(prop)))


def properties_of(party: Party, access: FieldAccess) -> Iterable[Property]:
    """Yield the properties a customer of this kind has and the member may see."""
    for prop in PROPERTIES:
        if prop.part in ("party", party.kind) and access.can_read(_right(prop)):
            yield prop


def show_groups(party: Party, access: FieldAccess) -> list[Shown]:
    """Return the properties by group; those seldom used are folded unless something is known."""
    groups = []
    for key, label in GROUPS.items():
        shown = [
            show_property(party, prop, access) for prop in properties_of(party, access) if prop.group == key
        ]
        if shown:
            groups.append(Shown(key, label, shown, open=key != "more"))
    return groups


def _right(prop: Property) -> str:
    return prop.right or right_name(prop.key)


def show_contacts(record: CustomerRecord, access: FieldAccess) -> list[ContactGroup]:
    """Return the contact lists the member may see."""
    makers = {"emails": _email, "phones": _phone, "addresses": _address, "handles": _handle}
    groups = []
    for name, make in makers.items():
        if access.can_read(right_name(name)):
            rows = [make(row) for row in getattr(record, name)]
            groups.append(
                ContactGroup(
                    name, CONTACT_LABELS[name], CONTACT_ICONS[name], rows, access.can_write(right_name(name))
                )
            )
    return groups


def _state_of(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "is_primary": row["is_primary"],
        "opted_out": bool(row["opted_out_at"]),
        "is_broken": row["validity"] == "invalid",
    }


def _email(row: dict[str, Any]) -> ShownContact:
    address = row["address"]
    label = str(ContactKind(row["kind"]).label)
    return ShownContact(row["id"], address, f"mailto:{quote(address, safe='@+.')}", label, **_state_of(row))


def _phone(row: dict[str, Any]) -> ShownContact:
    note = str(ContactKind(row["kind"]).label) + (" · WhatsApp" if row["has_whatsapp"] else "")
    text = format_phone(row["number"]) + (f" r. {row['extension']}" if row["extension"] else "")
    number = str(row["number"])
    chat = whatsapp_url(number, has_whatsapp=row["has_whatsapp"])
    return ShownContact(row["id"], text, f"tel:{number}", note, **_state_of(row), chat_url=chat)


def _address(row: dict[str, Any]) -> ShownContact:
    street = ", ".join(part for part in (row["street"], row["number"], row["complement"]) if part)
    city = "/".join(part for part in (row["city"], row["state"]) if part)
    cep = format_cep(row["postal_code"])
    lines = [
        line
        for line in (street, row["district"], " · ".join(p for p in (city, cep) if p), row["reference"])
        if line
    ]
    url = "https://www.openstreetmap.org/search?query=" + quote(", ".join(p for p in (street, city) if p))
    return ShownContact(
        row["id"],
        lines[0] if lines else "–",
        url if city else "",
        str(AddressKind(row["kind"]).label),
        is_primary=row["is_primary"],
        lines=lines[1:],
    )


def _handle(row: dict[str, Any]) -> ShownContact:
    return ShownContact(row["id"], row["handle"], row["url"], str(Network(row["network"]).label))


def show_figures(facts: PartyFacts, access: FieldAccess) -> list[Figure]:
    """Return the key figures the member may see."""
    currency = str(getattr(current_workspace(), "currency", "BRL"))
    figures = [Figure(_("Last contact"), moment=facts.last_interaction_at)]
    if access.can_read("revenue"):
        average = facts.average_ticket
        figures += [
            Figure(_("Revenue"), money_text(facts.revenue, currency)),
            Figure(_("Orders"), str(facts.orders_count)),
            Figure(_("Average ticket"), "" if average is None else money_text(average, currency)),
            Figure(_("Last order"), _day(facts.last_order_at)),
        ]
    if access.can_read("margin") and facts.orders_count:
        figures.append(Figure(_("Margin"), money_text(facts.margin, currency)))
    if facts.satisfaction is not None:
        figures.append(Figure(_("Satisfaction"), f"{facts.satisfaction:.1f}".replace(".", ",")))
    figures.append(Figure(_("Open tasks"), str(facts.open_tasks)))
    return figures


def _day(moment: Any) -> str:
    return date_format(moment, "SHORT_DATE_FORMAT") if moment else ""
