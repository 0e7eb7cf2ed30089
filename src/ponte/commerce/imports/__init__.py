"""Products, parts of bundles, orders, their lines and payments, and reviews as targets of the importer."""

from ponte.commerce.imports.orders import LINES, ORDERS, PAYMENTS
from ponte.commerce.imports.parts import PARTS
from ponte.commerce.imports.products import PRODUCTS
from ponte.commerce.imports.reviews import REVIEWS

TARGETS = (PRODUCTS, PARTS, ORDERS, LINES, PAYMENTS, REVIEWS)

__all__ = ["LINES", "ORDERS", "PARTS", "PAYMENTS", "PRODUCTS", "REVIEWS", "TARGETS"]
