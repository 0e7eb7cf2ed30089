"""The router the API mounts at its root."""

from ninja import Router

from ponte.privacy.api.consents import router as consents_router
from ponte.privacy.api.suppressions import router as suppressions_router

router = Router()
router.add_router("", consents_router)
router.add_router("", suppressions_router)
