"""The quote editor: a form and a table of lines, read together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils import timezone

from ponte.commerce.forms.document import BLANK_LINES, DocumentEditor
from ponte.commerce.forms.lines import LineTable, uuid_or_none
from ponte.commerce.selectors.line_memory import price_notes
from ponte.commerce.selectors.prices import Prices
from ponte.core.requests import WorkspaceRequest
from ponte.sales.forms.quote import QUOTE_LINES, QuoteForm, initial_of
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.policies import visible_opportunities
from ponte.workplace.custom_fields.inputs import add_inputs
from ponte.workplace.lists.cells import money_text

MOST_OPPORTUNITIES = 50


class QuoteEditor(DocumentEditor):
    """What the page of the editor holds, for a new quote or an existing one."""

    form: QuoteForm

    def __init__(
        self,
        request: WorkspaceRequest,
        *,
        quote: Quote | None = None,
        rows: Sequence[QuoteLine] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(request, quote.party if quote else None)
        self.quote = quote
        data = request.POST if request.method == "POST" else None
        started = initial_of(quote) if quote else (initial or {})
        party_id = uuid_or_none(request.POST.get("party")) if data is not None else started.get("party")
        self.form = QuoteForm(
            data, initial=started, label_of=self._party_label, opportunities=self._opportunities(party_id)
        )
        add_inputs(self.form, "quote", request.member, stored=quote.custom if quote else None)
        blank = [{"quantity": 1, "is_chosen": True}] * BLANK_LINES
        notes = self._notes(rows)
        self.table = LineTable(request, QUOTE_LINES, rows, blank=blank, notes=notes, symbol=self._symbol())

    @property
    def currency(self) -> str:
        """The currency amounts are shown in."""
        return (self.quote.currency if self.quote else "") or self.request.workspace.currency

    def _notes(self, rows: Sequence[QuoteLine]) -> dict[str, str]:
        quote = self.quote
        if quote is None:
            return {}
        pricing = partial(
            Prices,
            party_id=quote.party_id,
            day=timezone.localdate(),
            currency=quote.currency,
            rate=quote.rate,
        )
        return price_notes(rows, pricing, quote.currency)

    def _symbol(self) -> str:
        return re.sub(r"[\d.,\s\xa0]", "", money_text(0, self.currency)) or self.currency

    def _opportunities(self, party_id: Any) -> list[tuple[str, str]]:
        if party_id is None:
            return []
        rows = visible_opportunities(self.request.member).filter(party_id=party_id)
        found = rows.order_by("-opened_at", "-id").values_list("id", "title")[:MOST_OPPORTUNITIES]
        return [(str(pk), title) for pk, title in found]
