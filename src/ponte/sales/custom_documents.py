"""Quotes and contracts have custom fields, changed whatever the state: they stand beside what was sent.

Those of quotes that are printed go into the edition being written: what was sent keeps the values of its day.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.sales.contract_policies import get_visible_contract, visible_contracts
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote
from ponte.sales.quote_policies import get_visible_quote, visible_quotes
from ponte.sales.services.contracts import update_contract
from ponte.sales.services.document_edits import note_contract_edits, note_quote_edits
from ponte.sales.services.quotes import update_quote
from ponte.workplace.custom_fields.records import OF_A_CUSTOMER, labels_by, record_object

contract_labels = labels_by("number", "sales:contract", visible=visible_contracts, all_of=Contract)
quote_labels = labels_by("number", "sales:quote", visible=visible_quotes, all_of=Quote)

QUOTE = record_object(
    key="quote",
    label=_("Quote"),
    plural=_("Quotes"),
    model=Quote,
    icon="file-invoice",
    order=46,
    get_visible=get_visible_quote,
    update=update_quote,
    note=note_quote_edits,
    is_printable=True,
    order_by=("created_at",),
    **OF_A_CUSTOMER,
)
CONTRACT = record_object(
    key="contract",
    label=_("Contract"),
    plural=_("Contracts"),
    model=Contract,
    icon="file-check",
    order=47,
    get_visible=get_visible_contract,
    update=update_contract,
    note=note_contract_edits,
    order_by=("created_at",),
    **OF_A_CUSTOMER,
)
