"""Changing a signed contract: an addendum, a renewal, a readjustment. Each is a contract of its own, approved and signed as such."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ponte.commerce.line_words import quantity_text
from ponte.commerce.services.cleaning import MAX_MONEY
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.sales.contract_policies import check_contract
from ponte.sales.documents.contract_fields import index_name
from ponte.sales.documents.contract_text import composed
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractKind, ContractStatus
from ponte.sales.services.contract_fields import add_months
from ponte.sales.services.contract_signers import signer_data, signers_of
from ponte.sales.services.contracts import lock_contract, save_new_contract
from ponte.workplace.custom_fields.carrying import copied_row

MOST_ADDENDA = 100
MOST_PERCENT = Decimal(1000)
CLOSED = (ContractStatus.SIGNED, ContractStatus.DECLINED, ContractStatus.CANCELLED, ContractStatus.ENDED)


@transaction.atomic
def amend_contract(*, actor: Actor, contract_id: UUID, title: str = "") -> Contract:
    """Begin an addendum: its terms start as the contract's; those changed in it change the contract once it is signed.

    Raises:
        Missing, Denied: as everywhere. Invalid: the contract isn't signed, or has too many addenda.
    """
    parent = _parent(actor, contract_id)
    with translation.override(parent.language):
        body = composed(
            _preamble(), [(_("What changes"), _("Write here what changes."))], _closing(), language=parent.language
        )  # fmt: skip
    values = {"title": title.strip()[:160] or addendum_title(parent), "body": body}
    return _add(actor, parent, ContractKind.ADDENDUM, values)


@transaction.atomic
def renew_contract(*, actor: Actor, contract_id: UUID, ends_on: date | None = None) -> Contract:
    """Begin the renewal of a contract until ``ends_on`` (None: so many months after its end as the contract says).

    Raises:
        Missing, Denied: as everywhere. Invalid: it isn't signed, has no end, a day before its present end, one is under way.
    """
    parent = _parent(actor, contract_id)
    if parent.ends_on is None:
        raise Invalid.on("ends_on", "indefinite", gettext_lazy("A contract without an end isn't renewed."))
    _check_single(parent, ContractKind.RENEWAL)
    ends_on = ends_on or add_months(parent.ends_on, parent.renewal_months)
    if ends_on <= parent.ends_on:
        raise Invalid.on("ends_on", "order", gettext_lazy("Choose a day after its present end."))
    with translation.override(parent.language):
        clauses = [
            (pgettext("contract", "Term"), _("The term of the contract is prolonged until {{contract.ends_on}}.")),
            (_("Value"), _("The value is {{contract.amount}} ({{contract.amount_in_words}}), {{contract.charged}}.")),
        ]  # fmt: skip
        body = composed(_preamble(), clauses, _closing(), language=parent.language)
    values = {"ends_on": ends_on, "starts_on": parent.ends_on + timedelta(days=1), "body": body}
    return _add(actor, parent, ContractKind.RENEWAL, values)


@transaction.atomic
def readjust_contract(
    *, actor: Actor, contract_id: UUID, percentage: Decimal, on: date | None = None
) -> Contract:
    """Begin the readjustment of a contract's value by a percentage somebody read off its index.

    The new value is ``amount × (1 + percentage / 100)``, rounded half up to the cent; the next readjustment a year after ``on``.

    Args:
        percentage: such as 4.62; negative for an index that fell.
        on: from when (None: see ``day_of_readjustment``).

    Raises:
        Missing, Denied: as everywhere. Invalid: it isn't signed, a percentage out of range, a day after its end, one is under way.
    """
    parent = _parent(actor, contract_id)
    _check_single(parent, ContractKind.READJUSTMENT)
    if not percentage.is_finite() or not Decimal(-100) < percentage <= MOST_PERCENT or not percentage:
        raise Invalid.on(
            "percentage", "range", gettext_lazy("Give the percentage of the index, such as 4.62.")
        )
    amount = (parent.amount * (1 + percentage / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if amount > MAX_MONEY:
        raise Invalid.on("percentage", "range", gettext_lazy("The value is too large."))
    on = on or day_of_readjustment(parent)
    if parent.ends_on and on > parent.ends_on:
        raise Invalid.on("on", "range", gettext_lazy("The contract ends before that day. Renew it first."))
    with translation.override(parent.language):
        words = {"index": index_name(parent) or _("index agreed"), "percentage": quantity_text(percentage)}
        text = _(
            "The value of the contract, {{parent.amount}}, is readjusted by %(percentage)s%% (%(index)s) to "
            "{{contract.amount}} ({{contract.amount_in_words}}), {{contract.charged}}, from {{contract.starts_on}}."
        )
        body = composed(
            _preamble(), [(_("Readjustment"), text % words)], _closing(), language=parent.language
        )
    values = {"amount": amount, "starts_on": on, "readjust_on": add_months(on, 12), "body": body}
    return _add(actor, parent, ContractKind.READJUSTMENT, values)


def addendum_title(contract: Contract) -> str:
    """Return what the next addendum of a contract is called unless told otherwise: "Addendum 2 – Supply of coffee"."""
    number = contract.addenda.filter(kind=ContractKind.ADDENDUM, deleted_at=None).count() + 1
    with translation.override(contract.language):
        return (_("Addendum %(number)s") % {"number": number} + f" – {contract.title}")[:160]


def day_of_readjustment(contract: Contract) -> date:
    """Return from when a readjustment counts unless told otherwise: the day the contract says, where it still runs then; else today."""
    today, last = timezone.localdate(), contract.ends_on or date.max
    if contract.readjust_on and contract.readjust_on <= last:
        return contract.readjust_on
    return min(today, last)


def _parent(actor: Actor, contract_id: UUID) -> Contract:
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_contract(actor, "create")
    if contract.kind != ContractKind.CONTRACT:
        raise Invalid.on("kind", "addendum", gettext_lazy("Change the contract itself, not its addendum."))
    if contract.status != ContractStatus.SIGNED:
        raise Invalid.on(
            "status", "not_signed", gettext_lazy("Only a signed contract is changed by an addendum.")
        )
    if contract.addenda.filter(deleted_at=None).count() >= MOST_ADDENDA:
        raise Invalid.on("status", "too_many", gettext_lazy("A contract has at most 100 addenda."))
    return contract


def _check_single(parent: Contract, kind: ContractKind) -> None:
    """Two at once would each begin from the same terms: the second would undo the first."""
    open_one = parent.addenda.filter(kind=kind, deleted_at=None).exclude(status__in=CLOSED).first()
    if open_one is not None:
        message = _("One is under way already: %(number)s.") % {"number": open_one.number}
        raise Invalid.on("status", "under_way", message)


def _add(actor: Actor, parent: Contract, kind: ContractKind, values: dict[str, Any]) -> Contract:
    with translation.override(parent.language):
        title = f"{kind.label} · {parent.title}"[:160]
    terms = {
        name: getattr(parent, name)
        for name in ("ends_on", "currency", "amount", "billing", "price_index", "index_name", "readjust_on", "language")
    }  # fmt: skip
    addendum = Contract(
        **{"title": title, **terms, **values},
        kind=kind,
        parent=parent,
        party=parent.party,
        opportunity=parent.opportunity,
        quote=parent.quote,
        owner=parent.owner,
        is_demo=parent.is_demo,
    )
    signers = [signer_data(row) for row in signers_of(parent)]
    return save_new_contract(actor, addendum, signers, copied_row("contract", parent.custom))


def _preamble() -> str:
    return _(
        "{{business.name}} and {{customer.legal_name}} agree to change contract {{parent.number}}, “{{parent.title}}”, signed on "
        "{{parent.signed_on}}, as follows."
    )  # fmt: skip


def _closing() -> str:
    return _("Everything else stays as agreed. Signed electronically on {{today_in_words}}.")
