"""Demo data of sales: each area has a part of its own."""
