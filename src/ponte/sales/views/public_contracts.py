"""A contract as one of its signers sees it: read, sign or decline. Only POST changes anything."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.actors import Actor
from ponte.core.brazil.documents import format_cnpj
from ponte.core.errors import Missing
from ponte.core.tenancy.models import Workspace
from ponte.sales.contract_data import SigningData
from ponte.sales.documents.contract_printing import heading_of
from ponte.sales.documents.contract_text import blocks_of
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus, SignatureWay
from ponte.sales.models.document import PublicLink, SealedDocument
from ponte.sales.services.contract_links import find_signer_link, note_signer_look
from ponte.sales.services.contract_signing import AGREEMENT, decline_contract, sign_contract
from ponte.sales.services.document_comments import comment_contract
from ponte.sales.views.contract_acts import document_response
from ponte.sales.views.public_documents import Evidence, PublicDocument, show_document
from ponte.sales.views.public_frame import logo_address, masked_cpf, serve


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the edition that was sent last, and take the signer's word."""
    return show_document(request, token, PAGE)


@never_cache
@require_safe
def pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Give the file: with all signatures once there are, else as it was sent."""

    def answer(workspace: Workspace) -> HttpResponse:
        contract = _signer(find_signer_link(token)).contract
        final = contract.documents.filter(edition=contract.edition, stage=SealedDocument.Stage.SIGNED).first()
        return document_response(final or _last(contract, with_pdf=True))

    return serve(request, token, answer)


def _context(
    request: HttpRequest, link: PublicLink, document: SealedDocument, content: dict[str, Any]
) -> dict[str, Any]:
    """Return what the page shows of a sealed contract and its state, for one signer."""
    signer = _signer(link)
    contract = signer.contract
    answers = {one.signer_id: one for one in document.signatures.all()}
    mine = answers.get(signer.id)
    rows = [
        {"name": one.name, "role": one.get_role_display(), "answer": answers.get(one.id), "is_me": one.id == signer.id}
        for one in contract.signers.order_by("position", "id")
    ]  # fmt: skip
    return {
        "contract": contract,
        "signer": signer,
        "heading": heading_of(content),
        "business_cnpj": format_cnpj(content["business"]["cnpj"]),
        "blocks": blocks_of(content["text"]),
        "state": state_of(contract, signer, document),
        "signers": rows,
        "comments": contract.comments.order_by("id"),
        "mine": mine,
        "my_cpf": masked_cpf(mine.cpf) if mine else "",
        "agreement": AGREEMENT,
        "logo": logo_address(),
    }


def state_of(contract: Contract, signer: ContractSigner, document: SealedDocument) -> str:
    """Tell what the signer can do: "open", or why they can't."""
    if contract.status == ContractStatus.OUT and document.edition == contract.edition:
        if signer.signed_at:
            return "waiting"
        if contract.way == SignatureWay.PROVIDER:
            return "elsewhere"
        late = contract.sign_until and contract.sign_until < timezone.localdate()
        return "expired" if late else "open"
    if contract.status in (ContractStatus.SIGNED, ContractStatus.ENDED):
        return "signed"
    if contract.status in (ContractStatus.DECLINED, ContractStatus.CANCELLED):
        return str(contract.status)
    return "revised"


def _act(request: HttpRequest, link: PublicLink, actor: Actor, evidence: Evidence) -> None:
    """Do what the form asks for."""
    signer, posted = _signer(link), request.POST
    match posted.get("act"):
        case "sign":
            data = SigningData(
                name=posted.get("name", ""),
                cpf=posted.get("cpf", ""),
                agreed=bool(posted.get("agreed")),
                evidence=evidence,
            )
            sign_contract(actor=actor, signer_id=signer.id, data=data)
        case "decline":
            reason = posted.get("reason", "")
            decline_contract(actor=actor, signer_id=signer.id, reason=reason, evidence=evidence)
        case "comment":
            body = posted.get("body", "")
            comment_contract(actor=actor, contract_id=signer.contract_id, signer_id=signer.id, body=body)


def _signer(link: PublicLink) -> ContractSigner:
    if link.signer is None:
        raise Missing("link")
    return link.signer


def _last(contract: Contract, *, with_pdf: bool = False) -> SealedDocument:
    """Return the edition that was sent last; raise ``Missing`` when none was."""
    rows = contract.documents.filter(stage=SealedDocument.Stage.SENT).order_by("-edition")
    document = (rows if with_pdf else rows.defer("pdf")).first()
    if document is None:
        raise Missing("document")
    return document


PAGE = PublicDocument(
    name="contract",
    label=gettext_noop("Signer (contract page)"),
    template="sales/contracts/public.html",
    pdf_name="sales_contract_pdf",
    fields=("name", "cpf", "agreed", "reason", "body"),
    find=find_signer_link,
    last=lambda link: _last(_signer(link).contract),
    note_look=note_signer_look,
    act=_act,
    context=_context,
)
