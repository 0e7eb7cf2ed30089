"""What was known of a lead when it came in; nothing that was written since, so that no outcome leaks into its own prediction.

Left out on purpose: status, owner, score and times of the first answer; the customer's record as it is now (a place, a job title or a tag
may have been filled in because they bought); anything that happened after ``captured_at``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FREE_MAIL = frozenset(
    ("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "yahoo.com.br", "uol.com.br", "bol.com.br", "terra.com.br",
     "icloud.com", "live.com", "ig.com.br")
)  # fmt: skip
LABELS: dict[str, str | Promise] = {
    "origin": _("Origin"), "campaign": _("Campaign"), "page": _("Page"), "utm_source": _("utm_source"),
    "utm_medium": _("utm_medium"), "referrer": _("Linked from"), "source": _("Source"), "state": _("State"),
    "kind": _("Person or company"), "mail": _("Kind of e-mail"), "weekday": _("Day of the week"), "daytime": _("Time of day"),
    "answers": _("Fields filled in"), "message": _("Length of the message"), "earlier_leads": _("Earlier interests"),
    "earlier_orders": _("Earlier purchases"), "earlier_contacts": _("Earlier contacts"),
}  # fmt: skip
PAGES = ("page", "landing_page", "landing_page_id")


def features_of(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str | float]:
    """Return what is learnt from: words as they are, counts as numbers.

    Args:
        row: columns of the lead: origin, campaign, source, marks, typed, message, captured_at, party__kind, and the counts
            ``earlier_leads``, ``earlier_orders``, ``earlier_contacts`` of what came before it.
    """
    marks: Mapping[str, Any] = row["marks"] or {}
    typed: Mapping[str, Any] = row["typed"] or {}
    at: datetime = row["captured_at"].astimezone(zone)
    return {
        "origin": row["origin"],
        "campaign": row["campaign"],
        "source": row["source"],
        "page": _page(next((str(marks[name]) for name in PAGES if marks.get(name)), "")),
        "utm_source": str(marks.get("utm_source", ""))[:60],
        "utm_medium": str(marks.get("utm_medium", ""))[:60],
        "referrer": urlsplit(str(marks.get("referrer", ""))).hostname or "",
        "state": str(typed.get("state", ""))[:2].upper(),
        "kind": row["party__kind"],
        "mail": _mail(str(typed.get("email", ""))),
        "weekday": str(at.weekday()),
        "daytime": _daytime(at),
        "answers": float(sum(bool(value) for name, value in typed.items() if not name.startswith("_"))),
        "message": float(len(row["message"])),
        "earlier_leads": float(row["earlier_leads"]),
        "earlier_orders": float(row["earlier_orders"]),
        "earlier_contacts": float(row["earlier_contacts"]),
    }


def term_words(term: str, words: Iterable[tuple[str, str]]) -> str:
    """Return a term as people read it: "Origin: Paid search".

    Args:
        words: labels of values, as (``origin=paid_search``, "Paid search").
    """
    feature, _equals, value = term.partition("=")
    label = str(LABELS.get(feature, feature))
    if not _equals:
        return label
    return f"{label}: {dict(words).get(term, value)}"


def _page(text: str) -> str:
    parts = urlsplit(text)
    return (f"{parts.netloc}{parts.path}" if parts.netloc else text)[:120]


def _mail(address: str) -> str:
    domain = address.rpartition("@")[2].lower()
    return "" if not domain else "free" if domain in FREE_MAIL else "business"


def _daytime(at: datetime) -> str:
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return ""  # only the day is known
    return ("night", "morning", "afternoon", "evening")[at.hour // 6]
