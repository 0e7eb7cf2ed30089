"""Putting down what the customer answered elsewhere: by phone, e-mail, on paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.sales.forms.quote_recording import AcceptanceForm, RefusalForm
from ponte.sales.models.quote import QuoteLine
from ponte.sales.services.quote_recording import record_acceptance, record_refusal
from ponte.sales.views.quote_acts import editable, quote_url
from ponte.workplace.admin.answers import answer_form
from ponte.workplace.lists.cells import money_text


@require_http_methods(["GET", "POST"])
@requires("quote", "edit")
def accepted(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Put down that the customer accepted."""
    quote = editable(request, quote_id)
    options, chosen = _options(
        quote.lines.filter(is_optional=True).order_by("position", "id"), quote.currency
    )
    form = AcceptanceForm(
        request.POST or None,
        request.FILES or None,
        initial={"name": quote.party.label if quote.party.kind == "person" else ""},
        may_attach=may(request.member, "file", "create"),
        options=options,
        chosen=chosen,
        is_expired=quote.is_expired(timezone.localdate()),
    )

    def save(given: dict[str, Any]) -> None:
        record_acceptance(actor=request.actor, quote_id=quote.id, data=form.data_of(given))

    return answer_form(
        request, form, save, title=_("Record acceptance"), back=quote_url(quote.id), submit_label=_("Record acceptance"),
        intro=_("The opportunity is won and the order placed, as if the customer had accepted on the quote's page."),
        done=_("Accepted. The order is placed."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires("quote", "edit")
def declined(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Put down that the customer declined."""
    quote = editable(request, quote_id)
    form = RefusalForm(
        request.POST or None, request.FILES or None, may_attach=may(request.member, "file", "create")
    )

    def save(given: dict[str, Any]) -> None:
        record_refusal(actor=request.actor, quote_id=quote.id, data=form.data_of(given))

    return answer_form(
        request, form, save, title=_("Record refusal"), back=quote_url(quote.id), submit_label=_("Record refusal"),
        done=_("Recorded. A new edition can still follow."),
    )  # fmt: skip


def _options(lines: Iterable[QuoteLine], currency: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return what can be chosen, a bundle as one, and what the quote proposes of it."""
    options: dict[str, tuple[str, str]] = {}
    chosen = []
    for line in lines:
        key = line.bundle or str(line.id)
        if key in options:
            continue
        words = line.bundle or f"{line.description} · {money_text(line.total + line.tax, currency)}"
        options[key] = (str(line.id), words)
        if line.is_chosen:
            chosen.append(str(line.id))
    return list(options.values()), chosen
