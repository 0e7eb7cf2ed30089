"""What conditions can ask of contracts, and of customers through them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.conditions.catalogue import Field, Relation, Subject, extend_subject, register_subject
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.conditions import parties
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractKind, ContractStatus, PriceIndex, Renewal

DATES, CUSTOMER, SALES = _("Dates"), _("Customer"), _("Sales")


def contracts(reader: Member | None) -> QuerySet[Contract]:
    """Return the contracts a reader may ask about; None is the system."""
    return Contract.objects.filter(deleted_at=None) if reader is None else visible_contracts(reader)


def _of_visible_customer(reader: Member | None) -> QuerySet[Contract]:
    """The customer is visible already: for who sees every contract there is nothing more to ask."""
    if reader is None or scope_of(reader, "contract", "view") is Scope.ALL:
        return Contract.objects.filter(deleted_at=None)
    return contracts(reader)


def _choices(kind: Any) -> Any:
    return [(key, label) for key, label in kind.choices if key]


FIELDS = (
    Field("title", _("Title"), "text", path="title"),
    Field("status", _("Status"), "choice", path="status", choices=ContractStatus.choices),
    Field("kind", _("Kind"), "choice", path="kind", choices=ContractKind.choices),
    Field("owner", _("Person in charge"), "member", path="owner_id"),
    Field("amount", _("Value"), "money", path="amount", unit="R$", places=2),
    Field("billing", _("Charged"), "choice", path="billing", choices=Billing.choices),
    Field("renewal", _("At the end"), "choice", path="renewal", choices=Renewal.choices),
    Field("price_index", _("Readjustment by"), "choice", path="price_index", choices=_choices(PriceIndex)),
    Field("starts", _("Start of the term"), "date", path="starts_on", section=DATES),
    Field("ends", _("End of the term"), "date", path="ends_on", section=DATES),
    Field("readjust", _("Next readjustment"), "date", path="readjust_on", section=DATES),
    Field("signed", _("Signed at"), "moment", path="signed_at", section=DATES),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id", section=CUSTOMER),
)  # fmt: skip


def register() -> None:
    """Make contracts known to conditions, alone and on customers."""
    register_subject(Subject("contract", _("Contracts"), Contract, "contract", contracts, FIELDS))
    for key in ("person", "company", "customer"):
        extend_subject(
            key,
            Relation("contracts", _("Contracts"), _("contracts"), "contract", _of_visible_customer, link="party_id", dated="signed",
                     any_words=_("has a contract"), none_words=_("has no contract"), section=SALES),
        )  # fmt: skip
