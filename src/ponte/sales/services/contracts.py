"""Writing contracts: what is agreed, before it goes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractChanged, ContractCreated
from ponte.sales.contract_data import ContractData
from ponte.sales.contract_policies import check_contract
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.contract_fields import contract_values
from ponte.sales.documents.contract_text import filled
from ponte.sales.models.contract import Contract, ContractVersion
from ponte.sales.models.contract_choices import ContractKind, ContractStatus
from ponte.sales.services.approval_holding import invalidate_approvals
from ponte.sales.services.contract_fields import FIELDS, PERSONAL, clean_contract
from ponte.sales.services.contract_signers import write_signers
from ponte.sales.services.contract_sources import (
    LANGUAGE,
    Sources,
    composed_body,
    default_signers,
    find_sources,
    started_custom,
    started_values,
)
from ponte.sales.services.document_edits import personal_names
from ponte.sales.services.document_numbers import CONTRACTS, next_document_number
from ponte.workplace.custom_fields.values import CustomRow, check_custom, refuse_bad

OPEN_STATES = (ContractStatus.DRAFT, ContractStatus.APPROVAL, ContractStatus.APPROVED)


def lock_contract(contract_id: UUID, *, deleted: bool = False) -> Contract:
    """Return a contract locked for change (from the bin with ``deleted``); raise ``Missing``."""
    rows = Contract.objects.select_for_update(of=("self",))
    rows = rows.select_related("party", "owner", "opportunity", "quote", "template", "parent")
    contract = rows.filter(id=contract_id, deleted_at__isnull=not deleted).first()
    if contract is None:
        raise Missing
    return contract


@transaction.atomic
def create_contract(*, actor: Actor, data: ContractData) -> Contract:
    """Begin a contract for a customer, from an opportunity or a quote.

    Raises:
        Denied: the role doesn't let them. Invalid: an unknown customer, opportunity, quote or template, values that can't be
        accepted.
    """
    check_contract(actor, "create")
    cleaner = Cleaner()
    sources = find_sources(cleaner, actor, data)
    if data.owner_id is None and actor.kind in {"member", "token"}:
        data = replace(data, owner_id=actor.member_id)
    template = sources.template
    body = composed_body(template, sources.opportunity) if data.body is None else data.body
    values = {name: getattr(data, name) for name in FIELDS} | started_values(sources, data) | {"body": body}
    kept = body if data.body is None else ""
    clean = clean_contract(cleaner, values, owner_before=None, member=actor.member, kept=kept)
    custom = check_custom("contract", started_custom(sources, data, actor), actor=actor)
    cleaner.problems += custom.problems
    cleaner.done()
    return _add(actor, data, sources, clean, custom)


def _add(
    actor: Actor, data: ContractData, sources: Sources, clean: dict[str, Any], custom: CustomRow
) -> Contract:
    template = sources.template if data.body is None else None
    contract = Contract(
        party=sources.party,
        opportunity=sources.opportunity,
        quote=sources.quote,
        template=template,
        template_edition=template.edition if template else None,
        language=data.language or (template.language if template else LANGUAGE),
        is_demo=data.is_demo,
        **clean,
    )
    owner = Member.objects.filter(id=contract.owner_id).first() if contract.owner_id else None
    signers = data.signers
    if signers is None:
        signers = default_signers(sources, owner.name if owner else "", owner.email if owner else "")
    return save_new_contract(actor, contract, signers, custom)


def save_new_contract(actor: Actor, contract: Contract, signers: Any, custom: CustomRow) -> Contract:
    """Number and save a contract or addendum with its signers and custom values. Part of the caller's act."""
    cleaner = Cleaner()
    contract.custom = custom.values
    contract.number = next_document_number(CONTRACTS)
    contract.save(force_insert=True)
    write_signers(cleaner, contract, signers)
    cleaner.done()
    keep_text(actor, contract)
    filled_in = {
        name: (None, getattr(contract, name)) for name in FIELDS if getattr(contract, name) not in (None, "")
    }
    audit_contract(actor, "contract.created", contract, {**filled_in, **custom.changes})
    created = ContractCreated(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        kind=contract.kind,
        parent_id=str(contract.parent_id or ""),
    )
    publish(created, actor=actor)
    return contract


@transaction.atomic
def update_contract(
    *, actor: Actor, contract_id: UUID, changes: dict[str, Any], version: int | None = None
) -> Contract:
    """Change the given fields (names of ``FIELDS``). What waits for approval or was approved goes back to a draft.

    "custom", with values by key, alone changes whatever the state and leaves that as it is: it isn't part of what is signed.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is out or signed, or values that can't be accepted.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    told = dict(changes)
    custom = check_custom(
        "contract", told.pop("custom", None), actor=actor, stored=contract.custom, record_id=contract.id
    )
    differences = _written(actor, contract, told, custom) if told or not custom.given else {}
    refuse_bad(custom)
    if custom.changes:
        contract.custom = custom.values
        if not differences:
            save_contract(contract)
            _tell_change(actor, contract, "contract.updated", custom.changes)
    if differences:
        change_contract(actor, contract, "contract.updated", differences | custom.changes)
        keep_text(actor, contract)
    return contract


def _written(actor: Actor, contract: Contract, changes: dict[str, Any], custom: CustomRow) -> dict[str, Any]:
    """Set checked values of ``FIELDS``; return what differs."""
    check_open(contract)
    before = {name: getattr(contract, name) for name in FIELDS}
    cleaner = Cleaner(problems=custom.problems)
    clean = clean_contract(
        cleaner,
        {**before, **changes},
        owner_before=contract.owner_id,
        member=actor.member,
        kept=contract.body,
    )
    cleaner.done()
    differences = audit.diff(before, clean)
    if differences:
        for name, value in clean.items():
            setattr(contract, name, value)
        contract.owner = Member.objects.filter(id=contract.owner_id).first() if contract.owner_id else None
    return differences


@transaction.atomic
def compose_contract(*, actor: Actor, contract_id: UUID, version: int | None = None) -> Contract:
    """Write a contract's text anew from its template as it is now.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is out or signed, or has no template.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    if contract.template is None:
        raise Invalid.on("template_id", "missing", _("This contract has no template."))
    body = composed_body(contract.template, contract.opportunity)
    made = update_contract(actor=actor, contract_id=contract_id, changes={"body": body}, version=version)
    Contract.objects.filter(id=made.id).update(template_edition=contract.template.edition)
    return made


def check_open(contract: Contract) -> None:
    """Raise ``Invalid`` unless the contract is being written."""
    if contract.status not in OPEN_STATES:
        raise Invalid.on(
            "status", "sent", _("What was sent to be signed never changes. Take it back to change it.")
        )


def change_contract(actor: Actor, contract: Contract, act: str, differences: dict[str, Any]) -> None:
    """Save a change of what is written: it is a draft again. Part of the caller's act."""
    if contract.status != ContractStatus.DRAFT:  # what changes is no longer what was asked about or approved
        invalidate_approvals(actor, contract, "")
        contract.status = ContractStatus.DRAFT
    save_contract(contract)
    _tell_change(actor, contract, act, differences)


def _tell_change(actor: Actor, contract: Contract, act: str, differences: dict[str, Any]) -> None:
    audit_contract(actor, act, contract, differences)
    changed = ContractChanged(
        contract_id=str(contract.id), party_id=str(contract.party_id), fields=sorted(differences)
    )
    publish(changed, actor=actor)


def save_contract(contract: Contract) -> None:
    """Save a locked contract as its next version. Part of the caller's act."""
    contract.version += 1
    contract.save()


def keep_text(actor: Actor, contract: Contract) -> None:
    """Keep the text as it reads now, where it reads differently from before. Part of the caller's act."""
    text = filled(contract.body, contract_values(contract, load_brand()))
    last = contract.texts.order_by("-number").values_list("text", flat=True).first()
    if text and text != last:
        number = (contract.texts.aggregate(last=Max("number"))["last"] or 0) + 1
        ContractVersion.objects.create(contract=contract, number=number, text=text, member=actor.member)


def audit_contract(actor: Actor, act: str, contract: Contract, changes: dict[str, tuple[Any, Any]]) -> None:
    """Write an act into the audit log; what is personal is sealed."""
    audit.record(
        actor=actor,
        act=act,
        target=contract,
        changes=changes,
        subject_id=contract.party_id,
        personal=personal_names(changes, PERSONAL),
    )


def is_own(contract: Contract) -> bool:
    """Tell whether it stands by itself rather than changing another one."""
    return contract.kind == ContractKind.CONTRACT
