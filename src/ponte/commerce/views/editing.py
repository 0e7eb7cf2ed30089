"""The order editor: a form and a table of lines, read together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.forms import ChoiceField

from ponte.commerce.data import LineData
from ponte.commerce.forms.order import (
    LineFormSet,
    OrderForm,
    initial_of,
    initial_of_line,
    product_labels,
)
from ponte.commerce.models import Order, OrderLine, OrderStatus
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access
from ponte.directory.policies import visible_parties
from ponte.ui.forms.problems import field_named
from ponte.workplace.custom_fields.inputs import add_inputs

PREFIX = "lines"
BLANK_LINES = 2
_LINE_FIELD = re.compile(r"lines\.(\d+)\.(\w+)")
_FORM_NAMES = {"party_id": "party", "owner_id": "owner", "product_id": "product"}


class Editor:
    """What the page of the editor holds, for a new order or an existing one."""

    def __init__(
        self,
        request: WorkspaceRequest,
        *,
        order: Order | None = None,
        rows: Sequence[OrderLine] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.request, self.order = request, order
        data = request.POST if request.method == "POST" else None
        self._products: dict[str, str] | None = None
        self._rows = rows
        access = field_access(request.member, "order")
        self.form = OrderForm(
            data,
            initial=initial_of(order) if order else initial,
            label_of=self._party_label,
            locked=access.readonly,
        )
        add_inputs(self.form, "order", request.member, stored=order.custom if order else None)
        status = self.form.fields["status"]
        if order is not None and order.status != "draft" and isinstance(status, ChoiceField):
            status.choices = [choice for choice in OrderStatus.choices if choice[0] != "draft"]
        lines = [initial_of_line(row) for row in rows]
        blank = [{"quantity": 1}] * BLANK_LINES if order is None and data is None else []
        self.formset = LineFormSet(
            data, prefix=PREFIX, initial=[*lines, *blank], form_kwargs={"product_label": self._product_label}
        )
        self._numbers: list[int] = []

    def is_valid(self) -> bool:
        """Check both parts, so that every mistake is shown at once."""
        return self.form.is_valid() & self.formset.is_valid()

    def changes(self) -> dict[str, Any]:
        """Return the order's own fields as entered."""
        return self.form.changes()

    def lines(self, known: dict[Any, LineData] | None = None) -> list[LineData]:
        """Return the lines as entered."""
        lines, self._numbers = self.formset.lines(known or {})
        return lines

    def form_of_line(self, position: int) -> Any:
        """Return the form a line given to the service came from."""
        return self.formset.forms[self._numbers[position]] if position < len(self._numbers) else None

    def _party_label(self, party_id: Any) -> str:
        if self.order is not None and str(party_id) == str(self.order.party_id):
            return self.order.party.label
        try:
            party = visible_parties(self.request.member).filter(id=UUID(str(party_id))).first()
        except ValueError:
            return ""
        return party.label if party else ""

    def _product_label(self, product_id: Any) -> str:
        if self._products is None:
            posted = [value for name, value in self.request.POST.items() if name.endswith("-product")]
            ids = {row.product_id for row in self._rows} | set(filter(None, map(_uuid, posted)))
            self._products = product_labels(ids - {None})
        return self._products.get(str(product_id), "")


def show_problems(editor: Editor, refusal: Invalid) -> None:
    """Put each problem beside the field it names, in the form or in its line."""
    for problem in refusal.problems:
        match = _LINE_FIELD.fullmatch(problem.field)
        form = editor.form_of_line(int(match[1])) if match else editor.form
        name = match[2] if match else field_named(editor.form, problem.field) or problem.field.split(".")[0]
        name = _FORM_NAMES.get(name, name)
        (form or editor.form).add_error(name if form and name in form.fields else None, str(problem.message))


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
