"""Answers to a quote that the customer gave elsewhere (by phone, on paper …), put down by a member.

They do what an answer on the quote's page does, in one transaction, and say of themselves who put them down.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.files import attach
from ponte.sales.documents.reading import ReadLine, read_lines, with_choice
from ponte.sales.models.document import DocumentAnswer, SealedDocument
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import AnswerKind, AnswerMeans, QuoteStatus
from ponte.sales.quote_data import QuoteLineData, RecordData
from ponte.sales.quote_policies import check_quote
from ponte.sales.services.evidence import evidence_row, read_teller
from ponte.sales.services.quote_answers import accepted_values, conclude_acceptance, conclude_refusal
from ponte.sales.services.quote_lines import brought_totals, clean_lines, set_totals, write_lines
from ponte.sales.services.quote_sending import seal_edition
from ponte.sales.services.quotes import line_pricing, lock_quote

ELSEWHERE = [(value, label) for value, label in AnswerMeans.choices if value != AnswerMeans.PAGE]
_SAME = ("means", "name", "told_on")


@transaction.atomic
def record_acceptance(
    *, actor: Actor, quote_id: UUID, data: RecordData, version: int | None = None
) -> DocumentAnswer:
    """Put down that the customer accepted: the opportunity is won and the order placed, as by the quote's page.

    A quote brought in from a file, which was sent elsewhere, is sealed as it stands; without lines its totals become some. Repeating
    it with the same words changes nothing.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: on ``means``, ``name``, ``cpf``, ``day``, ``chosen``, ``late``, ``file``; the
            quote isn't out (any more), or comes to nothing.
    """
    quote = _lock(actor, quote_id)
    if (former := _same_answer(quote, AnswerKind.ACCEPTED, data)) is not None:
        return former
    check_version(quote, version)
    _check_out(quote)
    data = _cleaned(quote, data, named=True)
    document = _document(actor, quote, needs_lines=True)
    content = json.loads(document.content)
    lines = _chosen_lines(read_lines(content), data.chosen)
    answer = _answer(actor, document, AnswerKind.ACCEPTED, data, accepted_values(content, lines))
    conclude_acceptance(actor, quote, answer, lines, at=_moment(quote, answer.told_on))
    return answer


@transaction.atomic
def record_refusal(
    *, actor: Actor, quote_id: UUID, data: RecordData, version: int | None = None
) -> DocumentAnswer:
    """Put down that the customer declined, and why. Repeating it with the same words changes nothing.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: on ``means``, ``cpf``, ``day``, ``reason``, ``file``; the quote isn't out (any more).
    """
    quote = _lock(actor, quote_id)
    if (former := _same_answer(quote, AnswerKind.DECLINED, data)) is not None:
        return former
    check_version(quote, version)
    _check_out(quote)
    data = _cleaned(quote, data, named=False)
    document = _document(actor, quote, needs_lines=False)
    answer = _answer(actor, document, AnswerKind.DECLINED, data, {"reason": data.reason})
    conclude_refusal(actor, quote, answer, at=_moment(quote, answer.told_on))
    return answer


def _lock(actor: Actor, quote_id: UUID) -> Quote:
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    return quote


def _same_answer(quote: Quote, kind: str, data: RecordData) -> DocumentAnswer | None:
    """Return the answer there is, where it says what is put down again."""
    rows = DocumentAnswer.objects.filter(document__quote=quote, document__edition=quote.edition, kind=kind)
    answer = rows.first()
    told = (data.means, " ".join(data.name.split()), data.day or timezone.localdate())
    if answer is None or tuple(getattr(answer, name) for name in _SAME) != told:
        return None
    return answer


def _check_out(quote: Quote) -> None:
    if quote.status in (QuoteStatus.DRAFT, QuoteStatus.WAITING):
        text = _("This edition wasn't sent. Send it first; you may pass on the link or the PDF yourself.")
        raise Invalid.on("status", "unsent", text)
    if quote.status != QuoteStatus.SENT:
        raise Invalid.on("status", "closed", _("This quote was answered or withdrawn already."))


def _cleaned(quote: Quote, data: RecordData, *, named: bool) -> RecordData:
    """Return ``data`` checked; ``named``: an acceptance, which needs a name and the validity, and no reason."""
    cleaner = Cleaner()
    means = dict(ELSEWHERE)
    if data.means not in means:
        cleaner.refuse("means", "choice", _("Say how the customer answered."))
    name, cpf = read_teller(cleaner, data.name, data.cpf, named=named)
    day = data.day or timezone.localdate()
    if day > timezone.localdate():
        cleaner.refuse("day", "future", _("This day is still to come."))
    elif quote.sent_at and day < timezone.localdate(quote.sent_at):
        cleaner.refuse("day", "early", _("The quote was sent after this day."))
    elif named and day > quote.valid_until and not data.late:
        text = _("Its validity was over on that day. Tick that you keep the offer, or begin a new edition.")
        cleaner.refuse("late", "expired", text)
    note = cleaner.text("note", data.note, 2000)
    reason = "" if named else cleaner.text("reason", data.reason, 500, required=True)
    cleaner.done()
    return replace(data, name=name, cpf=cpf, day=day, note=note, reason=reason)


def _document(actor: Actor, quote: Quote, *, needs_lines: bool) -> SealedDocument:
    """Return the document that is out; one that was sent elsewhere is sealed now."""
    document = quote.documents.filter(edition=quote.edition).first()
    if document is not None:
        return document
    if not quote.lines.exists():
        _lines_of_totals(quote, needs_lines=needs_lines)
    return seal_edition(actor, quote, now=timezone.now(), stage=SealedDocument.Stage.RECORDED)


def _lines_of_totals(quote: Quote, *, needs_lines: bool) -> None:
    """Give a quote that came without lines one for each total its file told."""
    totals = brought_totals(quote)
    told = [(totals.one_off, Billing.ONE_OFF), (totals.monthly, Billing.MONTHLY)]
    lines = [
        QuoteLineData(description=quote.title[:300], unit_price=amount, billing=billing)
        for amount, billing in told
        if amount
    ]
    if not lines:
        if needs_lines:
            text = _(
                "It came without items and without a total. Begin a new edition, add its items and send it."
            )
            raise Invalid.on("lines", "required", text)
        return
    cleaner = Cleaner()
    rows = clean_lines(cleaner, lines, {}, pricing=line_pricing(quote))
    cleaner.done()
    write_lines(quote, rows, {})
    set_totals(quote, rows)


def _chosen_lines(lines: Sequence[ReadLine], chosen: Sequence[str] | None) -> list[ReadLine]:
    if chosen is None:
        return list(lines)
    wanted = frozenset(str(one) for one in chosen)
    if wanted - {line.id for line in lines if line.is_optional}:
        raise Invalid.on("chosen", "choice", _("The quote has no such optional item."))
    return with_choice(lines, wanted)


def _answer(
    actor: Actor, document: SealedDocument, kind: str, data: RecordData, said: dict[str, Any]
) -> DocumentAnswer:
    told: dict[str, Any] = {"means": data.means, "day": str(data.day), "recorded_by": actor.label}
    told |= {name: value for name in ("name", "cpf", "note") if (value := getattr(data, name))}
    if data.late:
        told["late"] = True
    if data.proof is not None:
        assert document.quote_id is not None
        file = attach(
            upload=data.proof, object_type="quote", object_id=document.quote_id, actor=actor,
            party_id=document.party_id, is_proof=True,
        )  # fmt: skip
        told["proof"] = {"file": str(file.id), "name": file.name, "sha256": file.sha256}
    row = evidence_row(actor, document, kind, {**told, **said}, {})
    return DocumentAnswer.objects.create(
        **row, name=data.name, cpf=data.cpf, reason=data.reason, means=data.means, told_on=data.day, note=data.note
    )  # fmt: skip


def _moment(quote: Quote, day: date | None) -> datetime:
    """Return a moment of the day they answered: noon, but neither in the future nor before the quote was sent."""
    now = timezone.now()
    noon = timezone.make_aware(datetime.combine(day or timezone.localdate(), time(12)))
    moment = now if day == timezone.localdate() else min(noon, now)
    return max(moment, quote.sent_at) if quote.sent_at else moment
