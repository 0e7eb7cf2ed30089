"""What sales does when something happened: each area has a file of its own, imported here."""

from ponte.sales.subscribers import (
    approvals,
    cadences,
    contracts,
    leads,
    next_activities,
    opportunities,
    quotes,
    scoring,
    territories,
)

__all__ = [
    "approvals",
    "cadences",
    "contracts",
    "leads",
    "next_activities",
    "opportunities",
    "quotes",
    "scoring",
    "territories",
]
