"""From an accepted quote to its order and its won opportunity. Part of the acceptance's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from ponte.commerce.data import LineData, OrderData
from ponte.commerce.models import Order
from ponte.commerce.models.choices import Billing
from ponte.commerce.revenue import cents
from ponte.commerce.services.orders import create_order
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services.notifications import notify
from ponte.sales.documents.reading import ReadLine
from ponte.sales.models import DealStatus, Opportunity
from ponte.sales.models.quote import Quote
from ponte.sales.quote_notices import ANSWERED
from ponte.sales.quote_totals import Totals, is_chosen
from ponte.sales.services.opportunities import reopen_opportunity, update_opportunity, win_opportunity

SOURCE = "quote"


def place_order(actor: Actor, quote: Quote, content: Mapping[str, Any], lines: Sequence[ReadLine]) -> Order:
    """Return the order of what was chosen; recurring lines enter with their first period, taxes as a line of their own.

    The order's external id is the quote's: the database itself lets no second one in.
    """
    products = dict(quote.lines.values_list("id", "product_id"))
    costs = dict(quote.lines.values_list("id", "unit_cost"))
    chosen = [line for line in lines if is_chosen(line)]
    with override(content["language"]):
        rows = [
            LineData(
                product_id=products.get(UUID(line.id)),
                description=_order_words(line)[:300],
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount_amount,
                unit_cost=costs.get(UUID(line.id)),
                contents=line.contents or None,
            )
            for line in chosen
        ]
        tax = sum((line.tax for line in chosen), Decimal(0))
        if tax:
            rows.append(LineData(description=_("Taxes"), unit_price=tax))
        notes = _("From quote %(number)s.") % {"number": quote.number}
    data = OrderData(
        party_id=quote.party_id,
        lines=rows,
        owner_id=quote.owner_id if quote.owner and quote.owner.is_active else None,
        channel="sales",
        currency=quote.currency,
        rate=quote.rate,
        source=SOURCE,
        external_id=str(quote.id),
        notes="\n".join(filter(None, (notes, quote.payment_terms))),
        is_demo=quote.is_demo,
    )
    return create_order(actor=actor, data=data, is_agreed=True)


def win_deal(actor: Actor, quote: Quote, totals: Totals) -> None:
    """Win the quote's opportunity with what was chosen; a lost one is opened again first.

    Where a rule of the pipeline refuses that, the acceptance stands all the same and the salesperson is told.
    """
    if quote.opportunity_id is None:
        return
    opportunity = Opportunity.objects.filter(id=quote.opportunity_id, deleted_at=None).first()
    if opportunity is None or opportunity.status == DealStatus.WON:
        return
    changes = {
        "amount": cents(totals.one_off * quote.rate),
        "monthly": cents(totals.a_month * quote.rate),
    }
    try:
        with transaction.atomic():
            if opportunity.status == DealStatus.LOST:
                reopen_opportunity(actor=actor, opportunity_id=opportunity.id)
            update_opportunity(actor=actor, opportunity_id=opportunity.id, changes=changes)
            win_opportunity(
                actor=actor,
                opportunity_id=opportunity.id,
                note=_("Quote %(number)s accepted") % {"number": quote.number},
            )
            Opportunity.objects.filter(id=opportunity.id).update(order=quote.order)
    except Invalid as refusal:
        if quote.owner is not None:
            notify(
                member=quote.owner,
                kind=ANSWERED,
                title=_("Quote %(number)s was accepted, but its opportunity could not be won")
                % {"number": quote.number},
                body=" ".join(str(one.message) for one in refusal.problems),
                url=f"/quotes/{quote.id}/",
            )


def _order_words(line: ReadLine) -> str:
    if line.billing == Billing.ONE_OFF:
        return line.description
    return f"{line.description} ({Billing(line.billing).label})"
