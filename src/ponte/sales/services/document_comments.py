"""What customers, signers and colleagues write to each other on the public page of a quote or contract. Only ever added."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem, Invalid, Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractCommented
from ponte.events.sales_quotes import QuoteCommented
from ponte.sales.contract_policies import check_contract
from ponte.sales.models.comment import ContractComment, QuoteComment
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.quote import Quote
from ponte.sales.quote_policies import check_quote
from ponte.sales.services.contract_mail import mail_answer
from ponte.sales.services.contracts import audit_contract, lock_contract
from ponte.sales.services.quotes import lock_quote

MOST_COMMENTS = 200


@transaction.atomic
def comment_quote(
    *, actor: Actor, quote_id: UUID, body: str, author: str = "", by_customer: bool = False
) -> QuoteComment:
    """Write on a quote's public page, as the customer or as a member.

    Raises:
        Missing: no such quote. Denied: a member whose role doesn't reach it. Invalid: no words or no name.
    """
    quote = lock_quote(quote_id)
    if not by_customer:
        check_quote(actor, "edit", quote)
    comment = QuoteComment(quote=quote, is_customer=by_customer, author=author)
    _keep(actor, quote, comment, body)
    commented = QuoteCommented(
        quote_id=str(quote.id),
        party_id=str(quote.party_id),
        comment_id=str(comment.id),
        by_customer=by_customer,
    )
    publish(commented, actor=actor)
    return comment


@transaction.atomic
def comment_contract(
    *, actor: Actor, contract_id: UUID, body: str, signer_id: UUID | None = None
) -> ContractComment:
    """Write on the signers' pages of a contract that was sent, as one of them or as a member.

    Raises:
        Missing: no such contract or signer of it. Denied: a member whose role doesn't reach it. Invalid: no words, or it was never sent.
    """
    contract = lock_contract(contract_id)
    signer = contract.signers.filter(id=signer_id).first() if signer_id else None
    if signer_id is None:
        check_contract(actor, "edit", contract)
    elif signer is None:
        raise Missing("signer")
    if contract.sent_at is None:
        raise Invalid.on("body", "not_sent", _("Send the contract first: nobody could read this yet."))
    comment = ContractComment(
        contract=contract, signer=signer, is_customer=signer is not None, author=signer.name if signer else ""
    )
    _keep(actor, contract, comment, body)
    commented = ContractCommented(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        comment_id=str(comment.id),
        by_signer=signer is not None,
    )
    publish(commented, actor=actor)
    return comment


@transaction.atomic
def mail_answers(*, actor: Actor, comment_id: UUID) -> list[ContractSigner]:
    """Send what a colleague wrote to the signers it answers, and return whom: those who wrote and weren't answered since.

    Who has no address, no living link or doesn't want e-mails is left out.
    """
    comment = ContractComment.objects.select_related("contract").filter(id=comment_id).first()
    if comment is None or comment.is_customer:
        return []
    contract = lock_contract(comment.contract_id)
    earlier = contract.comments.filter(id__lt=comment.id)
    answered = earlier.filter(is_customer=False).order_by("-id").values_list("id", flat=True).first()
    asked = earlier.filter(signer__isnull=False)
    if answered is not None:
        asked = asked.filter(id__gt=answered)
    signers = contract.signers.filter(id__in=asked.values("signer")).order_by("position", "id")
    mailed = [one for one in signers if mail_answer(actor, contract, one, comment)]
    if mailed:
        told = {"signers": (None, [one.name for one in mailed])}
        audit_contract(actor, "contract.answer_mailed", contract, told)
    return mailed


def _keep(
    actor: Actor, document: Quote | Contract, comment: QuoteComment | ContractComment, body: str
) -> None:
    """Check and save a comment on a locked document, and note it in the audit log."""
    member = None if comment.is_customer else actor.member
    name = comment.author or (member.name if member else "")
    comment.body = body.replace("\x00", "").strip()[:4000]
    comment.member, comment.author = member, name.replace("\x00", "").strip()[:120]
    problems = []
    if not comment.body:
        problems.append(FieldProblem("body", "required", _("Write something first.")))
    if not comment.author:
        problems.append(FieldProblem("author", "required", _("Tell us your name.")))
    if document.comments.count() >= MOST_COMMENTS:
        problems.append(FieldProblem("body", "too_many", _("There is no room for more comments here.")))
    if problems:
        raise Invalid(problems)
    comment.save(force_insert=True)
    audit.record(
        actor=actor, act=f"{document._meta.model_name}.commented", target=document, subject_id=document.party_id,
        changes={"comment": (None, comment.body)}, personal={"comment"},
    )  # fmt: skip
