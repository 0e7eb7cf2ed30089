"""What sales does when something happened: each area has a file of its own, imported here."""

from ponte.sales.subscribers import cadences, leads, opportunities, quotes, scoring, territories

__all__ = ["cadences", "leads", "opportunities", "quotes", "scoring", "territories"]
