"""What sales does when something happened: each area has a file of its own, imported here."""

from ponte.sales.subscribers import territories

__all__ = ["territories"]
