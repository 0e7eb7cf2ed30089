"""Rows of an import about records that are there already: looked at side by side, decided one by one or all at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.workplace.importing.targets import Policy, targets
from ponte.workplace.selectors.import_reviews import waiting_rows
from ponte.workplace.services.import_reviews import AT_ONCE, decide_rows, decisions_of
from ponte.workplace.services.imports import get_for

DECISIONS: dict[Policy, Promise] = {
    Policy.UPDATE: gettext_lazy("Update"),
    Policy.FILL: gettext_lazy("Fill gaps"),
    Policy.SKIP: gettext_lazy("Leave as it is"),
    Policy.CREATE: gettext_lazy("Make a new one"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires("import")
def review(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Show the rows that wait for a decision, and take decisions: ``decision`` for ``row``, or for all that wait."""
    run = get_for(request.actor, run_id)
    if request.method == "POST":
        row = request.POST.get("row", "")
        rows = [int(row)] if row.isascii() and row.isdigit() and len(row) < 16 else []
        every = request.POST.get("all") == "yes"
        try:
            count = decide_rows(
                run=run,
                actor=request.actor,
                decision=request.POST.get("decision", ""),
                rows=None if every else rows,
            )
        except Invalid as refusal:
            messages.error(request, str(refusal.problems[0].message))
            return redirect("workplace:import", run.id)
        _tell(request, count)
        run = get_for(request.actor, run_id)
        return redirect(
            "workplace:import_review" if run.asked and count <= AT_ONCE else "workplace:import", run.id
        )
    rows_shown = [] if run.is_busy else waiting_rows(run, request.actor, request.workspace)
    waiting = run.reviews.filter(outcome="", decision="").count()
    context = {
        "run": run,
        "target": targets.get(run.target),
        "rows": rows_shown,
        "waiting": waiting,
        "decisions": [(one.value, DECISIONS[one]) for one in decisions_of(run)],
    }
    return render(request, "workplace/imports/review.html", context)


def _tell(request: WorkspaceRequest, count: int) -> None:
    if count > AT_ONCE:
        messages.success(request, _("%(count)s rows are being written in the background.") % {"count": count})
    elif count:
        text = ngettext("%(count)s row decided.", "%(count)s rows decided.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Somebody decided this row already."))
