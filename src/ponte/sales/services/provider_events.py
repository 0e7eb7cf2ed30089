"""What the signature service tells: stored as it came, each message once, then read; in any order, as often as it likes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.crypto import open_secret
from ponte.core.errors import Missing
from ponte.core.jobs import enqueue
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.sales.adapters.clicksign.transport import Service
from ponte.sales.adapters.clicksign.webhooks import (
    CLOSED,
    REFUSED,
    SIGNED,
    Message,
    is_genuine,
    read_message,
    read_payload,
)
from ponte.sales.document_links import digest_of
from ponte.sales.documents.content import sha256
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus, SignatureWay
from ponte.sales.models.document import SealedDocument
from ponte.sales.models.signature_service import ProviderEvent, SignatureService
from ponte.sales.services.contract_signing import decline_contract, keep_signature, lock_for_signer
from ponte.sales.services.contracts import audit_contract
from ponte.sales.services.signature_services import active_service

READ_JOB, FILE_JOB = "sales.read_service_message", "sales.fetch_signed_file"
LABEL = "Signature service"


@transaction.atomic
def receive_message(*, token: str, raw: bytes, header: str) -> bool:
    """Store a message and have it read; False for one that isn't genuine or no message. A repeated one is stored once.

    Raises:
        Missing: no service calls this address.
    """
    row = SignatureService.objects.filter(hook_digest=digest_of(token)).first()
    if row is None:
        raise Missing("hook")
    if not is_genuine(raw, header, open_secret(bytes(row.sealed_secret))):
        return False
    payload = read_payload(raw)
    if payload is None:
        return False
    message = read_message(payload)
    event, is_new = ProviderEvent.objects.get_or_create(
        digest=sha256(raw),
        defaults={"name": message.name, "document_key": message.document_key, "payload": payload},
    )
    if is_new:
        enqueue(READ_JOB, event_id=str(event.id))
    return True


@transaction.atomic
def read_event(*, event_id: UUID) -> str:
    """Do what a stored message tells, once; return what came of it."""
    event = ProviderEvent.objects.select_for_update().filter(id=event_id).first()
    if event is None or event.read_at is not None:
        return "read"
    message = read_message(event.payload)
    contract = (
        Contract.objects.filter(provider_key=message.document_key).first() if message.document_key else None
    )
    outcome = "unknown_document" if contract is None else _follow(contract, message)
    event.contract, event.read_at, event.outcome = contract, timezone.now(), outcome
    event.save()
    return outcome


def fetch_signed_file(*, contract_id: UUID) -> bool:
    """Seal the file with the service's signatures beside ours, once; False while there is none."""
    with workspace_scope(named_workspace()):
        row, contract = active_service(), Contract.objects.filter(id=contract_id).first()
        if row is None or contract is None or not contract.provider_key:
            return False
        if contract.documents.filter(edition=contract.edition, stage=SealedDocument.Stage.PROVIDER).exists():
            return True
    data = Service(row).signed_file(document_key=contract.provider_key)
    if data is None:
        return False
    with workspace_scope(named_workspace()), transaction.atomic():
        return _seal_file(contract, data)


def _follow(contract: Contract, message: Message) -> str:
    if message.name in SIGNED:
        signer = contract.signers.filter(external_key=message.signer_key).exclude(external_key="").first()
        return "unknown_signer" if signer is None else _sign(signer, message)
    if message.name in REFUSED:
        signer = contract.signers.filter(external_key=message.signer_key).exclude(external_key="").first()
        return _refuse(signer or contract.signers.filter(signed_at=None).first(), message)
    if message.name in CLOSED:
        # it says that all have signed; single signatures may still be on their way, or lost
        done = [
            _sign(signer, message)
            for signer in contract.signers.filter(signed_at=None).order_by("position", "id")
        ]
        enqueue(FILE_JOB, contract_id=str(contract.id))
        return "closed" if all(one != "closed_before" for one in done) else "closed_before"
    return "noted"


def _sign(signer: ContractSigner, message: Message) -> str:
    contract, signer = lock_for_signer(signer.id)
    if signer.signed_at is not None:
        return "signed_before"
    document = contract.documents.filter(edition=contract.edition, stage=SealedDocument.Stage.SENT).first()
    if contract.status != ContractStatus.OUT or document is None:
        return "closed_before"
    said = {
        "name": signer.name, "cpf": message.cpf or signer.cpf, "signer": str(signer.id), "email": signer.email,
        "provider": LABEL, "provider_event": message.name, "provider_document": message.document_key,
        "provider_signer": message.signer_key, "provider_time": message.occurred_at,
    }  # fmt: skip
    keep_signature(
        Actor.system(LABEL), contract, document, signer, said=said, seen={"address": message.address}
    )
    return "signed"


def _refuse(signer: ContractSigner | None, message: Message) -> str:
    if signer is None:
        return "unknown_signer"
    contract, signer = lock_for_signer(signer.id)
    if contract.status != ContractStatus.OUT or signer.signed_at or signer.declined_at:
        return "closed_before"
    reason = message.reason or "—"
    evidence = {"provider": LABEL, "provider_document": message.document_key, "address": message.address}
    decline_contract(
        actor=Actor.system(LABEL), signer_id=signer.id, reason=reason, evidence=evidence, way=SignatureWay.PROVIDER
    )  # fmt: skip
    return "declined"


def _seal_file(contract: Contract, data: bytes) -> bool:
    sent = contract.documents.get(edition=contract.edition, stage=SealedDocument.Stage.SENT)
    kept, is_new = SealedDocument.objects.get_or_create(
        contract=contract,
        edition=contract.edition,
        stage=SealedDocument.Stage.PROVIDER,
        defaults={
            "party_id": contract.party_id, "content": sent.content, "sha256": sent.sha256, "pdf": data,
            "pdf_sha256": sha256(data),
        },
    )  # fmt: skip
    if is_new:
        audit_contract(
            Actor.for_job(FILE_JOB), "contract.file_kept", contract, {"file_sha256": (None, kept.pdf_sha256)}
        )
    return True
