"""What custom fields have done in the background."""

from __future__ import annotations

from uuid import UUID

from ponte.core.jobs import every, job
from ponte.workplace.custom_fields.converting import convert_field
from ponte.workplace.custom_fields.indexing import settle_all, settle_indexes
from ponte.workplace.custom_fields.purging import purge_old_values
from ponte.workplace.custom_fields.searching import reindex_slot


@job("workplace.index_custom_field", queue="bulk", transaction=False)
def index_custom_field(*, field_id: str) -> None:
    """Build or drop a field's indexes."""
    settle_indexes(UUID(field_id))


@job("workplace.search_custom_fields", queue="bulk", transaction=False)
def search_custom_fields(*, object_name: str, slot: str) -> None:
    """Bring the search text of the records with a value in ``slot`` up to date."""
    reindex_slot(object_name, slot)


@job("workplace.convert_custom_field", queue="bulk", transaction=False)
def convert_custom_field(*, field_id: str, run_id: str) -> None:
    """Convert a field's values to its new type."""
    convert_field(UUID(field_id), UUID(run_id))


@every("20 5 * * *", name="workplace.settle_custom_indexes", queue="bulk", transaction=False)
def settle_custom_indexes() -> None:
    """Build what indexes of custom fields are missing."""
    settle_all()


@every("50 5 * * *", name="workplace.purge_custom_fields", queue="bulk", transaction=False)
def purge_custom_fields() -> None:
    """Forget fields deleted, and values of former types, more than 30 days ago."""
    purge_old_values()
