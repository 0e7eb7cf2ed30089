"""Help about products and prices: registered by what it is about."""

from pathlib import Path

TEXTS = Path(__file__).parent
