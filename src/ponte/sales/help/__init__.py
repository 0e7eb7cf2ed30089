"""Help about selling: an article for each area, registered by the area."""

from pathlib import Path

TEXTS = Path(__file__).parent
