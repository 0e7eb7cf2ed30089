"""Comparing text without regard to case and accents, the same in SQL and in Python."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, TextField, Value
from django.db.models.functions import Lower

# The embedded PostgreSQL has neither ICU nor unaccent: letters are folded one by one.
ACCENTED = "áàâãäåéèêëíìîïóòôõöúùûüçñýÿøÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝŸØ"
PLAIN = "aaaaaaeeeeiiiiooooouuuucnyyo" * 2
_TABLE = str.maketrans(ACCENTED, PLAIN)


def folded_sql(text: Any) -> Func:
    """Return the SQL of a text without case and accents. Both lengths of its mapping are the same."""
    return Func(Lower(text), Value(ACCENTED), Value(PLAIN), function="translate", output_field=TextField())


def folded(text: str) -> str:
    """Return what ``folded_sql`` makes of ``text``."""
    return text.lower().translate(_TABLE)
