"""Reading what DNS said of the domains of customers' e-mails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from ponte.directory.models import EmailDomain
from ponte.directory.selectors.quality import quality_rules


@dataclass(frozen=True)
class DomainFigures:
    """How many domains were asked for, what came of it, how many wait, and when the last clear answer came."""

    checked: int
    missing: int
    no_mail: int
    waiting: int
    last_checked_at: datetime | None


def domain_figures() -> DomainFigures | None:
    """Return the figures of the check of domains, None while it is switched off."""
    if not quality_rules().check_domains:
        return None
    rows = EmailDomain.objects.order_by().values("state").annotate(n=Count("pk"), last=Max("checked_at"))
    counts = {row["state"]: row["n"] for row in rows}
    times = [row["last"] for row in rows if row["last"]]
    return DomainFigures(
        checked=sum(counts.values()) - counts.get(EmailDomain.State.WAITING, 0),
        missing=counts.get(EmailDomain.State.MISSING, 0),
        no_mail=counts.get(EmailDomain.State.NO_MAIL, 0),
        waiting=counts.get(EmailDomain.State.WAITING, 0),
        last_checked_at=max(times, default=None),
    )


def domain_states(addresses: Iterable[str]) -> dict[str, str]:
    """Return what DNS said of the domains of e-mail addresses, by address; "waiting" for those never asked for."""
    by_address = {address: domain_of(address) for address in addresses}
    rows = EmailDomain.objects.filter(domain__in=set(by_address.values()))
    states = dict(rows.values_list("domain", "state"))
    return {
        address: states.get(domain, EmailDomain.State.WAITING.value) for address, domain in by_address.items()
    }


def domain_of(address: str) -> str:
    """Return the part of an address behind the @."""
    return address.rpartition("@")[2].lower()
