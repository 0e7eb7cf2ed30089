"""The words a meeting is found by: its title, its place and its description."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Value
from django.db.models.functions import Cast

from ponte.timeline.services.task_search import task_document


def search_value(title: str, location: str, description: str) -> Any:
    """Return what the search column of a meeting is set to."""
    document = task_document(title, f"{location} {description}".strip())
    return Cast(Value(document), SearchVectorField())
