"""What sales does when something happened: each area has a file of its own, imported here."""

from ponte.sales.subscribers import leads, opportunities, scoring, territories

__all__ = ["leads", "opportunities", "scoring", "territories"]
