"""The API of sales."""

from ninja import Router

from ponte.sales.api import cadences, leads, opportunities, plans, quotes, scoring

router = Router()
for area in (leads, scoring, opportunities, quotes, plans, cadences):
    router.add_router("", area.router)
