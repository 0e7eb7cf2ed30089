"""The checked values of a contract's own fields."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.models import Member
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.documents.contract_text import wrong_fields
from ponte.sales.models.contract_choices import PriceIndex, Renewal

FIELDS = (
    "title", "owner_id", "body", "starts_on", "ends_on", "currency", "amount", "billing", "renewal", "renewal_months",
    "notice_days", "price_index", "index_name", "readjust_on", "sign_until",
)  # fmt: skip
PERSONAL = ("title", "body", "signers")  # sealed in the audit log
MOST_TEXT = 100_000
MOST_MONTHS, MOST_DAYS = 240, 730
_CURRENCY = re.compile(r"[A-Z]{3}")


def clean_contract(
    cleaner: Cleaner,
    values: dict[str, Any],
    *,
    owner_before: UUID | None,
    member: Member | None = None,
    kept: str = "",
) -> dict[str, Any]:
    """Return the values of ``FIELDS``; problems go to ``cleaner``. ``values`` has every one of them.

    Args:
        member: whoever writes the text; it may fill in what they may see, and what ``kept`` (the text before, the template's) does.
    """
    body = str(values["body"] or "").replace("\r\n", "\n")
    clean: dict[str, Any] = {
        "title": cleaner.text("title", values["title"], 160, required=True),
        "owner_id": values["owner_id"],
        "body": cleaner.text("body", body, MOST_TEXT),
        "amount": cleaner.money("amount", values["amount"]) or Decimal(0),
        "billing": cleaner.choice("billing", values["billing"] or Billing.ONE_OFF, Billing),
        "currency": _currency(cleaner, values["currency"]),
        "renewal": cleaner.choice("renewal", values["renewal"], Renewal),
        "renewal_months": cleaner.positive("renewal_months", values["renewal_months"], MOST_MONTHS) or 12,
        "notice_days": _notice(cleaner, values["notice_days"]),
        "price_index": cleaner.choice("price_index", values["price_index"], PriceIndex, blank=True),
        "index_name": cleaner.text("index_name", values["index_name"], 60),
        **{name: _day(cleaner, name, values[name]) for name in ("starts_on", "ends_on", "readjust_on", "sign_until")},
    }  # fmt: skip
    _check_together(cleaner, clean)
    if wrong := wrong_fields(clean["body"], member=member, kept=kept):
        message = _("There is no such merge field: %(names)s.") % {"names": ", ".join(wrong)}
        cleaner.refuse("body", "unknown_field", message)
    owner = clean["owner_id"]
    if owner and owner != owner_before and not Member.objects.filter(id=owner, is_active=True).exists():
        cleaner.refuse("owner_id", "missing", _("There is no such member."))
    return clean


def _check_together(cleaner: Cleaner, clean: dict[str, Any]) -> None:
    starts, ends = clean["starts_on"], clean["ends_on"]
    if starts and ends and ends < starts:
        cleaner.refuse("ends_on", "order", _("The end can't be before the start."))
        clean["ends_on"] = None
    if clean["renewal"] != Renewal.NONE and not ends:
        cleaner.refuse("ends_on", "required", _("A contract that is renewed needs an end of its term."))
    if clean["price_index"] == PriceIndex.OTHER and not clean["index_name"]:
        cleaner.refuse("index_name", "required", _("Name the index."))
    if not clean["price_index"]:
        clean["readjust_on"], clean["index_name"] = None, ""
    elif clean["readjust_on"] is None and starts:
        clean["readjust_on"] = add_months(starts, 12)


def add_months(day: date, months: int) -> date:
    """Return the day so many months later; the last of the month where it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


def _notice(cleaner: Cleaner, value: Any) -> int:
    if value == 0:
        return 0
    return cleaner.positive("notice_days", value, MOST_DAYS) or 0


def _day(cleaner: Cleaner, name: str, day: date | None) -> date | None:
    if day is not None and not date(1990, 1, 1) <= day <= date(2150, 12, 31):
        cleaner.refuse(name, "range", _("This date can't be right."))
        return None
    return day


def _currency(cleaner: Cleaner, text: str) -> str:
    home = current_workspace().currency
    currency = str(text or "").strip().upper() or home
    if not _CURRENCY.fullmatch(currency):
        cleaner.refuse("currency", "invalid", _("Use a currency's three letters, for example BRL."))
        return home
    return currency
