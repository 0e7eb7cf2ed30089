"""What every calendar elsewhere can do, and how it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ponte.timeline.event_data import EventData


class RemoteError(Exception):
    """The calendar couldn't be reached or refused.

    ``code`` is one of "login" (the access doesn't work any more), "missing" (no such calendar), "busy" (come later),
    "network", "address" (may not be called), "answer" (not understood), "refused" (this one event). ``wait`` are the seconds it asked
    to be left alone.
    """

    def __init__(self, code: str, *, wait: int = 0, detail: str = "") -> None:
        self.code = code
        self.wait = wait
        self.detail = detail
        super().__init__(f"{code} {detail}".strip())


class RemoteChanged(RemoteError):
    """The event was changed or deleted there since it was last looked at; nothing was written."""

    def __init__(self) -> None:
        super().__init__("changed")


class UnreadableEvent(ValueError):
    """An event that can't be kept here; ``reason`` is a word of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class CalendarChoice:
    """One calendar that may be chosen. ``key`` is what the adapter knows it by."""

    key: str
    name: str
    is_read_only: bool = False


@dataclass(frozen=True, slots=True)
class RemoteEvent:
    """An event there: ``key`` names it within its calendar, ``tag`` its state. Without ``event`` it can't be kept here."""

    key: str
    tag: str
    uid: str
    event: EventData | None
    reason: str = ""


@dataclass(slots=True)
class Changes:
    """What changed since a cursor. ``is_whole``: all there is was listed, so what isn't in ``present`` is gone."""

    cursor: str
    events: list[RemoteEvent] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    is_whole: bool = False


class RemoteCalendar(Protocol):
    """One calendar elsewhere. Every call may raise ``RemoteError``; none needs a transaction."""

    def changes(self, cursor: str, known: Mapping[str, str]) -> Changes:
        """Return what changed since ``cursor`` ("" for all); ``known`` are tags by key that needn't be fetched again."""

    def create(self, *, name: str, uid: str, event: EventData, again: bool) -> RemoteEvent:
        """Write a new event once: the same ``name`` (32 hex digits) never makes two. ``again``: it may have been tried before."""

    def update(self, *, key: str, tag: str, event: EventData) -> RemoteEvent:
        """Change an event, keeping what Ponte doesn't know of it; raise ``RemoteChanged`` when it isn't as ``tag`` says."""

    def remove(self, *, key: str, tag: str) -> None:
        """Delete an event; raise ``RemoteChanged`` when it isn't as ``tag`` says. One that is gone already is fine."""
