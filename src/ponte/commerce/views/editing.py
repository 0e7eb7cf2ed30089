"""The order editor: a form and a table of lines, read together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.forms import ChoiceField
from django.utils import timezone

from ponte.commerce.forms.document import BLANK_LINES, DocumentEditor
from ponte.commerce.forms.lines import LineTable
from ponte.commerce.forms.order import ORDER_LINES, OrderForm, initial_of
from ponte.commerce.models import Order, OrderLine, OrderStatus
from ponte.commerce.selectors.line_memory import price_notes
from ponte.commerce.selectors.prices import Prices
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access
from ponte.workplace.custom_fields.inputs import add_inputs


class Editor(DocumentEditor):
    """What the page of the editor holds, for a new order or an existing one."""

    form: OrderForm

    def __init__(
        self,
        request: WorkspaceRequest,
        *,
        order: Order | None = None,
        rows: Sequence[OrderLine] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(request, order.party if order else None)
        self.order = order
        self.form = OrderForm(
            request.POST if request.method == "POST" else None,
            initial=initial_of(order) if order else initial,
            label_of=self._party_label,
            locked=field_access(request.member, "order").readonly,
        )
        add_inputs(self.form, "order", request.member, stored=order.custom if order else None)
        status = self.form.fields["status"]
        if order is not None and order.status != "draft" and isinstance(status, ChoiceField):
            status.choices = [choice for choice in OrderStatus.choices if choice[0] != "draft"]
        blank = [{"quantity": 1}] * BLANK_LINES if order is None else []
        self.table = LineTable(request, ORDER_LINES, rows, blank=blank, notes=_notes(order, rows))


def _notes(order: Order | None, rows: Sequence[OrderLine]) -> dict[str, str]:
    if order is None:
        return {}
    pricing = partial(
        Prices, party_id=order.party_id, day=timezone.localdate(), currency=order.currency, rate=order.rate
    )
    return price_notes(rows, pricing, order.currency)
