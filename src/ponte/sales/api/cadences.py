"""The API of cadences, territories and account plans."""

from ninja import Router

from ponte.sales.api.account_plans import router as account_plans_router
from ponte.sales.api.cadences_routes import enrolment_router
from ponte.sales.api.cadences_routes import router as cadences_router
from ponte.sales.api.territories import router as territories_router

router = Router()
router.add_router("/cadences", cadences_router)
router.add_router("/enrolments", enrolment_router)
router.add_router("/territories", territories_router)
router.add_router("/account-plans", account_plans_router)
