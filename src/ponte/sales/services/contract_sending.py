"""Giving a contract to its signers: sealed as it is, a link for each; taken back, cancelled, ended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.events import publish
from ponte.events.sales_contracts import (
    ContractCancelled,
    ContractEnded,
    ContractReopened,
    ContractSent,
)
from ponte.sales.contract_policies import check_contract
from ponte.sales.documents.content import canonical, sha256
from ponte.sales.documents.contract_content import contract_content
from ponte.sales.documents.contract_printing import contract_pdf
from ponte.sales.models.approval import ApprovalState
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus, SignatureWay
from ponte.sales.models.document import PublicLink, SealedDocument
from ponte.sales.services.approval_holding import close_approvals
from ponte.sales.services.contract_approval import check_approved
from ponte.sales.services.contract_effects import effects_of
from ponte.sales.services.contract_links import make_signer_link, revoke_signer_links
from ponte.sales.services.contract_mail import mail_signer
from ponte.sales.services.contract_signers import signers_of
from ponte.sales.services.contracts import audit_contract, lock_contract, save_contract
from ponte.sales.services.evidence import read_reason
from ponte.sales.services.provider_sending import check_service, enqueue_hand_over, forget_document

SIGN_DAYS = 30
CLOSED = (
    ContractStatus.SIGNED,
    ContractStatus.CANCELLED,
    ContractStatus.ENDED,
)  # not to be cancelled any more
EMAIL, LINK, SERVICE = "email", "link", "service"


@dataclass(frozen=True)
class SentContract:
    """What sending made: the sealed document, a link for each signer, and who gets an e-mail."""

    document: SealedDocument
    links: list[tuple[ContractSigner, PublicLink]]
    mailed: list[ContractSigner]


@transaction.atomic
def send_contract(
    *,
    actor: Actor,
    contract_id: UUID,
    channel: str = LINK,
    message: str = "",
    base: str = "",
    sign_until: date | None = None,
    version: int | None = None,
) -> SentContract:
    """Seal an approved contract and open it to each of its signers by a link of their own.

    Args:
        channel: "email" sends each signer with an address their link; "link" leaves that to the caller; "service" has the
            signature service gather the signatures.
        message: words for the e-mail. base: address of the installation for the links, where it isn't set.
        sign_until: last day for signing; None: as the contract says, else in 30 days.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't approved or that ran out, its text changed by what it is filled in
        with, the last day is over.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    check_approved(contract)
    contract.sign_until = _last_day(sign_until or contract.sign_until)
    contract.effects = effects_of(contract)
    contract.way = SignatureWay.PROVIDER if channel == SERVICE else SignatureWay.PAGE
    signers = signers_of(contract)
    if channel == SERVICE:
        check_service(signers)
    now = timezone.now()
    document = _seal(actor, contract, signers, now)
    contract.status, contract.sent_at, contract.closed_at, contract.close_reason = (
        ContractStatus.OUT,
        now,
        None,
        "",
    )
    save_contract(contract)
    links = _open_to(contract, signers)
    mailed = []
    if channel == SERVICE:
        enqueue_hand_over(contract)
    if channel == EMAIL:
        mailed = [
            one for one, link in links if mail_signer(actor, contract, one, link, message=message, base=base)
        ]
    _announce_sent(actor, contract, document)
    return SentContract(document, links, mailed)


@transaction.atomic
def reopen_contract(*, actor: Actor, contract_id: UUID, version: int | None = None) -> Contract:
    """Take back a contract that is out or was declined, to write its next edition; the links end at once.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't out.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    if contract.status not in (ContractStatus.OUT, ContractStatus.DECLINED):
        raise Invalid.on("status", "closed", _("Only what is out or was declined can be taken back."))
    before, contract.status = contract.status, ContractStatus.DRAFT
    contract.edition += 1
    contract.closed_at, contract.close_reason = None, ""
    forget_document(contract)
    save_contract(contract)
    revoke_signer_links(contract)
    ContractSigner.objects.filter(contract=contract).update(signed_at=None, declined_at=None)
    changes = {"status": (str(before), "draft"), "edition": (contract.edition - 1, contract.edition)}
    audit_contract(actor, "contract.reopened", contract, changes)
    reopened = ContractReopened(
        contract_id=str(contract.id), party_id=str(contract.party_id), edition=contract.edition
    )
    publish(reopened, actor=actor)
    return contract


@transaction.atomic
def cancel_contract(*, actor: Actor, contract_id: UUID, reason: str, version: int | None = None) -> Contract:
    """Give up a contract that wasn't signed by all, saying why; its links end.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is signed or closed already, or no reason is given.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    if contract.status in CLOSED:
        raise Invalid.on("status", "closed", _("A signed contract is ended, not cancelled."))
    reason = read_reason(reason)
    close_approvals(actor, contract, ApprovalState.CANCELLED)
    before, contract.status = contract.status, ContractStatus.CANCELLED
    contract.closed_at, contract.close_reason = timezone.now(), reason
    forget_document(contract)
    save_contract(contract)
    revoke_signer_links(contract)
    audit_contract(
        actor,
        "contract.cancelled",
        contract,
        {"status": (str(before), "cancelled"), "reason": (None, reason)},
    )
    cancelled = ContractCancelled(
        contract_id=str(contract.id), party_id=str(contract.party_id), reason=reason
    )
    publish(cancelled, actor=actor)
    return contract


@transaction.atomic
def end_contract(
    *, actor: Actor, contract_id: UUID, reason: str, on: date | None = None, version: int | None = None
) -> Contract:
    """End a signed contract on a day (None: today), saying why.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't signed, a day before its start or to come, no reason.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    if contract.status != ContractStatus.SIGNED:
        raise Invalid.on("status", "not_signed", _("Only a signed contract can be ended."))
    today = timezone.localdate()
    on = on or today
    if on > today or (contract.starts_on and on < contract.starts_on):
        raise Invalid.on("on", "range", _("Choose a day between its start and today."))
    reason = read_reason(reason)
    before, contract.status = contract.ends_on, ContractStatus.ENDED
    contract.ends_on, contract.closed_at, contract.close_reason = on, timezone.now(), reason
    save_contract(contract)
    changes = {"status": ("signed", "ended"), "ends_on": (before, on), "reason": (None, reason)}
    audit_contract(actor, "contract.ended", contract, changes)
    ended = ContractEnded(
        contract_id=str(contract.id), party_id=str(contract.party_id), ended_on=on.isoformat(), reason=reason
    )
    publish(ended, actor=actor)
    return contract


def _open_to(contract: Contract, signers: list[ContractSigner]) -> list[tuple[ContractSigner, PublicLink]]:
    """Forget what signers did with earlier editions and give each a link of their own."""
    ContractSigner.objects.filter(contract=contract).update(
        signed_at=None, declined_at=None, first_viewed_at=None, last_viewed_at=None, views=0, mailed_at=None
    )
    revoke_signer_links(contract)
    return [(one, make_signer_link(contract, one)) for one in signers]


def _announce_sent(actor: Actor, contract: Contract, document: SealedDocument) -> None:
    changes = {
        "status": ("approved", "out"),
        "edition": (None, contract.edition),
        "sha256": (None, document.sha256),
    }
    audit_contract(actor, "contract.sent", contract, changes)
    sent = ContractSent(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        edition=contract.edition,
        amount=str(contract.amount),
        currency=contract.currency,
    )
    publish(sent, actor=actor)


def _last_day(day: date | None) -> date:
    today = timezone.localdate()
    last = day or today + timedelta(days=SIGN_DAYS)
    if last < today:
        raise Invalid.on("sign_until", "past", _("Choose a day from today on."))
    if last > today + timedelta(days=365):
        raise Invalid.on("sign_until", "range", _("Choose a day within a year."))
    return last


def _seal(actor: Actor, contract: Contract, signers: list[ContractSigner], now: datetime) -> SealedDocument:
    content = contract_content(contract, signers)
    text, pdf = canonical(content), contract_pdf(content, at=now)
    return SealedDocument.objects.create(
        party=contract.party,
        contract=contract,
        edition=contract.edition,
        content=text,
        sha256=sha256(text),
        pdf=pdf,
        pdf_sha256=sha256(pdf),
        member=actor.member,
    )


def content_of(document: SealedDocument) -> dict[str, object]:
    """Return what a sealed contract says."""
    return dict(json.loads(document.content))
