"""Log records carry the request, job and workspace they belong to, and no personal data."""

from __future__ import annotations

import logging
from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("ponte_request_id", default=None)
job_id: ContextVar[str | None] = ContextVar("ponte_job_id", default=None)
workspace_slug: ContextVar[str | None] = ContextVar("ponte_workspace_slug", default=None)


class ContextFilter(logging.Filter):
    """Adds ``request``, ``job`` and ``workspace`` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.job = job_id.get()
        record.workspace = workspace_slug.get()
        return True
