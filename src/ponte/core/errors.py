"""What a business act may answer instead of doing it. HTML and API translate these, services raise them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field.

    ``field`` is the name the caller used ("" for the whole), ``code`` is stable for programs,
    ``message`` tells a person what to do.
    """

    field: str
    code: str
    message: str | Promise


class DomainError(Exception):
    """Base of every refusal a service may raise."""


class Invalid(DomainError):
    """The input can't be accepted; carries one problem per offending field."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.field or 'input'}: {p.message}" for p in self.problems))

    @classmethod
    def on(cls, field: str, code: str, message: str | Promise) -> Invalid:
        """Return the refusal for a single field."""
        return cls([FieldProblem(field, code, message)])


class Denied(DomainError):
    """The member has no right to this. Shown like ``Missing``, recorded as a denial."""

    def __init__(self, object_type: str = "", act: str = "") -> None:
        self.object_type = object_type
        self.act = act
        super().__init__(f"{act} {object_type}".strip() or "denied")


class Missing(DomainError):
    """No such record for this member."""


class Conflict(DomainError):
    """Somebody else changed the record in the meantime; nothing was overwritten."""

    def __init__(self, *, current_version: int, given_version: int, current: Any = None) -> None:
        self.current_version = current_version
        self.given_version = given_version
        self.current = current
        super().__init__(f"version {given_version} given, {current_version} is current")
