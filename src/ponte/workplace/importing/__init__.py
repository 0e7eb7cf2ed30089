"""The importer: files of every kind, any registered target, resumable chunks.

A module makes a record importable by registering an ``ImportTarget`` from its ``registrations.py``.
"""

from ponte.workplace.importing.targets import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    Policy,
    Problem,
    RowOutcome,
    register_target,
    targets,
)

__all__ = [
    "FieldType",
    "ImportContext",
    "ImportField",
    "ImportRow",
    "ImportTarget",
    "Policy",
    "Problem",
    "RowOutcome",
    "register_target",
    "targets",
]
