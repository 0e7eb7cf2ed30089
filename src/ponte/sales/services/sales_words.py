"""The words sales uses: why something ended, and competitors. Kept by whoever has the area "sales"."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.sales.models import Competitor, Reason, ReasonKind
from ponte.sales.policies import check_sales_settings
from ponte.sales.services.pipeline_settings import audit_setting, lock_setting, save_setting


@transaction.atomic
def save_reason(
    *, actor: Actor, name: str, reason_id: UUID | None = None, kind: str = ReasonKind.LOST
) -> Reason:
    """Add a reason, or call one something else.

    Raises:
        Denied, Missing: as everywhere. Invalid: no name, no such kind, a name there is.
    """
    check_sales_settings(actor)
    cleaner = Cleaner()
    clean = cleaner.text("name", name, 120, required=True)
    reason = (
        lock_setting(Reason, reason_id)
        if reason_id
        else Reason(kind=cleaner.choice("kind", kind, ReasonKind))
    )
    if Reason.objects.filter(kind=reason.kind, name__iexact=clean).exclude(id=reason.id).exists():
        cleaner.refuse("name", "taken", _("There is one of this name."))
    cleaner.done()
    before = reason.name or None
    if reason_id is None:
        last = Reason.objects.filter(kind=reason.kind).aggregate(last=Max("position"))["last"] or 0
        reason.position = last + 1
    reason.name = clean
    save_setting(reason, is_new=reason_id is None)
    audit_setting(actor, "reason.saved", reason, {"name": (before, clean)})
    return reason


@transaction.atomic
def save_competitor(*, actor: Actor, name: str, competitor_id: UUID | None = None) -> Competitor:
    """Add a competitor, or call one something else.

    Raises:
        Denied, Missing: as everywhere. Invalid: no name, a name there is.
    """
    check_sales_settings(actor)
    cleaner = Cleaner()
    clean = cleaner.text("name", name, 120, required=True)
    rival = lock_setting(Competitor, competitor_id) if competitor_id else Competitor()
    if Competitor.objects.filter(name__iexact=clean).exclude(id=rival.id).exists():
        cleaner.refuse("name", "taken", _("There is one of this name."))
    cleaner.done()
    before, rival.name = rival.name or None, clean
    save_setting(rival, is_new=competitor_id is None)
    audit_setting(actor, "competitor.saved", rival, {"name": (before, clean)})
    return rival


@transaction.atomic
def archive_word(
    *, actor: Actor, model: type[Reason] | type[Competitor], row_id: UUID, archived: bool
) -> None:
    """Take a reason or competitor out of use, or back: it stays on what names it and isn't offered any more."""
    check_sales_settings(actor)
    row = lock_setting(model, row_id)
    row.archived_at = timezone.now() if archived else None
    save_setting(row)
    audit_setting(actor, f"{model._meta.model_name}.archived", row, {"archived": (not archived, archived)})
