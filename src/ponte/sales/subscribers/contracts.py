"""What follows from contracts: timeline entries, and word to whoever is in charge. Each is written once, however often an event comes."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from ponte.core.errors import Missing
from ponte.core.services.notifications import notify
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.sales_contracts import (
    ContractCancelled,
    ContractCommented,
    ContractDeclined,
    ContractEnded,
    ContractReadjusted,
    ContractRenewed,
    ContractSent,
    ContractSigned,
    ContractSignerSigned,
    ContractViewed,
)
from ponte.sales import contract_timeline as timeline
from ponte.sales.contract_notices import ANSWERED, COMMENTED, OPENED
from ponte.sales.models.comment import ContractComment
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.services.document_comments import mail_answers
from ponte.timeline.kinds import Kind


@subscribes(ContractSent, name="sales.contract_sent")
def note_sent(event: ContractSent, context: EventContext) -> None:
    """Write that it went out."""
    _write(event.contract_id, context, timeline.SENT, key=str(event.edition), amount=event.amount)


@subscribes(ContractViewed, name="sales.contract_viewed")
def note_viewed(event: ContractViewed, context: EventContext) -> None:
    """Write who opened it, and tell whoever is in charge."""
    name = _signer(event.signer_id)
    key = f"{event.signer_id}:{event.edition}"
    contract = _write(event.contract_id, context, timeline.VIEWED, key=key, note=name)
    _tell(context, contract, OPENED, _("%(name)s opened contract %(number)s"), name)


@subscribes(ContractSignerSigned, name="sales.contract_signer_signed")
def note_signer_signed(event: ContractSignerSigned, context: EventContext) -> None:
    """Write who signed, and tell whoever is in charge."""
    name = _signer(event.signer_id)
    key = f"{event.signer_id}:{event.edition}"
    contract = _write(event.contract_id, context, timeline.SIGNED_BY, key=key, note=name)
    _tell(context, contract, ANSWERED, _("%(name)s signed contract %(number)s"), name)


@subscribes(ContractSigned, name="sales.contract_signed")
def note_signed(event: ContractSigned, context: EventContext) -> None:
    """Write that everybody signed."""
    contract = _write(
        event.contract_id, context, timeline.SIGNED, key=str(event.edition), amount=event.amount
    )
    if contract:
        _tell(
            context,
            contract,
            ANSWERED,
            _("Contract %(number)s of %(name)s is signed by all"),
            contract.party.label,
        )


@subscribes(ContractDeclined, name="sales.contract_declined")
def note_declined(event: ContractDeclined, context: EventContext) -> None:
    """Write who declined and why, and tell whoever is in charge."""
    name = _signer(event.signer_id)
    note = f"{name}: {event.reason}"
    contract = _write(event.contract_id, context, timeline.DECLINED, key=str(event.edition), note=note)
    _tell(context, contract, ANSWERED, _("%(name)s declined contract %(number)s"), name, event.reason)


@subscribes(ContractCommented, name="sales.contract_commented")
def note_commented(event: ContractCommented, context: EventContext) -> None:
    """Write what was said, and tell whoever is in charge of a signer's words."""
    comment = ContractComment.objects.filter(id=UUID(event.comment_id)).first()
    if comment is None:
        return
    note = f"{comment.author}: {comment.body}"
    contract = _write(event.contract_id, context, timeline.COMMENTED, key=event.comment_id, note=note)
    if event.by_signer:
        text = _("%(name)s wrote on contract %(number)s")
        _tell(context, contract, COMMENTED, text, comment.author, comment.body)


@subscribes(ContractCommented, name="sales.contract_answer_mailed")
def write_to_signers(event: ContractCommented, context: EventContext) -> None:
    """Send a colleague's answer to the signers it answers; of a contract that is gone by now to nobody."""
    if not event.by_signer:
        with suppress(Missing):
            mail_answers(actor=context.actor, comment_id=UUID(event.comment_id))


@subscribes(ContractCancelled, name="sales.contract_cancelled")
def note_cancelled(event: ContractCancelled, context: EventContext) -> None:
    """Write that it was given up."""
    _write(event.contract_id, context, timeline.CANCELLED, key="1", note=event.reason)


@subscribes(ContractEnded, name="sales.contract_ended")
def note_ended(event: ContractEnded, context: EventContext) -> None:
    """Write that it was ended."""
    _write(event.contract_id, context, timeline.ENDED, key="1", note=event.reason)


@subscribes(ContractRenewed, name="sales.contract_renewed")
def note_renewed(event: ContractRenewed, context: EventContext) -> None:
    """Write until when it was prolonged."""
    day = parse_date(event.ends_on)
    note = date_format(day, "SHORT_DATE_FORMAT") if day else ""
    _write(event.contract_id, context, timeline.RENEWED, key=event.ends_on, note=note)


@subscribes(ContractReadjusted, name="sales.contract_readjusted")
def note_readjusted(event: ContractReadjusted, context: EventContext) -> None:
    """Write what it costs from now on."""
    key = f"{event.amount}:{context.created_at:%Y-%m-%d}"
    _write(event.contract_id, context, timeline.READJUSTED, key=key, amount=event.amount)


def _write(
    contract_id: str, context: EventContext, kind: Kind, *, key: str, note: str = "", amount: str = ""
) -> Contract | None:
    rows = Contract.objects.select_related("party", "owner__role")
    contract = rows.filter(id=UUID(contract_id), deleted_at=None, party__deleted_at=None).first()
    if contract is not None:
        timeline.write(
            context.actor, contract, kind, key=f"{contract.id}:{key}", at=context.created_at, note=note, amount=amount
        )  # fmt: skip
    return contract


def _signer(signer_id: str) -> str:
    return ContractSigner.objects.filter(id=UUID(signer_id)).values_list("name", flat=True).first() or ""


def _tell(
    context: EventContext, contract: Contract | None, kind: str, text: str, name: str, body: str = ""
) -> None:
    if contract is None or contract.owner is None:
        return
    with translation.override(contract.owner.language):
        title = gettext(text) % {"name": name, "number": contract.number}
        notify(
            member=contract.owner,
            kind=kind,
            title=title,
            body=body[:300],
            url=f"/contracts/{contract.id}/",
            actor=context.actor,
        )
