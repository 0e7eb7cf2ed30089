"""The API of sales."""

from ninja import Router

from ponte.sales.api import (
    approval_setup,
    approvals,
    cadences,
    comments,
    contract_acts,
    contract_settings,
    contract_templates,
    contracts,
    forms,
    leads,
    opportunities,
    pipelines,
    plans,
    quotes,
    score_trials,
    scoring,
)

router = Router()
for area in (
    leads,
    forms,
    score_trials,
    scoring,
    opportunities,
    pipelines,
    approvals,
    approval_setup,
    quotes,
    contracts,
    comments,
    contract_acts,
    contract_templates,
    contract_settings,
    plans,
    cadences,
):
    router.add_router("", area.router)
