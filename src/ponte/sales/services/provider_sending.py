"""Handing a contract to the signature service, step by step; what was done is kept at once, so that a second run goes on from there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.services.notifications import notify
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.sales.adapters.clicksign.transport import Service, ServiceFailed
from ponte.sales.contract_notices import ANSWERED
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus, SignatureWay, SignerRole
from ponte.sales.models.document import SealedDocument
from ponte.sales.models.signature_service import SignatureService
from ponte.sales.services.contracts import audit_contract
from ponte.sales.services.signature_services import active_service

JOB = "sales.hand_to_service"
CANCEL_JOB = "sales.cancel_at_service"
REMIND_JOB = "sales.remind_at_service"
NOT_THERE = "rejected"  # the service's word for a document it doesn't know or has closed already
NOT_TAKEN = gettext_noop("The signature service didn't take contract %(number)s")
SEND_AGAIN = gettext_noop("Check its settings (%(code)s), take the contract back and send it again.")
NOT_REMINDED = gettext_noop("The signature service didn't remind who signs contract %(number)s")
NOT_TAKEN_BACK = gettext_noop("Contract %(number)s is still open at the signature service")
CHECK_SETTINGS = gettext_noop("Check the settings of the signature service (%(code)s).")
CANCEL_THERE = gettext_noop(
    "It couldn't be cancelled there (%(code)s). Cancel it in the service, and check the settings."
)
SIGN_AS = {
    SignerRole.CUSTOMER: "contractor", SignerRole.BUSINESS: "contractee", SignerRole.WITNESS: "witness",
    SignerRole.GUARANTOR: "surety",
}  # fmt: skip


def hand_over(*, contract_id: UUID, edition: int) -> bool:
    """Give one edition to the service: the file, its signers, word to each. True when all of it is done.

    Opens a transaction for each step; run again after a failure it leaves out what was done. Raises ``ServiceFailed`` where it is
    worth trying again; what isn't is told to whoever is in charge.
    """
    try:
        return _steps(contract_id, edition)
    except ServiceFailed as failure:
        if not failure.permanent:
            raise
        _tell(contract_id, failure, NOT_TAKEN, SEND_AGAIN)
        return False


def cancel_over(*, document_key: str, contract_id: UUID | None = None) -> None:
    """Take a document back at the service, also at one that is switched off; one it no longer knows is taken back already.

    Raises ``ServiceFailed`` where it is worth trying again; what isn't is told to whoever is in charge of the contract.
    """
    with workspace_scope(named_workspace()):
        row = SignatureService.objects.first()
    if row is None:
        return
    try:
        Service(row).cancel(document_key=document_key)
    except ServiceFailed as failure:
        if not failure.permanent:
            raise
        if failure.code != NOT_THERE and contract_id is not None:
            _tell(contract_id, failure, NOT_TAKEN_BACK, CANCEL_THERE)


def remind_over(*, signer_id: UUID, edition: int) -> None:
    """Have the service write again to a signer who hasn't signed this edition yet.

    Raises ``ServiceFailed`` where it is worth trying again; what isn't is told to whoever is in charge.
    """
    with workspace_scope(named_workspace()):
        signer = ContractSigner.objects.filter(id=signer_id, signed_at=None).exclude(request_key="").first()
        row, contract = active_service(), _out(signer.contract_id, edition) if signer else None
    if row is None or contract is None or signer is None:
        return
    try:
        Service(row).notify(request_key=signer.request_key, message=_words(contract, contract.title))
    except ServiceFailed as failure:
        if not failure.permanent:
            raise
        _tell(contract.id, failure, NOT_REMINDED, CHECK_SETTINGS)


def check_service(signers: Sequence[ContractSigner]) -> None:
    """Raise ``Invalid`` unless there is a service and it can write to every signer."""
    if active_service() is None:
        raise Invalid.on("channel", "no_service", _("No signature service is set up. Choose another way."))
    if missing := [one.name for one in signers if not one.email]:
        message = _("The service writes to signers: give the e-mail of %(names)s.") % {
            "names": ", ".join(missing)
        }
        raise Invalid.on("channel", "address", message)


def enqueue_hand_over(contract: Contract) -> None:
    """Have an edition handed over once the present act is done."""
    enqueue(JOB, contract_id=str(contract.id), edition=contract.edition)


def take_back(contract: Contract) -> None:
    """Have the service cancel what it has, once the present act is done. Part of the caller's act."""
    if contract.provider_key:
        enqueue(CANCEL_JOB, document_key=contract.provider_key, contract_id=str(contract.id))


def forget_document(contract: Contract) -> None:
    """Have the service take back what it has, and begin anew with the next edition. Part of the caller's act."""
    take_back(contract)
    contract.provider_key = ""
    ContractSigner.objects.filter(contract=contract).update(external_key="", request_key="", mailed_at=None)


def _steps(contract_id: UUID, edition: int) -> bool:
    with workspace_scope(named_workspace()):
        row, contract = active_service(), _out(contract_id, edition)
        if contract is None:
            return False
        if row is None:
            raise ServiceFailed("no_service", permanent=True)
        document = contract.documents.get(edition=edition, stage=SealedDocument.Stage.SENT)
        name, pdf = f"contrato-{contract.number}-{edition}", bytes(document.pdf)
        signers = list(contract.signers.order_by("position", "id"))
        title = json.loads(document.content)["title"]
    service, key = Service(row), contract.provider_key
    if not key:
        last = contract.sign_until or timezone.localdate()
        key = service.create_document(name=name, pdf=pdf, last_day=last)
        _keep(contract, provider_key=key)
    for signer in signers:
        _hand_signer(service, contract, signer, key, title=title)
    return True


def _hand_signer(
    service: Service, contract: Contract, signer: ContractSigner, key: str, *, title: str
) -> None:
    if not signer.external_key:
        signer.external_key = service.create_signer(name=signer.name, email=signer.email, cpf=signer.cpf)
        _keep_signer(signer, external_key=signer.external_key)
    if not signer.request_key:
        role = SIGN_AS[SignerRole(signer.role)]
        listed = service.add_signer(document_key=key, signer_key=signer.external_key, sign_as=role)
        signer.request_key = listed.request_key
        _keep_signer(signer, request_key=listed.request_key)
    if signer.mailed_at is None:
        service.notify(request_key=signer.request_key, message=_words(contract, title))
        _keep_signer(signer, mailed_at=timezone.now())


def _words(contract: Contract, title: str) -> str:
    with translation.override(contract.language):
        words = {"number": contract.number, "title": title}
        return _("Contract %(number)s (%(title)s) waits for your signature.") % words


def _out(contract_id: UUID, edition: int) -> Contract | None:
    rows = Contract.objects.filter(
        id=contract_id, edition=edition, status=ContractStatus.OUT, deleted_at=None
    )
    return rows.filter(way=SignatureWay.PROVIDER).select_related("party", "owner").first()


def _keep(contract: Contract, *, provider_key: str) -> None:
    with workspace_scope(named_workspace()), transaction.atomic():
        Contract.objects.filter(id=contract.id).update(provider_key=provider_key)
        changes = {"provider_key": (None, provider_key)}
        audit_contract(Actor.for_job(JOB), "contract.handed_over", contract, changes)


def _keep_signer(signer: ContractSigner, **values: object) -> None:
    with workspace_scope(named_workspace()):
        ContractSigner.objects.filter(id=signer.id).update(**values)


def _tell(contract_id: UUID, failure: ServiceFailed, title: str, body: str) -> None:
    with workspace_scope(named_workspace()):
        contract = Contract.objects.select_related("owner__role", "party").filter(id=contract_id).first()
        if contract is None or contract.owner is None:
            return
        with translation.override(contract.owner.language):
            told = {"number": contract.number, "code": failure.code}
            notify(
                member=contract.owner, kind=ANSWERED, title=_(title) % told, body=_(body) % told,
                url=f"/contracts/{contract.id}/",
            )  # fmt: skip
