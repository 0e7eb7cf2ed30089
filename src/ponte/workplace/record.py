"""The middle of the record page and the alerts in its header, contributed by modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from ponte.core.models import Member
from ponte.workplace.panels import BOTH_KINDS
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone

Tone = Literal["neutral", "accent", "blue", "purple", "pink", "red", "orange", "yellow", "green"]


@dataclass(frozen=True)
class MainBlock:
    """A block of the middle column (composer and timeline, for one).

    Either ``render`` writes it into the page at once, or ``url_name`` (taking ``party_id``) is fetched by htmx right
    after. ``render`` is for what belongs to the first screen and must stay within the page's query budget.
    """

    key: str
    url_name: str = ""
    title: str | Promise = ""
    order: int = 100
    kinds: frozenset[str] = BOTH_KINDS
    visible: Visible = everyone
    render: Callable[[HttpRequest, UUID], SafeString] | None = None


@dataclass(frozen=True)
class Alert:
    """A line in the record's header that somebody should not miss; ``url`` says where to act on it."""

    text: str | Promise
    tone: Tone = "yellow"
    icon: str = "alert-triangle"
    url: str = ""


@dataclass(frozen=True)
class AlertSource:
    """Where alerts come from: ``find(member, party_id)``, at most one indexed query."""

    key: str
    find: Callable[[Member, UUID], list[Alert]]
    order: int = 100


main_blocks: Registry[MainBlock] = Registry()
alert_sources: Registry[AlertSource] = Registry()


def register_main_block(block: MainBlock) -> None:
    """Add a block to the middle of the record page."""
    main_blocks.register(block)


def register_alerts(source: AlertSource) -> None:
    """Add a source of alerts for the record's header."""
    alert_sources.register(source)


def main_blocks_for(member: Member, kind: str) -> list[MainBlock]:
    """Return the blocks ``member`` sees on the page of a party of ``kind``, in order."""
    return [block for block in main_blocks if kind in block.kinds and block.visible(member)]


def alerts_for(member: Member, party_id: UUID) -> list[Alert]:
    """Return every alert about a customer, in order of the sources."""
    return [alert for source in alert_sources for alert in source.find(member, party_id)]
