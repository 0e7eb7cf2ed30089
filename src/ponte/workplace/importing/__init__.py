"""The importer: files of every kind, any registered target, resumable chunks.

A module makes a record importable by registering an ``ImportTarget`` from its ``registrations.py``;
another module adds fields to it with ``register_import_extension``.
"""

from ponte.workplace.importing.extensions import (
    ExtendedRow,
    ExtensionResult,
    ImportExtension,
    register_import_extension,
)
from ponte.workplace.importing.targets import (
    Ahead,
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
    "Ahead",
    "ExtendedRow",
    "ExtensionResult",
    "FieldType",
    "ImportContext",
    "ImportExtension",
    "ImportField",
    "ImportRow",
    "ImportTarget",
    "Policy",
    "Problem",
    "RowOutcome",
    "register_import_extension",
    "register_target",
    "targets",
]
