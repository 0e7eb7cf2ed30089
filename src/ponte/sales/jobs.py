"""Background work of sales: each area has a file of its own, imported here."""
