"""One record's custom values on their way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ponte.core.errors import FieldProblem

Given = Mapping[str, Any]


@dataclass
class CustomRow:
    """One record's custom values on their way in.

    Args:
        given: values by the fields' keys; None or "" empties one. Keys that aren't there stay as they are.
        stored: what the record has now (its column ``custom``).
        record_id: the record, None for a new one, which gets defaults and must have what is required.
        fill: only what is empty is filled.

    Afterwards ``values`` is what to store, ``changes`` what the audit log gets (before, after by "custom.key"), and
    ``problems`` what can't be accepted; a row with problems must not be written.
    """

    given: Given
    stored: Mapping[str, Any] = field(default_factory=dict)
    record_id: UUID | None = None
    fill: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)

    def refuse(self, name: str, code: str, message: str) -> None:
        """Note a problem with one field."""
        self.problems.append(FieldProblem(name, code, message))
