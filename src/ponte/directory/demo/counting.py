"""The demo company's data quality, counted when everything else is there."""

from __future__ import annotations

from ponte.core.actors import Actor
from ponte.directory.models import QualitySnapshot
from ponte.directory.services.quality import refresh_after, take_snapshot
from ponte.workplace.demo import DemoContext, DemoPart


def make(context: DemoContext) -> None:
    """Look through all records and keep the day's snapshot."""
    after = refresh_after(None)
    while after is not None:
        after = refresh_after(after)
    take_snapshot()


def remove(actor: Actor) -> None:
    """Forget the snapshots: they count customers that are gone."""
    QualitySnapshot.objects.all().delete()


PART = DemoPart(key="quality", order=900, make=make, remove=remove)
