"""What an opportunity's page suggests to do next: rules that look at records, each telling why. Every module may add its own.

A rule is plain code on the server: it reads what is there and returns what to do, the reason in numbers and days, and one button.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from ponte.core.models import Member
from ponte.sales.models import Opportunity
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One thing worth doing.

    Attributes:
        text: what to do. reason: the fact it follows from.
        fact: what makes it this suggestion and no other; once dismissed it stays away until this changes.
        label: of the button, "" for none. url_name, record, query: where it leads: a page of that record, or of none.
        how: the button opens a "dialog", asks the server ("post") or is a "link".
    """

    text: str
    reason: str
    fact: str
    label: str = ""
    url_name: str = ""
    record: UUID | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    how: Literal["dialog", "post", "link"] = "dialog"
    icon: str = "bulb"

    @property
    def url(self) -> str:
        """The address of the button, "" without one; only within a workspace's pages."""
        if not self.label:
            return ""
        address = reverse(self.url_name, args=[self.record] if self.record else [])
        return f"{address}?{urlencode(self.query)}" if self.query else address


@dataclass(frozen=True)
class SuggestionRule:
    """A rule: ``find`` looks at an open opportunity through a member's eyes, with a query or two at most.

    Attributes:
        key: stable name; dismissals are kept under it. order: the lower, the more urgent.
        needs_edit: its button is for who may change the opportunity.
    """

    key: str
    find: Callable[[Member, Opportunity, datetime], Suggestion | None]
    order: int = 100
    visible: Visible = everyone
    needs_edit: bool = True


suggestion_rules: Registry[SuggestionRule] = Registry()


def register_suggestion(rule: SuggestionRule) -> None:
    """Add a rule to the page of opportunities."""
    suggestion_rules.register(rule)
