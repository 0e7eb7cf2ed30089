"""The list of contracts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.commerce.tables.orders import CustomerFilter, customers_named
from ponte.core.models import Member
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractKind, ContractStatus, Renewal
from ponte.sales.selectors.contracts import IN_FORCE, OVERDUE, STATUS_TONES, STATUSES, shown_status
from ponte.sales.tables.contract_acts import CONTRACT_ACTS, CONTRACT_FIELDS
from ponte.workplace.lists import (
    COMING,
    Badge,
    ChoiceFilter,
    Column,
    DateFilter,
    Day,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Money,
    NumberFilter,
    OwnerFilter,
    Person,
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


def search_contracts(contracts: QuerySet[Contract], text: str) -> QuerySet[Contract]:
    """Return the contracts whose number begins with ``text`` or whose customer's name has its words."""
    text = text.strip()
    return contracts.filter(Q(number__startswith=text) | Q(party_id__in=customers_named(text, contracts)))


def _customer(contract: Any) -> str:
    return str(contract.party.label)


def _title(contract: Any) -> str:
    return f"{contract.number} · {contract.title}"


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
        object="contract",
        title=_("Contracts"),
        url_name="sales:contracts",
        icon="file-check",
        plural=_("contracts"),
        columns=(
            Column("number", _("Contract"), Main(_title, second=_customer), needs=("party",)),
            Column("customer", _("Customer"), Text(_customer), needs=("party",)),
            Column(
                "status",
                _("Status"),
                Badge(shown_status, labels=dict(STATUSES), tones=STATUS_TONES),
                phone=True,
            ),
            Column("amount", _("Value"), Money("amount", currency="currency"), sort="worth", phone=True),
            Column("billing", _("Charged"), Text(_charged)),
            Column("starts_on", _("Start of the term"), Day("starts_on"), shown=False),
            Column("ends_on", _("End of the term"), Day("ends_on"), sort="ends"),
            Column("renewal", _("At the end"), Text(_renewal), shown=False),
            Column("readjust_on", _("Next readjustment"), Day("readjust_on"), shown=False),
            Column("kind", _("Kind"), Text(_kind), shown=False),
            Column("owner", _("Person in charge"), Person("owner__name"), needs=("owner",)),
            Column("signed_at", _("Signed at"), Day("signed_at"), shown=False),
            Column("created_at", _("Created"), Day("created_at"), sort="created", shown=False),
        ),
        sorts=(
            Sort("created", _("Created"), ("created_at",), descending=True),
            Sort("worth", _("Value"), ("amount",), descending=True),
            Sort("ends", _("End of the term"), ("ends_on",)),
            Sort("changed", _("Last change"), ("updated_at",), descending=True),
        ),
        default_sort="-created",
        filters=(
            CustomerFilter("customer", _("Customer"), "party_id"),
            ChoiceFilter("status", _("Status"), "", choices=STATUSES, by=_by_status),
            ChoiceFilter("kind", _("Kind"), "kind", choices=ContractKind.choices),
            ChoiceFilter("renewal", _("At the end"), "renewal", choices=Renewal.choices),
            DateFilter("ends", _("End of the term"), "ends_on", moments=False, periods=COMING),
            DateFilter("readjust", _("Next readjustment"), "readjust_on", moments=False, periods=COMING),
            DateFilter("created", _("Created"), "created_at"),
            OwnerFilter("owner", _("Person in charge"), path="owner", team_path="owner__team"),
            NumberFilter("worth", _("Value"), "amount", places=2),
        ),
        queryset=listed_contracts,
        row_url=row_address("sales:contract"),
        panel_url=row_address("sales:contract"),
        search=search_contracts,
        search_fields=frozenset({"number"}),
        search_placeholder=_("Number or customer…"),
        owner="owner",
        team="owner__team",
        personal=True,
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
