"""What sales plugs into the layers below, area by area."""

from ponte.sales.registrations import (
    approvals,
    cadences,
    contracts,
    leads,
    opportunities,
    plans,
    quotes,
    scoring,
)

LISTS: tuple[object, ...] = (*leads.LISTS, *opportunities.LISTS, *quotes.LISTS, *contracts.LISTS)

__all__ = [
    "LISTS",
    "approvals",
    "cadences",
    "contracts",
    "leads",
    "opportunities",
    "plans",
    "quotes",
    "scoring",
]
