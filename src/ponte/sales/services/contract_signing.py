"""What signers say about a contract: signed or declined. Each word is kept with its evidence and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractDeclined, ContractSigned, ContractSignerSigned
from ponte.sales.contract_data import SigningData
from ponte.sales.documents.content import sha256
from ponte.sales.documents.contract_printing import contract_pdf
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus, SignatureWay
from ponte.sales.models.document import SealedDocument, Signature
from ponte.sales.models.quote_choices import AnswerKind
from ponte.sales.services.contract_effects import apply_effects
from ponte.sales.services.contracts import audit_contract, lock_contract, save_contract
from ponte.sales.services.evidence import evidence_row, read_reason, read_signer
from ponte.sales.services.provider_sending import take_back

AGREEMENT = _("I have read this contract and sign it electronically.")


@transaction.atomic
def sign_contract(*, actor: Actor, signer_id: UUID, data: SigningData) -> Signature:
    """Sign the edition that is out as one of its signers; with the last one's, the contract stands.

    Signing a second time, be it at the same moment, answers with the first signature and changes nothing.

    Raises:
        Missing: no such signer. Invalid: name, CPF or agreement are missing or another's, or it can't be signed (any more).
    """
    contract, signer = lock_for_signer(signer_id)
    document = _document(contract)
    if signer.signed_at is not None and document is not None:
        return Signature.objects.get(document=document, signer=signer)
    document = check_signable(contract, signer, document)
    check_own_page(contract)
    untold = _("Tick that you sign the contract.")
    name, cpf = read_signer(data.name, data.cpf, agreed=data.agreed, untold=untold)
    if signer.cpf and signer.cpf != cpf:
        raise Invalid.on(
            "cpf", "other", _("This isn't the CPF this contract names for you. Check the digits.")
        )
    said = {
        "name": name,
        "cpf": cpf,
        "agreement": str(AGREEMENT),
        "signer": str(signer.id),
        "email": signer.email,
    }
    return keep_signature(actor, contract, document, signer, said=said, seen=data.evidence)


@transaction.atomic
def decline_contract(
    *,
    actor: Actor,
    signer_id: UUID,
    reason: str,
    evidence: Mapping[str, Any] | None = None,
    way: SignatureWay = SignatureWay.PAGE,
) -> Signature:
    """Decline to sign, saying why; nobody can sign this edition any more. Repeating it changes nothing.

    What the signature service has is taken back there: the other signers can't sign it there either.

    Args:
        way: where it was declined, which is where its signatures are gathered.

    Raises:
        Missing: no such signer. Invalid: no reason, they signed already, it isn't out (any more), it is signed elsewhere.
    """
    contract, signer = lock_for_signer(signer_id)
    document = _document(contract)
    if signer.declined_at is not None and document is not None:
        return Signature.objects.get(document=document, signer=signer)
    document = check_signable(contract, signer, document, even_late=True)
    if way == SignatureWay.PAGE:
        check_own_page(contract)
    reason = read_reason(reason)
    said = {"reason": reason, "signer": str(signer.id), "email": signer.email}
    row = evidence_row(actor, document, AnswerKind.DECLINED, said, evidence or {})
    answer = Signature.objects.create(**row, signer=signer, name=signer.name, reason=reason)
    now = timezone.now()
    ContractSigner.objects.filter(id=signer.id).update(declined_at=now)
    contract.status, contract.closed_at, contract.close_reason = ContractStatus.DECLINED, now, reason
    save_contract(contract)
    take_back(contract)
    _audit(actor, "contract.declined", contract, answer)
    declined = ContractDeclined(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        signer_id=str(signer.id),
        edition=contract.edition,
        reason=reason,
    )
    publish(declined, actor=actor)
    return answer


def keep_signature(
    actor: Actor,
    contract: Contract,
    document: SealedDocument,
    signer: ContractSigner,
    *,
    said: Mapping[str, Any],
    seen: Mapping[str, Any],
) -> Signature:
    """Keep a signature on a locked contract and, when it was the last one, complete it. Part of the caller's act."""
    row = evidence_row(actor, document, AnswerKind.SIGNED, said, seen)
    signature = Signature.objects.create(**row, signer=signer, name=said["name"], cpf=said.get("cpf", ""))
    ContractSigner.objects.filter(id=signer.id).update(signed_at=timezone.now())
    _audit(actor, "contract.signer_signed", contract, signature)
    signed = ContractSignerSigned(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        signer_id=str(signer.id),
        edition=contract.edition,
    )
    publish(signed, actor=actor)
    if not contract.signers.filter(signed_at=None).exists():
        _complete(actor, contract, document)
    return signature


def lock_for_signer(signer_id: UUID) -> tuple[Contract, ContractSigner]:
    """Return a signer and their contract, locked; raise ``Missing``."""
    contract_id = ContractSigner.objects.filter(id=signer_id).values_list("contract_id", flat=True).first()
    if contract_id is None:
        raise Missing("signer")
    contract = lock_contract(contract_id)
    signer = contract.signers.filter(id=signer_id).first()
    if signer is None:
        raise Missing("signer")
    return contract, signer


def check_signable(
    contract: Contract, signer: ContractSigner, document: SealedDocument | None, *, even_late: bool = False
) -> SealedDocument:
    """Return the document that is out; raise ``Invalid`` unless the signer can answer it."""
    if contract.status in (ContractStatus.DRAFT, ContractStatus.APPROVAL, ContractStatus.APPROVED):
        raise Invalid.on(
            "", "revised", _("This contract is being changed. Wait for the new version, please.")
        )
    if contract.status != ContractStatus.OUT or document is None or signer.signed_at or signer.declined_at:
        raise Invalid.on("", "closed", _("This contract can't be signed any more."))
    if contract.sign_until and contract.sign_until < timezone.localdate() and not even_late:
        raise Invalid.on("", "expired", _("The time for signing is over. Ask for a new link."))
    return document


def check_own_page(contract: Contract) -> None:
    """Raise ``Invalid`` where the signature service gathers the signatures."""
    if contract.way == SignatureWay.PROVIDER:
        raise Invalid.on(
            "", "elsewhere", _("This contract is signed through the link you got from the signature service.")
        )


def _document(contract: Contract) -> SealedDocument | None:
    rows = contract.documents.filter(edition=contract.edition, stage=SealedDocument.Stage.SENT)
    return rows.first()


def _complete(actor: Actor, contract: Contract, document: SealedDocument) -> None:
    """Everybody signed: the file with the evidence is sealed, and what an addendum changes is changed."""
    now = timezone.now()
    contract.status, contract.signed_at = ContractStatus.SIGNED, now
    if contract.starts_on is None:
        contract.starts_on = timezone.localdate(now)
    save_contract(contract)
    signatures = document.signatures.filter(kind=AnswerKind.SIGNED).order_by("created_at", "id")
    proof = {
        "document_sha256": document.sha256,
        "pdf_sha256": document.pdf_sha256,
        "signatures": list(signatures.values("name", "cpf", "seal", "evidence")),
    }
    pdf = contract_pdf(json.loads(document.content), at=now, proof=proof)
    SealedDocument.objects.create(
        party_id=document.party_id,
        contract=contract,
        edition=document.edition,
        stage=SealedDocument.Stage.SIGNED,
        content=document.content,
        sha256=document.sha256,
        pdf=pdf,
        pdf_sha256=sha256(pdf),
    )
    changes = {"status": ("out", "signed"), "file_sha256": (None, sha256(pdf))}
    audit_contract(actor, "contract.signed", contract, changes)
    completed = ContractSigned(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        edition=contract.edition,
        amount=str(contract.amount),
        currency=contract.currency,
        starts_on=contract.starts_on.isoformat(),
        ends_on=contract.ends_on.isoformat() if contract.ends_on else "",
    )
    publish(completed, actor=actor)
    apply_effects(actor, contract)


def _audit(actor: Actor, act: str, contract: Contract, answer: Signature) -> None:
    changes = {
        "name": (None, answer.name),
        "cpf": (None, answer.cpf),
        "reason": (None, answer.reason),
        "seal": (None, answer.seal),
    }
    audit.record(
        actor=actor, act=act, target=contract, subject_id=contract.party_id,
        personal={"name", "cpf", "reason"}, changes={name: pair for name, pair in changes.items() if pair[1]},
    )  # fmt: skip
