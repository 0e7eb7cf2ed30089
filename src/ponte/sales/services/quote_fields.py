"""The checked values of a quote's own fields."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.models import Opportunity
from ponte.sales.models.quote import QuoteLayout
from ponte.sales.models.quote_choices import DepositKind
from ponte.sales.policies import get_customer, visible_opportunities
from ponte.sales.quote_data import QuoteData

FIELDS = (
    "party_id", "opportunity_id", "owner_id", "title", "currency", "rate", "valid_until", "payment_terms", "intro", "notes",
    "tax_note", "deposit_kind", "deposit", "layout_id",
)  # fmt: skip
PERSONAL = ("title", "intro", "notes", "payment_terms", "lines")  # sealed in the audit log
VALID_DAYS, MOST_DAYS = 15, 730
MAX_RATE = Decimal("9999999999")
_CURRENCY = re.compile(r"[A-Z]{3}")


def clean_quote(cleaner: Cleaner, actor: Actor, data: QuoteData, *, was: QuoteData | None) -> dict[str, Any]:
    """Return the values of ``FIELDS``; problems go to ``cleaner``. ``was``: what an existing quote has, which stays allowed."""
    party = get_customer(actor, data.party_id)
    if party is None:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    deposit_kind = cleaner.choice("deposit_kind", data.deposit_kind, DepositKind, blank=True)
    deposit = cleaner.money("deposit", data.deposit) or Decimal(0)
    if deposit_kind == DepositKind.PERCENT and deposit > 100:
        cleaner.refuse("deposit", "range", _("A deposit is at most 100 per cent."))
        deposit = Decimal(0)
    values: dict[str, Any] = {
        "party_id": data.party_id,
        "title": cleaner.text("title", data.title, 160) or (party.label[:160] if party else ""),
        "valid_until": _valid_until(cleaner, data.valid_until, was),
        "payment_terms": cleaner.text("payment_terms", data.payment_terms, 300),
        "intro": cleaner.text("intro", data.intro, 5000),
        "notes": cleaner.text("notes", data.notes, 5000),
        "tax_note": cleaner.text("tax_note", data.tax_note, 200),
        "deposit_kind": deposit_kind,
        "deposit": deposit if deposit_kind else Decimal(0),
        **clean_currency(cleaner, data.currency, data.rate),
        "owner_id": data.owner_id,
        "opportunity_id": data.opportunity_id,
        "layout_id": data.layout_id,
    }
    _check_links(cleaner, actor, data, was)
    return values


def _check_links(cleaner: Cleaner, actor: Actor, data: QuoteData, was: QuoteData | None) -> None:
    new_owner = data.owner_id if was is None or data.owner_id != was.owner_id else None
    if new_owner and not Member.objects.filter(id=new_owner, is_active=True).exists():
        cleaner.refuse("owner_id", "missing", _("There is no such member."))
    if data.layout_id and not QuoteLayout.objects.filter(id=data.layout_id).exists():
        cleaner.refuse("layout_id", "missing", _("There is no such layout."))
    if data.opportunity_id is None:
        return
    if was is not None and (data.opportunity_id, data.party_id) == (was.opportunity_id, was.party_id):
        return
    seen = Opportunity.objects.filter(deleted_at=None)
    if actor.member is not None:
        seen = visible_opportunities(actor.member)
    if not seen.filter(id=data.opportunity_id, party_id=data.party_id).exists():
        cleaner.refuse("opportunity_id", "missing", _("This customer has no such opportunity."))


def _valid_until(cleaner: Cleaner, day: date | None, was: QuoteData | None) -> date:
    today = timezone.localdate()
    if day is None:
        return today + timedelta(days=VALID_DAYS)
    if was is not None and day == was.valid_until:
        return day
    if day < today:
        cleaner.refuse("valid_until", "past", _("Choose a day from today on."))
        return today
    if day > today + timedelta(days=MOST_DAYS):
        cleaner.refuse("valid_until", "range", _("A quote is valid for two years at most."))
        return today
    return day


def clean_currency(cleaner: Cleaner, currency: str, rate: Decimal | None) -> dict[str, Any]:
    """Return ``currency`` and ``rate``; no currency is the workspace's, whose rate is 1."""
    home = current_workspace().currency
    currency = currency.strip().upper() or home
    if not _CURRENCY.fullmatch(currency):
        cleaner.refuse("currency", "invalid", _("Use a currency's three letters, for example BRL."))
        currency = home
    rate = Decimal(1) if currency == home else rate
    if rate is None or not rate.is_finite() or not Decimal("0.00000001") <= rate <= MAX_RATE:
        cleaner.refuse(
            "rate", "required", _("Say how much of your currency one unit of the quote's is worth.")
        )
        rate = Decimal(1)
    return {"currency": currency, "rate": rate}
