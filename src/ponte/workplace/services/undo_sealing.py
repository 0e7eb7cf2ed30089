"""What takes bulk acts back holds former values of customers: sealed with each customer's key, as in the audit log."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

import orjson

from ponte.core import crypto
from ponte.core.services.subject_keys import keys_of
from ponte.workplace.lists import BulkOutcome

OPEN, SEALED = "rows", "sealed_rows"
VALUE, SEALED_VALUE = "value", "sealed_value"


def sealed_undo(outcome: BulkOutcome) -> Any:
    """Return an outcome's undo as it is stored: the rows that tell about a customer sealed with the customer's key.

    The new value, one for all rows, is sealed with the installation's key. Rows of customers erased are left out.
    """
    undo, subjects = outcome.undo, outcome.subjects
    if not subjects or not isinstance(undo, dict) or OPEN not in undo:
        return undo
    keys = keys_of(subjects.values())
    stored = {**undo, OPEN: {}, SEALED: {}}
    for row_id, value in undo[OPEN].items():
        subject = subjects.get(row_id)
        if subject is None:
            stored[OPEN][row_id] = value
        elif (key := keys.get(subject)) is not None:
            stored[SEALED][row_id] = [
                str(subject),
                _text(crypto.seal(orjson.dumps(value), key, subject.bytes)),
            ]
    if VALUE in undo:
        stored[SEALED_VALUE] = _text(crypto.seal_secret(orjson.dumps(stored.pop(VALUE)).decode()))
    return stored


def opened_undo(stored: Any) -> Any:
    """Return a stored undo as the act made it, without the rows of customers erased since."""
    if not isinstance(stored, dict) or SEALED not in stored:
        return stored
    undo = {name: value for name, value in stored.items() if name not in (SEALED, SEALED_VALUE)}
    keys = keys_of({UUID(subject) for subject, _sealed in stored[SEALED].values()}, create=False)
    rows = dict(stored[OPEN])
    for row_id, (subject, text) in stored[SEALED].items():
        key = keys.get(UUID(subject))
        if key is not None:
            rows[row_id] = orjson.loads(crypto.open_sealed(base64.b64decode(text), key, UUID(subject).bytes))
    undo[OPEN] = rows
    if SEALED_VALUE in stored:
        undo[VALUE] = orjson.loads(crypto.open_secret(base64.b64decode(stored[SEALED_VALUE])))
    return undo


def _text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()
