"""Fields every module has: whose record it is."""

from __future__ import annotations

from ponte.conditions.catalogue import Field, Words


def member_field(key: str, label: Words, path: str, **options: object) -> Field:
    """Return a field holding one of the workspace's members; ``path`` ends at the foreign key ("owner_id")."""
    return Field(key, label, "member", path=path, **options)  # type: ignore[arg-type]
