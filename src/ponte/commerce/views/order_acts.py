"""What is done to an order besides editing: status, payments, returns, bin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.commerce.data import PaymentData
from ponte.commerce.forms.acts import PaymentForm, ReturnForm
from ponte.commerce.models import Order
from ponte.commerce.policies import get_visible_order, may_order
from ponte.commerce.services.order_state import change_status, delete_order, restore_order
from ponte.commerce.services.payments import record_payment, remove_payment
from ponte.commerce.services.returns import record_return, remove_return
from ponte.core.errors import Denied, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to, toast
from ponte.ui.layouts import frame_of


@require_POST
@requires("order", "edit")
def status(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    """Move an order to another status."""
    change_status(actor=request.actor, order_id=order_id, status=request.POST.get("status", ""))
    return _back(request, order_id)


@require_http_methods(["GET", "POST"])
@requires("order", "edit")
def pay(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    """Note a payment."""
    order = _editable(request, order_id)
    open_value = max(order.total - order.paid_total, Decimal(0))
    form = PaymentForm(
        _posted(request), initial={"value": open_value, "paid_at": timezone.now(), "instalments": 1}
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_payment(actor=request.actor, order_id=order.id, data=PaymentData(**form.cleaned_data))
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _back(request, order.id)
    return _form(request, form, order, _("Record payment"))


@require_POST
@requires("order", "edit")
def unpay(request: WorkspaceRequest, order_id: UUID, payment_id: UUID) -> HttpResponse:
    """Take back a payment noted by mistake."""
    remove_payment(actor=request.actor, order_id=order_id, payment_id=payment_id)
    return _back(request, order_id)


@require_http_methods(["GET", "POST"])
@requires("order", "edit")
def give_back(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    """Note what came back."""
    order = _editable(request, order_id)
    form = ReturnForm(_posted(request), order=order, initial={"returned_at": timezone.now()})
    if request.method == "POST" and form.is_valid():
        try:
            record_return(actor=request.actor, order_id=order.id, **form.details())
        except Invalid as refusal:
            form.show(refusal)
        else:
            return _back(request, order.id)
    return _form(request, form, order, _("Record return"))


@require_POST
@requires("order", "edit")
def ungive(request: WorkspaceRequest, order_id: UUID, return_id: UUID) -> HttpResponse:
    """Take back a return noted by mistake."""
    remove_return(actor=request.actor, order_id=order_id, return_id=return_id)
    return _back(request, order_id)


@require_POST
@requires("order", "delete")
def delete(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    """Put an order into the bin; the toast offers to undo."""
    delete_order(actor=request.actor, order_id=order_id)
    undo_url = reverse("commerce:order_restore", args=[order_id])
    if request.htmx:
        return toast(go_to(reverse("commerce:orders")), _("Order deleted"), undo_url=undo_url)
    return redirect("commerce:orders")


@require_POST
@requires("order", "delete")
def restore(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    """Take an order out of the bin."""
    restore_order(actor=request.actor, order_id=order_id)
    return _back(request, order_id)


def _posted(request: WorkspaceRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _editable(request: WorkspaceRequest, order_id: UUID) -> Order:
    order = get_visible_order(request.member, order_id)
    if not may_order(request.member, "edit", order):
        raise Denied("order", "edit")
    return order


def _form(request: WorkspaceRequest, form: forms.Form, order: Order, title: str) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "cancel_url": reverse("commerce:order", args=[order.id]),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _back(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    if request.htmx and frame_of(request) != "page":
        return go_to(reverse("commerce:order", args=[order_id]))
    return redirect("commerce:order", order_id)
