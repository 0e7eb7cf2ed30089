"""Reading what is configured about registers, and what can be looked up there."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ponte.core.models import BackgroundRun, Member
from ponte.directory.models import Party, RegisterLookup, RegisterSource
from ponte.directory.policies import customer_fields, visible_parties

KIND, FILL_KIND = "directory.lookups", "directory.fill_found"
RIGHTS = {"cnpj": "cnpj", "cep": "address"}
FULL_CEP = r"^[0-9]{8}$"


def active_source(what: str) -> RegisterSource | None:
    """Return the register asked for "cnpj" or "cep", None when none is configured and switched on."""
    return RegisterSource.objects.filter(what=what, is_active=True).first()


def active_for(member: Member) -> dict[str, RegisterSource]:
    """Return the registers the member may ask: those about fields they may change."""
    access = customer_fields(member)
    rows = RegisterSource.objects.filter(is_active=True).order_by("-what")
    return {row.what: row for row in rows if access.can_write(RIGHTS[row.what])}


def parties_to_look_up(member: Member, what: str) -> QuerySet[Party]:
    """Return the customers the member may edit that have a CNPJ (or a CEP) and were never looked up in the background."""
    rows = visible_parties(member, "edit")
    if what == "cnpj":
        rows = rows.filter(kind="company").exclude(company__cnpj="")
    else:
        rows = rows.filter(addresses__postal_code__regex=FULL_CEP, addresses__country="BR").filter(
            Q(addresses__city="") | Q(addresses__street="") | Q(addresses__city_code="")
        )
    done = (
        RegisterLookup.objects.filter(what=what).exclude(state=RegisterLookup.State.FAILED).values("party_id")
    )
    return rows.exclude(id__in=done).distinct()


def current_run() -> BackgroundRun | None:
    """Return the look-up that is under way, if any."""
    return _running(KIND)


def filling_run() -> BackgroundRun | None:
    """Return the filling of empty fields that is under way, if any."""
    return _running(FILL_KIND)


def _running(kind: str) -> BackgroundRun | None:
    running = (BackgroundRun.State.QUEUED, BackgroundRun.State.RUNNING)
    return BackgroundRun.objects.filter(kind=kind, state__in=running).order_by("-id").first()


def last_run() -> BackgroundRun | None:
    """Return the look-up finished last."""
    over = (BackgroundRun.State.DONE, BackgroundRun.State.CANCELLED, BackgroundRun.State.FAILED)
    return BackgroundRun.objects.filter(kind=KIND, state__in=over).order_by("-id").first()
