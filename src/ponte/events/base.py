"""The base of every domain event and its JSON form."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

_registry: dict[str, type[DomainEvent]] = {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened. Fields are ids, numbers, short strings, dates or lists of these.

    ``name`` is the stable public name, ``domain.verb_in_the_past``; webhooks show it. What is ``ahead`` is delivered before
    other events that wait: somebody outside waits for what follows from it.
    """

    name: ClassVar[str] = ""
    ahead: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.name:
            raise TypeError(f"{cls.__name__} has no event name")
        # slots=True builds the class twice; only a different class under the same name is a mistake
        known = _registry.get(cls.name)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"event name {cls.name} is taken by {known.__qualname__}")
        _registry[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values (UUIDs, dates and decimals as text)."""
        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> DomainEvent:
        """Rebuild an event from its stored payload; unknown keys of older versions are ignored."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in payload.items() if key in known})


def event_type(name: str) -> type[DomainEvent] | None:
    """Return the class registered under ``name``, or None for an event this version no longer knows."""
    return _registry.get(name)


def event_types() -> list[type[DomainEvent]]:
    """Return every event type there is, by name."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)], "ponte.events."):
        importlib.import_module(module.name)
    return [_registry[name] for name in sorted(_registry)]


def plain(value: Any) -> Any:
    """Return ``value`` with UUIDs, decimals and dates as text, ready for JSON."""
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple, frozenset, set)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value
