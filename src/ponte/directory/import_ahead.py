"""What the importer does with rows of customers before their turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ponte.directory.import_drafts import DraftMaker
from ponte.directory.services.creation import Draft
from ponte.workplace.importing import Ahead, ImportContext, ImportRow


def drafts_ahead(kind: str) -> Callable[[ImportContext], Ahead]:
    """Return what makes the drafts of rows before their turn, with all that follows from a draft alone."""

    def begin(context: ImportContext) -> Ahead:
        make = DraftMaker(kind, context.source)

        def drafts(rows: Sequence[ImportRow]) -> dict[int, Draft]:
            found = {row.number: draft for row in rows if (draft := make(row.values)) is not None}
            for draft in found.values():
                draft.foreseen  # noqa: B018 (remembered)
            return found

        return drafts

    return begin
