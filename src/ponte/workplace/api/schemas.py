"""What the API of exports gives out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ponte.apikit.schemas import Out


class ExportOut(Out):
    """A complete export. Download it from /exports/{id}/download until it expires."""

    id: UUID
    rows: int
    size: int
    error: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
