"""The list of contracts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.core.models import Member
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractKind, ContractStatus, Renewal
from ponte.sales.selectors.contracts import IN_FORCE, OVERDUE, STATUS_TONES, STATUSES, shown_status
from ponte.sales.tables.contract_acts import CONTRACT_ACTS, CONTRACT_FIELDS
from ponte.sales.tables.documents import (
    BY_CHANGE,
    BY_CREATION,
    COMMON,
    CREATED,
    CREATED_COLUMN,
    CUSTOMER,
    first_columns,
    owner_column,
    owner_filter,
)
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    COMING,
    ChoiceFilter,
    Column,
    DateFilter,
    Day,
    Empty,
    EmptyAction,
    ListPage,
    Money,
    NumberFilter,
    Sort,
    Text,
    register_list,
    row_address,
)
from ponte.workplace.visibility import who_may

NEW_CONTRACT = EmptyAction(
    _("New contract"), "sales:contract_new", "plus", visible=who_may("contract", "create")
)


def listed_contracts(member: Member) -> QuerySet[Contract]:
    """Return the contracts the member may see, without the long texts no list shows."""
    return visible_contracts(member).defer("body", "effects", "close_reason")


def _charged(contract: Any) -> str:
    return str(Billing(contract.billing).label)


def _kind(contract: Any) -> str:
    return str(ContractKind(contract.kind).label)


def _renewal(contract: Any) -> str:
    return str(Renewal(contract.renewal).label)


def _by_status(rows: QuerySet[Any], values: list[str], member: Member) -> QuerySet[Any]:
    """By what people see: *signed* and *out* leave out what has passed into another state by its dates."""
    today = timezone.localdate()
    signed, out = Q(status=ContractStatus.SIGNED), Q(status=ContractStatus.OUT)
    began = Q(starts_on=None) | Q(starts_on__lte=today)
    over, late = Q(ends_on__lt=today), Q(sign_until__lt=today)
    by_dates = {
        str(ContractStatus.SIGNED): signed & ~began & ~over,
        IN_FORCE: signed & began & (Q(ends_on=None) | Q(ends_on__gte=today)),
        str(ContractStatus.ENDED): Q(status=ContractStatus.ENDED) | (signed & over),
        str(ContractStatus.OUT): out & (Q(sign_until=None) | Q(sign_until__gte=today)),
        OVERDUE: out & late,
    }
    kept = Q(status__in=[one for one in values if one not in by_dates])
    for one in values:
        kept |= by_dates.get(one, Q(pk=None))
    return rows.filter(kept)


CONTRACTS = register_list(
    ListPage(
        key="contracts",
        more=(more_of("contract"),),
        object="contract",
        scope="quotes",
        title=_("Contracts"),
        url_name="sales:contracts",
        icon="file-check",
        plural=_("contracts"),
        columns=(
            *first_columns(_("Contract"), shown_status, labels=STATUSES, tones=STATUS_TONES),
            Column("amount", _("Value"), Money("amount", currency="currency"), sort="worth", phone=True),
            Column("billing", _("Charged"), Text(_charged)),
            Column("starts_on", _("Start of the term"), Day("starts_on"), shown=False),
            Column("ends_on", _("End of the term"), Day("ends_on"), sort="ends"),
            Column("renewal", _("At the end"), Text(_renewal), shown=False),
            Column("readjust_on", _("Next readjustment"), Day("readjust_on"), shown=False),
            Column("kind", _("Kind"), Text(_kind), shown=False),
            owner_column(_("Person in charge")),
            Column("signed_at", _("Signed at"), Day("signed_at"), shown=False),
            CREATED_COLUMN,
        ),
        sorts=(
            BY_CREATION,
            Sort("worth", _("Value"), ("amount",), descending=True),
            Sort("ends", _("End of the term"), ("ends_on",)),
            BY_CHANGE,
        ),
        filters=(
            CUSTOMER,
            ChoiceFilter("status", _("Status"), "", choices=STATUSES, by=_by_status),
            ChoiceFilter("kind", _("Kind"), "kind", choices=ContractKind.choices),
            ChoiceFilter("renewal", _("At the end"), "renewal", choices=Renewal.choices),
            DateFilter("ends", _("End of the term"), "ends_on", moments=False, periods=COMING),
            DateFilter("readjust", _("Next readjustment"), "readjust_on", moments=False, periods=COMING),
            CREATED,
            owner_filter(_("Person in charge")),
            NumberFilter("worth", _("Value"), "amount", places=2),
        ),
        queryset=listed_contracts,
        condition="contract",
        row_url=row_address("sales:contract"),
        panel_url=row_address("sales:contract"),
        **COMMON,
        editables=CONTRACT_FIELDS,
        bulk_actions=CONTRACT_ACTS,
        create=NEW_CONTRACT,
        empty=Empty(
            _("No contracts yet"),
            _(
                "A contract is written from a template, approved, and signed by each side on its own page. Ends and readjustments are announced in time."
            ),
            "file-check",
            (NEW_CONTRACT,),
        ),
    )
)
