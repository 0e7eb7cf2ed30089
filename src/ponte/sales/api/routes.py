"""The API of sales."""

from ninja import Router

from ponte.sales.api import (
    approvals,
    cadences,
    contracts,
    forms,
    leads,
    opportunities,
    pipelines,
    plans,
    quotes,
    scoring,
)

router = Router()
for area in (
    leads,
    forms,
    scoring,
    opportunities,
    pipelines,
    approvals,
    quotes,
    contracts,
    plans,
    cadences,
):
    router.add_router("", area.router)
