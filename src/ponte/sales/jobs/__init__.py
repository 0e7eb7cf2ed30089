"""Background work of sales: each area has a file of its own, imported here."""

from ponte.sales.jobs import leads, territories

__all__ = ["leads", "territories"]
