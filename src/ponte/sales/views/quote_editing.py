"""The quote editor: a form and a table of lines, read together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ponte.commerce.forms.order import product_labels
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.directory.policies import visible_parties
from ponte.sales.forms.quote import QuoteForm, QuoteLineFormSet, initial_of, initial_of_line
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.policies import visible_opportunities
from ponte.sales.quote_data import QuoteLineData
from ponte.ui.forms.problems import field_named
from ponte.workplace.lists.cells import money_text

PREFIX = "lines"
BLANK_LINES = 2
MOST_OPPORTUNITIES = 50
_LINE_FIELD = re.compile(r"lines\.(\d+)\.(\w+)")
_FORM_NAMES = {
    "party_id": "party", "owner_id": "owner", "product_id": "product", "opportunity_id": "opportunity", "layout_id": "layout",
}  # fmt: skip


class QuoteEditor:
    """What the page of the editor holds, for a new quote or an existing one."""

    def __init__(
        self,
        request: WorkspaceRequest,
        *,
        quote: Quote | None = None,
        rows: Sequence[QuoteLine] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.request, self.quote = request, quote
        data = request.POST if request.method == "POST" else None
        started = initial_of(quote) if quote else (initial or {})
        self._products: dict[str, str] | None = None
        self._rows = rows
        party_id = _uuid(request.POST.get("party")) if data is not None else started.get("party")
        self.form = QuoteForm(
            data, initial=started, label_of=self._party_label, opportunities=self._opportunities(party_id)
        )
        lines = [initial_of_line(row) for row in rows]
        blank = [{"quantity": 1, "is_chosen": True}] * BLANK_LINES if not rows and data is None else []
        self.formset = QuoteLineFormSet(
            data,
            prefix=PREFIX,
            initial=[*lines, *blank],
            form_kwargs={"product_label": self._product_label, "symbol": self._symbol()},
        )
        self._numbers: list[int] = []

    @property
    def currency(self) -> str:
        """The currency amounts are shown in."""
        return (self.quote.currency if self.quote else "") or self.request.workspace.currency

    def is_valid(self) -> bool:
        """Check both parts, so that every mistake is shown at once."""
        return self.form.is_valid() & self.formset.is_valid()

    def lines(self, known: dict[Any, QuoteLineData] | None = None) -> list[QuoteLineData]:
        """Return the lines as entered."""
        lines, self._numbers = self.formset.lines(known or {})
        return lines

    def show(self, refusal: Invalid) -> None:
        """Put each problem beside the field it names, in the form or in its line."""
        for problem in refusal.problems:
            match = _LINE_FIELD.fullmatch(problem.field)
            form: Any = self._form_of_line(int(match[1])) if match else self.form
            name = match[2] if match else field_named(self.form, problem.field) or problem.field
            name = _FORM_NAMES.get(name, name)
            (form or self.form).add_error(
                name if form and name in form.fields else None, str(problem.message)
            )

    def _form_of_line(self, position: int) -> Any:
        return self.formset.forms[self._numbers[position]] if position < len(self._numbers) else None

    def _symbol(self) -> str:
        return re.sub(r"[\d.,\s\xa0]", "", money_text(0, self.currency)) or self.currency

    def _opportunities(self, party_id: Any) -> list[tuple[str, str]]:
        if party_id is None:
            return []
        rows = visible_opportunities(self.request.member).filter(party_id=party_id)
        found = rows.order_by("-opened_at", "-id").values_list("id", "title")[:MOST_OPPORTUNITIES]
        return [(str(pk), title) for pk, title in found]

    def _party_label(self, party_id: Any) -> str:
        if self.quote is not None and str(party_id) == str(self.quote.party_id):
            return self.quote.party.label
        key = _uuid(party_id)
        party = visible_parties(self.request.member).filter(id=key).first() if key else None
        return party.label if party else ""

    def _product_label(self, product_id: Any) -> str:
        if self._products is None:
            posted = [value for name, value in self.request.POST.items() if name.endswith("-product")]
            ids = {row.product_id for row in self._rows} | set(filter(None, map(_uuid, posted)))
            self._products = product_labels(ids - {None})
        return self._products.get(str(product_id), "")


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
