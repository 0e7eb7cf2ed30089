"""Reminding those who haven't signed yet: by e-mail with their link, or by the signature service."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractReminded
from ponte.sales.contract_policies import check_contract
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus, SignatureWay
from ponte.sales.services.contract_links import links_of, make_signer_link
from ponte.sales.services.contract_mail import mail_signer
from ponte.sales.services.contract_signers import find_signer, signers_of
from ponte.sales.services.contracts import audit_contract, lock_contract
from ponte.sales.services.provider_sending import REMIND_JOB

REST = timedelta(hours=20)  # at most once a working day, whoever clicks


@transaction.atomic
def remind_signers(
    *, actor: Actor, contract_id: UUID, signer_id: UUID | None = None, message: str = "", base: str = ""
) -> list[ContractSigner]:
    """Write again to those who haven't signed, or to the one of ``signer_id``; return who is written to.

    Who has no address, doesn't want e-mails or was written to in the last 20 hours is left out.

    Args:
        message: words for the e-mail; a signature service takes none. base: address of the installation, where it isn't set.

    Raises:
        Missing, Denied: as everywhere; also a signer the contract hasn't. Invalid: it isn't out or the time for signing is over,
        they signed already, there is nobody to write to.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    chosen = _waiting(contract, signer_id)
    now = timezone.now()
    rested = [one for one in chosen if one.mailed_at is None or one.mailed_at < now - REST]
    if not rested:
        raise Invalid.on("signers", "too_soon", _("They were written to already. Wait until tomorrow."))
    told = _by_service(contract, rested, now) or _by_mail(actor, contract, rested, message, base)
    if not told:
        message_ = _("There is no address they can be written to at. Pass their links on yourself.")
        raise Invalid.on("signers", "no_address", message_)
    audit_contract(actor, "contract.reminded", contract, {"signers": (None, [one.name for one in told])})
    reminded = ContractReminded(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        signer_ids=[str(one.id) for one in told],
        edition=contract.edition,
    )
    publish(reminded, actor=actor)
    return told


def _waiting(contract: Contract, signer_id: UUID | None) -> list[ContractSigner]:
    signers = signers_of(contract)
    signer = find_signer(signers, signer_id) if signer_id else None
    if signer_id is not None and signer is None:
        raise Missing("signer")
    if contract.status != ContractStatus.OUT:
        raise Invalid.on("status", "not_out", _("Only signers of a contract that is out are reminded."))
    if contract.sign_until and contract.sign_until < timezone.localdate():
        raise Invalid.on(
            "status", "expired", _("The time for signing is over. Take it back and send it anew.")
        )
    waiting = [one for one in ([signer] if signer else signers) if one.signed_at is None]
    if not waiting:
        raise Invalid.on("signers", "signed", _("They signed already."))
    return waiting


def _by_service(contract: Contract, signers: list[ContractSigner], now: datetime) -> list[ContractSigner]:
    if contract.way != SignatureWay.PROVIDER:
        return []
    known = [one for one in signers if one.request_key]
    for signer in known:
        enqueue(REMIND_JOB, signer_id=str(signer.id), edition=contract.edition)
    ContractSigner.objects.filter(id__in=[one.id for one in known]).update(mailed_at=now)
    return known


def _by_mail(
    actor: Actor, contract: Contract, signers: list[ContractSigner], message: str, base: str
) -> list[ContractSigner]:
    if contract.way != SignatureWay.PAGE:
        return []
    links = links_of(contract)
    return [
        one
        for one in signers
        if mail_signer(
            actor, contract, one, links.get(one.id) or make_signer_link(contract, one),
            message=message, base=base, is_reminder=True,
        )
    ]  # fmt: skip
