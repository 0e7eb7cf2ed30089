"""Who signs a contract: added, changed, taken away; their links, and words to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import FieldProblem, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.contract_data import SignerData
from ponte.sales.forms.contract import SignerForm
from ponte.sales.forms.quote_acts import CommentForm
from ponte.sales.models.contract import ContractSigner
from ponte.sales.services.contract_links import renew_signer_link
from ponte.sales.services.contract_parties import put_signer, remove_signer
from ponte.sales.services.contract_reminders import remind_signers
from ponte.sales.services.document_comments import comment_contract
from ponte.sales.views.contract_acts import editable, url_of
from ponte.workplace.admin.answers import answer_act, answer_form


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def add(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Add a signer."""
    contract = editable(request, contract_id)
    taken = contract.signers.exists()
    initial = {"role": "customer"} if taken else {"name": contract.party.label, "email": contract.party.email}
    return _form(request, contract_id, initial, None, _("Add signer"))


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def edit(request: WorkspaceRequest, contract_id: UUID, signer_id: UUID) -> HttpResponse:
    """Change a signer."""
    row = _signer(request, contract_id, signer_id)
    initial = {name: getattr(row, name) for name in ("name", "email", "role", "cpf")}
    return _form(request, contract_id, initial, row.id, row.name)


@require_POST
@requires("contract", "edit")
def remove(request: WorkspaceRequest, contract_id: UUID, signer_id: UUID) -> HttpResponse:
    """Take a signer away."""
    return answer_act(
        request,
        lambda: remove_signer(actor=request.actor, contract_id=contract_id, signer_id=signer_id),
        done=_("Removed."),
        back=url_of(contract_id),
    )


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def comment(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Write to the signers, on their pages."""
    contract = editable(request, contract_id)
    form = CommentForm(request.POST or None, readers=_("All signers read it on their pages."))

    def save(given: dict[str, Any]) -> None:
        comment_contract(actor=request.actor, contract_id=contract.id, body=given["body"])

    return answer_form(
        request, form, save, title=_("Write to the signers"), done=_("Sent."), back=url_of(contract.id)
    )


@require_POST
@requires("contract", "edit")
def new_link(request: WorkspaceRequest, contract_id: UUID, signer_id: UUID) -> HttpResponse:
    """End a signer's link and make a new one."""
    return answer_act(
        request,
        lambda: renew_signer_link(actor=request.actor, contract_id=contract_id, signer_id=signer_id),
        done=_("There is a new link. The old one no longer works."),
        back=url_of(contract_id),
    )


@require_POST
@requires("contract", "edit")
def remind(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Write again to those who haven't signed."""
    base = request.build_absolute_uri("/")
    return answer_act(
        request,
        lambda: remind_signers(actor=request.actor, contract_id=contract_id, base=base),
        done=_("Who hasn't signed yet was reminded."),
        back=url_of(contract_id),
    )


def _form(
    request: WorkspaceRequest, contract_id: UUID, initial: dict[str, Any], signer_id: UUID | None, title: str
) -> HttpResponse:
    form = SignerForm(request.POST if request.method == "POST" else None, initial=initial)

    def save(given: dict[str, Any]) -> None:
        data = SignerData(**{name: given[name] or "" for name in ("name", "email", "role", "cpf")})
        try:
            put_signer(actor=request.actor, contract_id=contract_id, data=data, signer_id=signer_id)
        except Invalid as refusal:
            raise Invalid(_of_form(refusal)) from refusal

    return answer_form(request, form, save, title=title, done=_("Saved."), back=url_of(contract_id))


def _of_form(refusal: Invalid) -> list[FieldProblem]:
    """The problems under their fields' plain names: "signers.2.cpf" is the form's "cpf"."""
    return [FieldProblem(one.field.rpartition(".")[2], one.code, one.message) for one in refusal.problems]


def _signer(request: WorkspaceRequest, contract_id: UUID, signer_id: UUID) -> ContractSigner:
    row = editable(request, contract_id).signers.filter(id=signer_id).first()
    if row is None:
        raise Missing("signer")
    return row
