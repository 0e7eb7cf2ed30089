"""The routers the API mounts: ``/interactions`` and ``/tasks``."""

from ponte.timeline.api.interactions import router as interactions_router
from ponte.timeline.api.tasks import router as tasks_router

__all__ = ["interactions_router", "tasks_router"]
