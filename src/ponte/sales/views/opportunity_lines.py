"""The editor of an opportunity's products."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ponte.commerce.models import Product
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.opportunity_people import DealLines, DealLinesBase, initial_of_line
from ponte.sales.services.opportunity_lines import set_lines
from ponte.sales.views.opportunities import editable_deal

PREFIX = "lines"
_LINE = re.compile(r"lines\.(\d+)\.(\w+)")
_NAMES = {"product_id": "product"}


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def lines(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Change the products of an opportunity; its value follows."""
    deal = editable_deal(request, opportunity_id)
    rows = list(deal.lines.order_by("position", "id"))
    data = request.POST if request.method == "POST" else None
    blank = [{"quantity": 1}] if not rows and data is None else []
    formset = DealLines(
        data,
        prefix=PREFIX,
        initial=[*(initial_of_line(row) for row in rows), *blank],
        form_kwargs={"product_label": _labels(request, [row.product_id for row in rows])},
    )
    problem = ""
    if data is not None and formset.is_valid():
        given, numbers = formset.lines()
        try:
            set_lines(actor=request.actor, opportunity_id=deal.id, lines=given, version=_version(request))
        except Invalid as refusal:
            problem = _show(formset, numbers, refusal)
        else:
            return redirect("sales:opportunity", deal.id)
    context = {
        "deal": deal,
        "formset": formset,
        "problem": problem,
        "currency": request.workspace.currency,
        "offer_url": reverse("commerce:offer", args=[UUID(int=0)]),
        "version": request.POST.get("version", deal.version),
    }
    return render(request, "sales/deals/lines.html", context, status=200 if data is None else 422)


def _version(request: WorkspaceRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _labels(request: WorkspaceRequest, known: list[Any]) -> Any:
    names: dict[str, str] = {}

    def label(product_id: Any) -> str:
        if not names:
            posted = [value for name, value in request.POST.items() if name.endswith("-product")]
            ids = {one for one in map(_uuid, [*known, *posted]) if one is not None}
            names.update({"": ""})
            names.update(
                (str(pk), name) for pk, name in Product.objects.filter(id__in=ids).values_list("id", "name")
            )
        return names.get(str(product_id), "")

    return label


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _show(formset: DealLinesBase, numbers: list[int], refusal: Invalid) -> str:
    """Put each problem beside its line; return those of none."""
    rest = []
    for problem in refusal.problems:
        match = _LINE.fullmatch(problem.field)
        if match and int(match[1]) < len(numbers):
            form = formset.forms[numbers[int(match[1])]]
            name = _NAMES.get(match[2], match[2])
            form.add_error(name if name in form.fields else None, str(problem.message))
        else:
            rest.append(str(problem.message))
    return " ".join(rest)
