"""What sales does when something happened: each area has a file of its own, imported here."""

from ponte.sales.subscribers import cadences, leads, opportunities, scoring, territories

__all__ = ["cadences", "leads", "opportunities", "scoring", "territories"]
