"""A contract as one of its signers sees it: read, sign or decline. Only POST changes anything."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.brazil.documents import format_cnpj
from ponte.core.errors import Invalid, Missing
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
from ponte.sales.views.public_frame import (
    customer_actor,
    evidence_of,
    first_wrong,
    logo_address,
    masked_cpf,
    problems_by_field,
    seen_by_customer,
    serve,
)

LABEL = gettext_noop("Signer (contract page)")
PROBLEM_FIELDS = ("name", "cpf", "agreed", "reason", "body")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the edition that was sent last, and take the signer's word."""

    def answer(workspace: Workspace) -> HttpResponse:
        link = find_signer_link(token)
        signer = _signer(link)
        document = _last(signer.contract)
        content = json.loads(document.content)
        with translation.override(content["language"]):
            problems: dict[str, str] = {}
            if request.method == "POST":
                problems = _act(request, link, signer)
                if not problems:
                    return redirect(request.path)
            elif seen_by_customer(request, workspace):
                note_signer_look(actor=customer_actor(request, LABEL), link_id=link.id)
            context = page_context(signer, document, content)
            context |= {
                "problems": problems,
                "wrong": first_wrong(problems, PROBLEM_FIELDS),
                "token": token,
                "typed": request.POST,
            }
            context["opened"] = request.POST.get("act", "")
            return render(request, "sales/contracts/public.html", context, status=422 if problems else 200)

    return serve(request, token, answer)


@never_cache
@require_safe
def pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Give the file: with all signatures once there are, else as it was sent."""

    def answer(workspace: Workspace) -> HttpResponse:
        contract = _signer(find_signer_link(token)).contract
        final = contract.documents.filter(edition=contract.edition, stage=SealedDocument.Stage.SIGNED).first()
        return document_response(final or _last(contract, with_pdf=True))

    return serve(request, token, answer)


def page_context(signer: ContractSigner, document: SealedDocument, content: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows of a sealed contract and its state, for one signer."""
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
        "document": document,
        "content": content,
        "language": content["language"],
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


def _act(request: HttpRequest, link: PublicLink, signer: ContractSigner) -> dict[str, str]:
    """Do what the form asks for; return what is wrong, by field ("whole" for the whole)."""
    actor, posted = customer_actor(request, LABEL), request.POST
    evidence = evidence_of(request, "contract") | {"link": str(link.id)}
    try:
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
                comment_contract(
                    actor=actor,
                    contract_id=signer.contract_id,
                    signer_id=signer.id,
                    body=posted.get("body", ""),
                )
    except Invalid as refusal:
        return problems_by_field(refusal, PROBLEM_FIELDS)
    return {}


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
