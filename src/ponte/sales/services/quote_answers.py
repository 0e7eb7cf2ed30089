"""What the customer says about a quote: accepted, declined. Each is kept with its evidence and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_quotes import QuoteAccepted, QuoteDeclined
from ponte.sales.documents.reading import ReadLine, deposit_of, read_lines, with_choice
from ponte.sales.models.document import DocumentAnswer, SealedDocument
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import AnswerKind, QuoteStatus
from ponte.sales.quote_data import AcceptanceData
from ponte.sales.quote_totals import totals_of
from ponte.sales.services.evidence import evidence_row, read_reason, read_signer
from ponte.sales.services.quote_lines import set_totals
from ponte.sales.services.quote_orders import place_order, win_deal
from ponte.sales.services.quotes import lock_quote, save_quote

AGREEMENT = _("I have read this quote and accept it.")


@transaction.atomic
def accept_quote(*, actor: Actor, quote_id: UUID, data: AcceptanceData) -> DocumentAnswer:
    """Accept the edition that is out: evidence sealed, opportunity won, order placed, all or nothing.

    A second acceptance of the same edition, be it at the same moment, answers with the first one and changes nothing.

    Raises:
        Missing: no such quote. Invalid: name, CPF or agreement are missing, or the quote can't be accepted (any more).
    """
    quote = lock_quote(quote_id)
    if quote.status == QuoteStatus.ACCEPTED:
        return _answer_of(quote)
    document = check_answerable(quote)
    untold = _("Tick that you accept the quote.")
    name, cpf = read_signer(data.name, data.cpf, agreed=data.agreed, untold=untold)
    content = json.loads(document.content)
    lines = with_choice(read_lines(content), frozenset(data.chosen))
    said = {"name": name, "cpf": cpf, "agreement": str(AGREEMENT)} | accepted_values(content, lines)
    row = evidence_row(actor, document, AnswerKind.ACCEPTED, said, data.evidence)
    answer = DocumentAnswer.objects.create(**row, name=name, cpf=cpf)
    conclude_acceptance(actor, quote, answer, lines)
    return answer


def accepted_values(content: Mapping[str, Any], lines: Sequence[ReadLine]) -> dict[str, Any]:
    """Return what evidence says of a choice of ``lines``: the optional ones wanted, and what it comes to."""
    totals = totals_of(lines)
    return {
        "chosen": [line.id for line in lines if line.is_optional and line.is_chosen],
        "first_year": str(totals.first_year),
        "one_off": str(totals.one_off),
        "deposit": str(deposit_of(content, totals)),
        "currency": content["currency"],
    }


def conclude_acceptance(
    actor: Actor,
    quote: Quote,
    answer: DocumentAnswer,
    lines: Sequence[ReadLine],
    *,
    at: datetime | None = None,
) -> None:
    """Let everything follow from an acceptance: options, order, won opportunity. Part of the caller's act, with the quote locked.

    Args:
        lines: those of the answered document with the customer's choice. at: when they accepted, now by default.
    """
    totals = totals_of(lines)
    _choose(quote, [line.id for line in lines if line.is_optional and line.is_chosen])
    quote.status, quote.answered_at = QuoteStatus.ACCEPTED, at or timezone.now()
    order = place_order(actor, quote, json.loads(answer.document.content), lines)
    quote.order = order
    save_quote(quote)
    win_deal(actor, quote, totals)
    _audit(actor, "quote.accepted", quote, answer)
    accepted = QuoteAccepted(
        quote_id=str(quote.id),
        party_id=str(quote.party_id),
        edition=quote.edition,
        first_year=str(totals.first_year),
        currency=quote.currency,
        order_id=str(order.id),
        means=answer.means,
    )
    publish(accepted, actor=actor)


@transaction.atomic
def decline_quote(
    *, actor: Actor, quote_id: UUID, reason: str, evidence: Mapping[str, Any] | None = None
) -> DocumentAnswer:
    """Decline the edition that is out, saying why. Repeating it changes nothing.

    Raises:
        Missing: no such quote. Invalid: no reason, or the quote isn't out (any more).
    """
    quote = lock_quote(quote_id)
    if quote.status == QuoteStatus.DECLINED:
        return _answer_of(quote)
    document = check_answerable(quote, even_expired=True)
    reason = read_reason(reason)
    row = evidence_row(actor, document, AnswerKind.DECLINED, {"reason": reason}, evidence or {})
    answer = DocumentAnswer.objects.create(**row, reason=reason)
    conclude_refusal(actor, quote, answer)
    return answer


def conclude_refusal(
    actor: Actor, quote: Quote, answer: DocumentAnswer, *, at: datetime | None = None
) -> None:
    """Let a quote be declined by ``answer``. Part of the caller's act, with the quote locked."""
    quote.status, quote.answered_at = QuoteStatus.DECLINED, at or timezone.now()
    quote.decline_reason = answer.reason
    save_quote(quote)
    _audit(actor, "quote.declined", quote, answer)
    declined = QuoteDeclined(
        quote_id=str(quote.id), party_id=str(quote.party_id), edition=quote.edition, reason=answer.reason,
        means=answer.means,
    )  # fmt: skip
    publish(declined, actor=actor)


def check_answerable(quote: Quote, *, even_expired: bool = False) -> SealedDocument:
    """Return the document that is out; raise ``Invalid`` unless it can be answered."""
    if quote.status in (QuoteStatus.DRAFT, QuoteStatus.WAITING):
        raise Invalid.on(
            "", "revised", _("A new version of this quote is being written. Wait for it, please.")
        )
    if quote.status != QuoteStatus.SENT:
        raise Invalid.on("", "closed", _("This quote was answered or withdrawn already."))
    if quote.is_expired(timezone.localdate()) and not even_expired:
        raise Invalid.on("", "expired", _("The validity of this quote is over. Ask for a new one."))
    document = quote.documents.filter(edition=quote.edition).first()
    if document is None:
        raise Invalid.on("", "closed", _("This quote was answered or withdrawn already."))
    return document


def _choose(quote: Quote, chosen: Sequence[str]) -> None:
    optional = quote.lines.filter(is_optional=True)
    optional.update(is_chosen=False)
    optional.filter(id__in=list(chosen)).update(is_chosen=True)
    set_totals(quote, list(quote.lines.all()))


def _answer_of(quote: Quote) -> DocumentAnswer:
    return DocumentAnswer.objects.get(document__quote=quote, document__edition=quote.edition)


def _audit(actor: Actor, act: str, quote: Quote, answer: DocumentAnswer) -> None:
    changes = {
        "name": (None, answer.name),
        "cpf": (None, answer.cpf),
        "reason": (None, answer.reason),
        "means": (None, answer.means if answer.is_recorded else ""),
        "told_on": (None, answer.told_on),
        "note": (None, answer.note),
        "document_sha256": (None, answer.document.sha256),
        "seal": (None, answer.seal),
    }
    personal = {"name", "cpf", "reason", "note"}
    audit.record(
        actor=actor, act=act, target=quote, subject_id=quote.party_id, personal=personal,
        changes={name: pair for name, pair in changes.items() if pair[1]},
    )  # fmt: skip
