"""What a workspace sells by from the start: a pipeline that suits its kind of business, and why deals are lost."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from ponte.core.tenancy.models import Workspace
from ponte.sales.models import Pipeline, Reason, ReasonKind, Stage

StageRow = tuple[str, int, int]  # name, probability in per cent, days until it rots

_SALES: tuple[StageRow, ...] = (
    (_("First contact"), 10, 7), (_("Understanding the need"), 25, 10), (_("Proposal"), 50, 14), (_("Negotiation"), 75, 14),
)  # fmt: skip
_BY_KIND: dict[str, tuple[StageRow, ...]] = {
    Workspace.Kind.RETAIL: ((_("Interest"), 20, 3), (_("Price given"), 50, 5), (_("Payment"), 80, 3)),
    Workspace.Kind.CLINIC: (
        (_("Contact"), 20, 3), (_("Evaluation booked"), 50, 10), (_("Treatment plan presented"), 70, 14),
    ),
    Workspace.Kind.SCHOOL: ((_("Contact"), 15, 5), (_("Visit"), 40, 10), (_("Enrolment under way"), 80, 10)),
    Workspace.Kind.REAL_ESTATE: (
        (_("Contact"), 10, 5), (_("Visit"), 30, 14), (_("Offer"), 60, 10), (_("Documents"), 85, 20),
    ),
}  # fmt: skip
_REASONS: dict[str, tuple[str, ...]] = {
    ReasonKind.LOST: (
        _("Price"), _("Chose a competitor"), _("No budget"), _("No answer"), _("Bad moment"), _("Product doesn't fit"),
    ),
    ReasonKind.DISQUALIFIED: (_("No interest"), _("Outside our profile"), _("Wrong contact data"), _("Repeated"), _("Spam")),
    ReasonKind.REJECTED: (_("Not ready to buy"), _("Outside our profile"), _("Incomplete information")),
}  # fmt: skip


def found_sales(workspace: Workspace) -> None:
    """Give a workspace its first pipeline and its reasons, unless it has some."""
    if not Pipeline.objects.exists():
        pipeline = Pipeline.objects.create(name=gettext("Sales"))
        Stage.objects.bulk_create(
            Stage(pipeline=pipeline, name=gettext(name), position=position, probability=chance, max_days=days)
            for position, (name, chance, days) in enumerate(_BY_KIND.get(workspace.kind, _SALES), 1)
        )
    if not Reason.objects.exists():
        Reason.objects.bulk_create(
            Reason(kind=kind, name=gettext(name), position=position)
            for kind, names in _REASONS.items()
            for position, name in enumerate(names, 1)
        )
