"""Discount limits on orders entered by hand: the price binds at once and nobody was asked, so that there is no way past a limit."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ponte.commerce.order_rules import OrderRule, Proposal
from ponte.commerce.services.cleaning import Cleaner
from ponte.sales.discounts import MARGIN, Figures, figures_of, passed_limits
from ponte.sales.list_prices import with_list_prices
from ponte.sales.selectors.approvals import limit_of
from ponte.sales.selectors.deal_limits import limit_words


def check_order_limit(cleaner: Cleaner, proposal: Proposal) -> None:
    """Refuse lines that pass the limit of whoever enters them; what an order gave away before may stay."""
    limit = limit_of(proposal.actor.member)
    if limit is None or not proposal.rows:
        return
    figures = figures_of(with_list_prices(proposal.rows, proposal.pricing))
    passed = passed_limits(figures, limit)
    if passed and proposal.former:
        former = figures_of(with_list_prices(proposal.former, proposal.pricing))
        passed = {name: value for name, value in passed.items() if _is_worse(name, figures, former)}
    if passed:
        told = {"limits": limit_words(passed)}
        cleaner.refuse(
            "lines", "discount_limit",
            _("This order passes your discount limit: %(limits)s. Make a quote and ask for approval; the order follows when it is accepted.")
            % told,
        )  # fmt: skip


def _is_worse(name: str, now: Figures, before: Figures) -> bool:
    if name == MARGIN:
        return now.margin is not None and (before.margin is None or now.margin < before.margin)
    return bool(getattr(now, name) > getattr(before, name))


RULE = OrderRule("discount_limit", check_order_limit)
