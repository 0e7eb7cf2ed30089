"""Screens of orders: one order, its editor, the panel of the 360° view."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ponte.commerce.data import OrderData
from ponte.commerce.models import Order, OrderStatus
from ponte.commerce.policies import get_visible_order, may_order, visible_orders
from ponte.commerce.revenue import DEFINITION, MARGIN_DEFINITION, TICKET_DEFINITION, counts
from ponte.commerce.selectors.orders import line_data, orders_of, with_details
from ponte.commerce.services.order_state import is_paid
from ponte.commerce.services.orders import create_order, update_order
from ponte.commerce.tables.orders import STATUS_TONES
from ponte.commerce.views.editing import Editor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access, may, requires
from ponte.core.services.audit import record_view
from ponte.directory.models import Party, PartyFacts
from ponte.directory.policies import get_party
from ponte.workplace.custom_fields.showing import sections_of

PANEL_ORDERS = 6


@require_GET
@requires("order", "view")
def detail(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    """Show one order, whole or in the side panel."""
    order = with_details(visible_orders(request.member)).filter(id=order_id).first()
    if order is None:
        raise Missing
    record_view(actor=request.actor, object_type="order", ids=[order.id], where="order")
    return render(request, "commerce/order.html", order_context(request, order))


def order_context(request: WorkspaceRequest, order: Order) -> dict[str, Any]:
    """Return what the page of an order shows."""
    access = field_access(request.member, "order")
    may_edit = may_order(request.member, "edit", order)
    dates = ("approved_at", "invoiced_at", "shipped_at", "delivered_at", "cancelled_at", "expected_at")
    return {
        "order": order,
        "custom_sections": sections_of(request.member, "order", order.custom),
        "custom_object": "order",
        "row_id": order.id,
        "tone": STATUS_TONES[OrderStatus(order.status)],
        "counts": counts(order.status),
        "is_paid": is_paid(order),
        "open_value": max(order.total - order.paid_total, 0),
        "dates": [
            (getattr(Order._meta.get_field(name), "verbose_name", name), getattr(order, name))
            for name in dates
        ],
        "statuses": [choice for choice in OrderStatus.choices if choice[0] not in (order.status, "draft")],
        "sees_margin": access.can_read("margin"),
        "sees_notes": access.can_read("notes"),
        "may_edit": may_edit,
        "may_return": may_edit and counts(order.status) and bool(order.lines.all()),
        "may_delete": may_order(request.member, "delete", order),
        "revenue_help": DEFINITION,
        "margin_help": MARGIN_DEFINITION,
    }


@require_GET
@requires("order", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show what a customer bought and is worth."""
    party = get_party(request.member, party_id)
    orders = list(orders_of(visible_orders(request.member), party.id)[: PANEL_ORDERS + 1])
    access = field_access(request.member, "order")
    context = {
        "party": party,
        "facts": PartyFacts.objects.filter(party_id=party.id).first(),
        "orders": [(order, STATUS_TONES[OrderStatus(order.status)]) for order in orders[:PANEL_ORDERS]],
        "has_more": len(orders) > PANEL_ORDERS,
        "sees_margin": access.can_read("margin"),
        "may_create": may(request.member, "order", "create"),
        "revenue_help": DEFINITION,
        "margin_help": MARGIN_DEFINITION,
        "ticket_help": TICKET_DEFINITION,
    }
    return render(request, "commerce/_orders_panel.html", context)


@require_http_methods(["GET", "POST"])
@requires("order", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Enter an order; ``?party=`` names the customer."""
    editor = Editor(request, initial={"party": _asked_party(request), "owner": request.member.id})
    if request.method == "POST" and editor.is_valid():
        try:
            order = create_order(
                actor=request.actor, data=OrderData(**editor.form.changes(), lines=editor.table.lines())
            )
        except Invalid as refusal:
            editor.show(refusal)
        else:
            return redirect("commerce:order", order.id)
    return _form(request, editor, _("New order"), reverse("commerce:orders"))


@require_http_methods(["GET", "POST"])
@requires("order", "edit")
def edit(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    """Change an order and its lines."""
    order = get_visible_order(request.member, order_id)
    if not may_order(request.member, "edit", order):
        raise Denied("order", "edit")
    rows = list(order.lines.select_related("product").order_by("position", "id"))
    editor = Editor(request, order=order, rows=rows)
    if request.method == "POST" and editor.is_valid():
        try:
            update_order(
                actor=request.actor,
                order_id=order.id,
                changes=editor.form.changes(),
                lines=editor.table.lines({row.id: line_data(row) for row in rows}),
                version=editor.form.cleaned_data["version"],
            )
        except Invalid as refusal:
            editor.show(refusal)
        else:
            return redirect("commerce:order", order.id)
    return _form(request, editor, _("Edit order %(number)s") % {"number": order.number}, _url(order))


def _form(request: WorkspaceRequest, editor: Editor, title: str, cancel_url: str) -> HttpResponse:
    context = {
        "title": title,
        "form": editor.form,
        "formset": editor.table.formset,
        "cancel_url": cancel_url,
        "currency": (editor.order.currency if editor.order else "") or request.workspace.currency,
        "offer_url": reverse("commerce:offer", args=[UUID(int=0)]),
    }
    return render(request, "commerce/order_form.html", context, status=422 if editor.form.is_bound else 200)


def _asked_party(request: WorkspaceRequest) -> UUID | None:
    try:
        party: Party = get_party(request.member, UUID(request.GET["party"]))
    except (KeyError, ValueError, Missing):
        return None
    return party.id


def _url(order: Order) -> str:
    return reverse("commerce:order", args=[order.id])
