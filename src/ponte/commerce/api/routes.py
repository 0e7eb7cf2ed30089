"""The API of commerce."""

from ninja import Router

from ponte.commerce.api.bundles import router as bundles
from ponte.commerce.api.orders import router as orders
from ponte.commerce.api.prices import router as prices
from ponte.commerce.api.products import router as products

router = Router()
router.add_router("", products)
router.add_router("", prices)
router.add_router("", bundles)
router.add_router("", orders)
