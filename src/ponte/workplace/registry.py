"""The one kind of registry behind navigation, panels, commands and the rest: keyed, ordered, replaceable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Registered(Protocol):
    """What a registry keeps: a stable key and a place among its peers."""

    @property
    def key(self) -> str: ...

    @property
    def order(self) -> int: ...


EntryT = TypeVar("EntryT", bound=Registered)


class Registry(Generic[EntryT]):
    """Entries by key, iterated by (order, key). Registering a key again replaces the entry."""

    def __init__(self) -> None:
        self._entries: dict[str, EntryT] = {}
        self._sorted: list[EntryT] | None = None
        self.edition = (
            0  # grows with each change: what is made of the entries may be kept as long as it stands
        )

    def register(self, entry: EntryT) -> EntryT:
        """Keep ``entry`` under its key and return it."""
        self._entries[entry.key] = entry
        self._sorted = None
        self.edition += 1
        return entry

    def unregister(self, key: str) -> None:
        """Forget the entry of ``key``, if there is one (tests clean up with it)."""
        self._entries.pop(key, None)
        self._sorted = None
        self.edition += 1

    def get(self, key: str) -> EntryT | None:
        """Return the entry of ``key`` or None."""
        return self._entries.get(key)

    def __iter__(self) -> Iterator[EntryT]:
        if self._sorted is None:
            self._sorted = sorted(self._entries.values(), key=lambda entry: (entry.order, entry.key))
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._entries)
