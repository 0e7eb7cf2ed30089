"""Commerce's part of the demo: a coffee roaster's products and two years of orders."""

from ponte.commerce.demo.part import PART

__all__ = ["PART"]
