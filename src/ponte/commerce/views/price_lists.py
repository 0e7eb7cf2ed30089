"""Settings: price lists, their prices, and bringing them from a spreadsheet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.commerce.forms.lines import product_labels
from ponte.commerce.forms.prices import BringForm, ItemFormSet, PriceListForm
from ponte.commerce.models import PriceList, PriceListItem
from ponte.commerce.selectors.prices import SUBJECT
from ponte.commerce.services.price_items import ItemData, bring_price_items, set_price_items
from ponte.commerce.services.price_lists import (
    PriceListData,
    delete_price_list,
    move_price_lists,
    save_price_list,
)
from ponte.conditions.building.embedding import Unbuilt, builder_context, read_built
from ponte.conditions.explaining import explain
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_form

BACK, PREFIX = "commerce:price_lists", "items"
A_PAGE, BLANK = 50, 3


@require_safe
@requires("products")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Show the lists in the order they are asked in."""
    rows = PriceList.objects.annotate(prices=Count("items")).order_by("position", "id")
    context = {"rows": [{"row": row, "words": words_of(row)} for row in rows]}
    return render(request, "commerce/prices/lists.html", context)


def words_of(row: PriceList) -> str | None:
    """Return for whom a list is, in words; "" for everybody, None where its condition no longer works."""
    if not row.where:
        return ""
    try:
        return explain(read_condition({"v": 1, "where": row.where}, subject=SUBJECT, reader=None))
    except Invalid:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@requires("products")
def edit(request: WorkspaceRequest, price_list_id: UUID | None = None) -> HttpResponse:
    """Make a list, or change its own fields."""
    row = _row(price_list_id) if price_list_id else None
    names = ("name", "currency", "valid_from", "valid_until", "is_active", "version")
    initial = {name: getattr(row, name) for name in names} if row else {"is_active": True}
    context: dict[str, Any] = {"row": row}
    if request.method != "POST":
        built = builder_context(SUBJECT, request.member, row.where if row else None)
        return render(
            request, "commerce/prices/form.html", context | built | {"form": PriceListForm(initial=initial)}
        )
    form, where, unbuilt = PriceListForm(request.POST), {}, None
    try:
        made = read_built(request.POST, subject=SUBJECT, member=request.member)
        where = dict(made.raw["where"]) if made else {}
    except Unbuilt as refusal:
        unbuilt = refusal
    if form.is_valid() and unbuilt is None:
        given = dict(form.cleaned_data)
        version = given.pop("version")
        try:
            saved = save_price_list(
                actor=request.actor,
                data=PriceListData(**given, where=where),
                price_list_id=price_list_id,
                version=version,
            )
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect("commerce:price_list", saved.id)
    context |= {"form": form} | builder_context(SUBJECT, request.member, where or None, unbuilt=unbuilt)
    return render(request, "commerce/prices/form.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("products")
def items(request: WorkspaceRequest, price_list_id: UUID) -> HttpResponse:
    """Show a page of a list's prices, to be changed where they stand."""
    row = _row(price_list_id)
    page = _page(request)
    found = PriceListItem.objects.filter(price_list=row).select_related("product")
    found = found.order_by("product__sort_name", "product_id", "min_quantity")
    shown = list(found[page * A_PAGE : (page + 1) * A_PAGE + 1])
    data = request.POST if request.method == "POST" else None
    initial = [
        {"id": one.id, "product": one.product_id, "min_quantity": one.min_quantity, "price": one.price}
        for one in shown[:A_PAGE]
    ]
    formset = ItemFormSet(
        data, prefix=PREFIX, initial=[*initial, *([{"min_quantity": 1}] * BLANK if data is None else [])],
        form_kwargs={"product_label": _labels(request, shown)},
    )  # fmt: skip
    if data is not None and formset.is_valid() and _save(request, row, formset):
        return redirect(f"{reverse('commerce:price_list', args=[row.id])}?page={page}")
    context = {
        "row": row,
        "words": words_of(row),
        "formset": formset,
        "page": page,
        "before": page - 1 if page else None,
        "after": page + 1 if len(shown) > A_PAGE else None,
        "has_prices": bool(shown),
    }
    return render(request, "commerce/prices/items.html", context, status=200 if data is None else 422)


def _save(request: WorkspaceRequest, row: PriceList, formset: Any) -> bool:
    forms = [form for form in formset.forms if not form.is_blank()]
    kept = [form for form in forms if not form.cleaned_data.get("DELETE")]
    remove = [one.cleaned_data["id"] for one in forms if one not in kept and one.cleaned_data["id"]]
    given = [
        ItemData(
            id=told["id"],
            product_id=UUID(str(told["product"])) if told["product"] else None,
            min_quantity=told["min_quantity"] if told["min_quantity"] is not None else Decimal(1),
            price=told["price"],
        )
        for told in (form.cleaned_data for form in kept)
    ]
    try:
        set_price_items(actor=request.actor, price_list_id=row.id, items=given, remove=remove)
    except Invalid as refusal:
        for problem in refusal.problems:
            _part, number, name = [*problem.field.split("."), "", ""][:3]
            form = kept[int(number)] if number.isdigit() else forms[0]
            name = "product" if name == "product_id" else name
            form.add_error(name if name in form.fields else None, str(problem.message))
        return False
    return True


@require_http_methods(["GET", "POST"])
@requires("products")
def bring(request: WorkspaceRequest, price_list_id: UUID) -> HttpResponse:
    """Bring prices from a spreadsheet."""
    row = _row(price_list_id)
    form = BringForm(request.POST or None, request.FILES or None)
    count = 0

    def save(given: dict[str, Any]) -> None:
        nonlocal count
        count = bring_price_items(
            actor=request.actor, price_list_id=row.id, text=given["text"], replace=given["replace"]
        )

    return answer_form(
        request, form, save, title=_("Bring prices"), back=reverse("commerce:price_list", args=[row.id]),
        done=_Counted(lambda: ngettext("%(n)s price written.", "%(n)s prices written.", count) % {"n": count}),
    )  # fmt: skip


class _Counted:
    """Words that are known once the form was saved."""

    def __init__(self, words: Any) -> None:
        self._words = words

    def __str__(self) -> str:
        return str(self._words())


@require_POST
@requires("products")
def delete(request: WorkspaceRequest, price_list_id: UUID) -> HttpResponse:
    """Delete a list."""
    return answer_act(
        request,
        lambda: delete_price_list(actor=request.actor, price_list_id=price_list_id),
        done=_("Deleted."),
        back=reverse(BACK),
        leave=True,
    )


@require_POST
@requires("products")
def order(request: WorkspaceRequest) -> HttpResponse:
    """Put the lists into the order they were dragged to."""
    move_price_lists(
        actor=request.actor, ids=[one for one in map(_uuid, request.POST.getlist("order")) if one]
    )
    return HttpResponse(status=204)


def _row(price_list_id: UUID) -> PriceList:
    row = PriceList.objects.filter(id=price_list_id).first()
    if row is None:
        raise Missing("price_list")
    return row


def _page(request: WorkspaceRequest) -> int:
    text = request.GET.get("page", "")
    return min(int(text), 400) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _labels(request: WorkspaceRequest, shown: list[PriceListItem]) -> Any:
    names = {str(one.product_id): one.product.name for one in shown}
    posted = {
        found
        for name, value in request.POST.items()
        if name.endswith("-product") and (found := _uuid(str(value)))
    }
    names |= product_labels(posted) if posted else {}
    return lambda product_id: names.get(str(product_id), "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
