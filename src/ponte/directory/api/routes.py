"""The router the API mounts at its root."""

from ninja import Router

from ponte.directory.api.companies import router as companies_router
from ponte.directory.api.duplicates import router as duplicates_router
from ponte.directory.api.links import router as links_router
from ponte.directory.api.lookups import router as lookups_router
from ponte.directory.api.merges import router as merges_router
from ponte.directory.api.people import router as people_router
from ponte.directory.api.quality import router as quality_router
from ponte.directory.api.stewards import router as stewards_router
from ponte.directory.api.suggestions import router as suggestions_router

router = Router()
router.add_router("", duplicates_router)  # before people: /people/check is no id
router.add_router("", quality_router)
router.add_router("", suggestions_router)
router.add_router("", lookups_router)
router.add_router("", stewards_router)
router.add_router("/people", people_router)
router.add_router("/companies", companies_router)
router.add_router("/merges", merges_router)
router.add_router("", links_router)
