"""Background work of approval."""

from ponte.core.jobs import every
from ponte.sales.services.approvals import expire_approvals


@every("17 * * * *", name="sales.expire_approvals", transaction=False)
def expire_requests() -> None:
    """End requests nobody answered in time."""
    expire_approvals()
