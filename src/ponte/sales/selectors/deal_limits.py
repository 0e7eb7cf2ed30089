"""What the discount limit of a member means for the products of an opportunity, and how limits are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.line_words import quantity_text
from ponte.commerce.selectors.prices import Prices
from ponte.core.models import Member
from ponte.sales.discounts import LINE, MARGIN, TOTAL, figures_of, passed_limits
from ponte.sales.list_prices import with_list_prices
from ponte.sales.models import DealStatus, Opportunity, OpportunityLine
from ponte.sales.selectors.approvals import limit_of

_WORDS = {
    LINE: _("at most %(limit)s%% off an item"),
    TOTAL: _("at most %(limit)s%% off the whole"),
    MARGIN: _("a margin of at least %(limit)s%%"),
}


def passed_by(member: Member, deal: Opportunity, rows: Sequence[OpportunityLine]) -> str:
    """Return in words the limits a quote of these lines would pass if the member sent it; "" for none, and once the opportunity has ended.

    One query where the member's role has no limit.
    """
    limit = limit_of(member) if rows and deal.status == DealStatus.OPEN else None
    if limit is None:
        return ""
    pricing = partial(Prices, party_id=deal.party_id, day=timezone.localdate())
    return limit_words(passed_limits(figures_of(with_list_prices(rows, pricing)), limit))


def limit_words(passed: Mapping[str, Decimal]) -> str:
    """Return what may be given: "at most 10% off an item, a margin of at least 30%"."""
    return ", ".join(str(_WORDS[name]) % {"limit": quantity_text(value)} for name, value in passed.items())
