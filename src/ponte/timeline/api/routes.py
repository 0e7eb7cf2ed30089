"""The router the API mounts at its root: ``/interactions``, ``/meetings`` and ``/tasks``."""

from ninja import Router

from ponte.timeline.api.business import feed_router
from ponte.timeline.api.business import router as business_router
from ponte.timeline.api.connections import conflicts_router
from ponte.timeline.api.connections import router as connections_router
from ponte.timeline.api.dates import router as dates_router
from ponte.timeline.api.interactions import router as interactions_router
from ponte.timeline.api.meetings import router as meetings_router
from ponte.timeline.api.task_bulk import router as task_bulk_router
from ponte.timeline.api.tasks import router as tasks_router

router = Router()
router.add_router("/interactions", interactions_router)
router.add_router("/meetings", meetings_router)
router.add_router("/tasks", tasks_router)
router.add_router("/tasks", task_bulk_router)
router.add_router("/calendar-connections", connections_router)
router.add_router("/calendar-conflicts", conflicts_router)
router.add_router("/dates", dates_router)
router.add_router("/business-time", business_router)
router.add_router("/calendar-feed", feed_router)
