"""How documents look: the brand, the logo, the layouts."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import puremagic
from django.db import transaction
from django.utils.translation import gettext as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.brazil.documents import normalise_cnpj
from ponte.core.brazil.problems import Unreadable
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member, WorkspaceSetting
from ponte.core.services import audit
from ponte.core.services.preferences import set_preference
from ponte.sales.documents.brand import COLOUR, KEY, LOGO_KEY, Brand, load_brand, plain_brand
from ponte.sales.documents.layouts import BLOCKS, DEFAULT_BLOCKS, fields_in, known_fields, unknown_fields
from ponte.sales.documents.pictures import JPEG, PNG, picture_size
from ponte.sales.documents.typesetting import typeset
from ponte.sales.models.quote import QuoteLayout
from ponte.sales.pix import plain, read_pix_key
from ponte.sales.policies import check_sales_settings

MAX_LOGO = 300 * 1024
LOGO_TYPES = (PNG, JPEG)
LANGUAGES = ("pt-br", "en")
MOST_LAYOUTS = 50
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LENGTHS = {
    "name": 120,
    "address": 240,
    "phone": 40,
    "email": 120,
    "site": 120,
    "pix_name": 60,
    "pix_city": 40,
}
LAYOUT_FIELDS = (
    "name", "language", "colour", "blocks", "intro", "terms", "footer", "shows_discounts", "shows_details", "is_default",
)  # fmt: skip


@transaction.atomic
def save_brand(
    *, actor: Actor, values: Mapping[str, str], logo: bytes | None = None, drop_logo: bool = False
) -> Brand:
    """Say how the business appears on documents and where deposits go; ``values`` are fields of ``Brand``.

    Raises:
        Denied: the area "sales" isn't open to them. Invalid: a CNPJ, colour, Pix key or logo that can't be accepted.
    """
    check_sales_settings(actor)
    before = plain_brand(load_brand())
    cleaner = Cleaner()
    given = {name: cleaner.text(name, values.get(name), size) for name, size in _LENGTHS.items()}
    given["cnpj"] = _cnpj(cleaner, values.get("cnpj", ""))
    given["colour"] = _colour(cleaner, values.get("colour", "") or COLOUR)
    given["pix_key"] = _pix(cleaner, values.get("pix_key", ""))
    for name in ("pix_name", "pix_city"):
        if given["pix_key"] and not plain(given[name]):
            cleaner.refuse(name, "required", _("Banks ask for it, in plain letters."))
    kept = _logo(cleaner, logo) if logo else None
    cleaner.done()
    brand = Brand(**given)
    set_preference(KEY, plain_brand(brand))
    if drop_logo or kept:
        set_preference(LOGO_KEY, kept)
    row = WorkspaceSetting.objects.get(key=KEY)
    changes = audit.diff(before, plain_brand(brand))
    if kept or drop_logo:
        changes["logo"] = (None, "changed" if kept else "removed")
    if changes:
        audit.record(actor=actor, act="brand.updated", target=row, object_type="brand", changes=changes)
    return brand


@transaction.atomic
def save_layout(
    *,
    actor: Actor,
    values: Mapping[str, Any],
    layout_id: UUID | None = None,
    version: int | None = None,
    is_demo: bool = False,
) -> QuoteLayout:
    """Add a layout, or change the one of ``layout_id``; ``values`` are fields of ``QuoteLayout``.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: blocks, merge fields or a colour there aren't.
    """
    check_sales_settings(actor)
    layout = QuoteLayout(is_demo=is_demo, blocks=DEFAULT_BLOCKS)
    if layout_id is not None:
        layout = _locked_layout(layout_id)
        check_version(layout, version)
    elif QuoteLayout.objects.count() >= MOST_LAYOUTS:
        raise Invalid.on("name", "too_many", _("There is room for 50 layouts."))
    before = {name: getattr(layout, name) for name in LAYOUT_FIELDS}
    cleaner = Cleaner()
    after = _clean_layout(cleaner, {**before, **values}, before, actor.member)
    cleaner.done()
    if after["is_default"]:
        QuoteLayout.objects.filter(is_default=True).exclude(id=layout.id).update(is_default=False)
    for name, value in after.items():
        setattr(layout, name, value)
    layout.version += layout_id is not None
    layout.save()
    changes = audit.diff(before, after)
    if changes or layout_id is None:
        act = "quotelayout.updated" if layout_id else "quotelayout.created"
        audit.record(actor=actor, act=act, target=layout, changes=changes)
    return layout


@transaction.atomic
def delete_layout(*, actor: Actor, layout_id: UUID) -> None:
    """Remove a layout; quotes being written with it become plain, sealed ones stay as they are.

    Raises:
        Denied, Missing: as everywhere.
    """
    check_sales_settings(actor)
    layout = _locked_layout(layout_id)
    audit.record(actor=actor, act="quotelayout.deleted", target=layout, changes={"name": (layout.name, None)})
    layout.delete()


def _locked_layout(layout_id: UUID) -> QuoteLayout:
    layout = QuoteLayout.objects.select_for_update().filter(id=layout_id).first()
    if layout is None:
        raise Missing("layout")
    return layout


def _clean_layout(
    cleaner: Cleaner, values: Mapping[str, Any], before: Mapping[str, Any], member: Member | None
) -> dict[str, Any]:
    known = known_fields(member).keys()
    blocks = list(dict.fromkeys(values["blocks"]))
    if any(block not in BLOCKS for block in blocks) or "items" not in blocks:
        cleaner.refuse("blocks", "invalid", _("Choose blocks from the list; the items are needed."))
    if values["language"] not in LANGUAGES:
        cleaner.refuse("language", "invalid", _("Choose one of the options."))
    after = {
        "name": cleaner.text("name", values["name"], 80, required=True),
        "language": values["language"],
        "colour": _colour(cleaner, values["colour"]),
        "blocks": blocks,
        "intro": cleaner.text("intro", values["intro"], 5000),
        "terms": cleaner.text("terms", values["terms"], 20_000),
        "footer": cleaner.text("footer", values["footer"], 200),
        **{name: bool(values[name]) for name in ("shows_discounts", "shows_details", "is_default")},
    }
    for name in ("intro", "terms", "footer"):
        if wrong := unknown_fields(after[name], known | set(fields_in(before[name] or ""))):
            message = _("There is no such merge field: %(names)s.") % {"names": ", ".join(wrong)}
            cleaner.refuse(name, "unknown_field", message)
    return after


def _cnpj(cleaner: Cleaner, text: str) -> str:
    if not text.strip():
        return ""
    try:
        return normalise_cnpj(text, repair=False)
    except Unreadable:
        cleaner.refuse("cnpj", "invalid", _("This CNPJ isn't valid. Check the digits."))
        return ""


def _colour(cleaner: Cleaner, text: str) -> str:
    if _COLOUR.fullmatch(text or ""):
        return text.lower()
    cleaner.refuse("colour", "invalid", _("Write a colour such as #0c3b38."))
    return COLOUR


def _pix(cleaner: Cleaner, text: str) -> str:
    if not text.strip():
        return ""
    try:
        return read_pix_key(text).value
    except ValueError:
        cleaner.refuse("pix_key", "invalid", _("A Pix key is a CPF, CNPJ, phone, e-mail or random key."))
        return ""


def _logo(cleaner: Cleaner, data: bytes) -> dict[str, str] | None:
    if len(data) > MAX_LOGO:
        cleaner.refuse("logo", "too_large", _("A logo has at most 300 kB."))
        return None
    try:
        kind = puremagic.from_string(data, mime=True)
    except (puremagic.PureError, ValueError):
        kind = ""
    if kind not in LOGO_TYPES or not _readable(kind, data):
        cleaner.refuse("logo", "type", _("Use a PNG or JPEG picture."))
        return None
    return {"type": kind, "data": base64.b64encode(data).decode()}


def _readable(kind: str, data: bytes) -> bool:
    """Tell whether the typesetter can read the picture: one it can't would spoil every document."""
    try:
        picture_size(kind, data)
        typeset("logo.typ", {"raw": list(data)}, at=datetime(2026, 1, 1, tzinfo=UTC))
    except (RuntimeError, ValueError):
        return False
    return True
