"""Background work of sales: each area has a file of its own, imported here."""

from ponte.sales.jobs import (
    approvals,
    cadences,
    contracts,
    leads,
    opportunities,
    plans,
    quotes,
    scoring,
    territories,
)

__all__ = [
    "approvals",
    "cadences",
    "contracts",
    "leads",
    "opportunities",
    "plans",
    "quotes",
    "scoring",
    "territories",
]
