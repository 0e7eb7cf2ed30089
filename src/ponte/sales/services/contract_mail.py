"""The e-mails to a contract's signers: with their link, with what was answered to them."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.services.mail import queue_mail
from ponte.directory.models import PartyEmail
from ponte.privacy.addresses import kept_form
from ponte.privacy.models import Suppression
from ponte.privacy.services.contact import may_contact
from ponte.sales.document_links import link_url
from ponte.sales.documents.brand import Brand, load_brand
from ponte.sales.models.comment import ContractComment
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.document import PublicLink
from ponte.sales.services.contract_links import links_of

PURPOSE, CHANNEL = "service", "email"  # carrying out what was agreed, not advertising


def mail_signer(
    actor: Actor,
    contract: Contract,
    signer: ContractSigner,
    link: PublicLink,
    *,
    message: str,
    base: str,
    is_reminder: bool = False,
) -> bool:
    """Queue an e-mail with a signer's link; False where it may not or can't be sent. Part of the caller's act."""
    if not _can_reach(actor, contract, signer):
        return False
    brand = load_brand()
    with translation.override(contract.language):
        words = _words(contract, signer, brand)
        until = date_format(contract.sign_until, "SHORT_DATE_FORMAT") if contract.sign_until else ""
        parts = [
            _("Hello, %(name)s.") % words,
            message.replace("\x00", "").strip()[:2000],
            _("Contract %(number)s (%(title)s) waits for your signature:") % words,
            link_url(link, base=base),
            _("Please sign until %(day)s. The link is yours alone: don't pass it on.") % {"day": until},
            _signature(contract, brand),
        ]
        subject = _("Contract %(number)s from %(business)s to be signed") % words
        if is_reminder:
            subject = _("Still to be signed: contract %(number)s from %(business)s") % words
    queued = queue_mail(to=signer.email, subject=subject, text="\n\n".join(filter(None, parts)))
    if queued:
        signer.mailed_at = timezone.now()
        ContractSigner.objects.filter(id=signer.id).update(mailed_at=signer.mailed_at)
    return queued


def mail_answer(actor: Actor, contract: Contract, signer: ContractSigner, comment: ContractComment) -> bool:
    """Queue an e-mail with what a colleague answered on a signer's page; False where it may not or can't be sent.

    Part of the caller's act. Without an address of the installation (``PONTE_URL``) there is no link to send.
    """
    link = links_of(contract).get(signer.id)
    if link is None or not settings.PONTE_URL or not _can_reach(actor, contract, signer):
        return False
    brand = load_brand()
    with translation.override(contract.language):
        words = _words(contract, signer, brand) | {"author": comment.author}
        parts = [
            _("Hello, %(name)s.") % words,
            _("%(author)s answered you about contract %(number)s (%(title)s):") % words,
            comment.body,
            _("Read all of it and write back here:"),
            link_url(link),
            _signature(contract, brand),
        ]
        subject = _("An answer about contract %(number)s from %(business)s") % words
    return queue_mail(to=signer.email, subject=subject, text="\n\n".join(parts))


def _words(contract: Contract, signer: ContractSigner, brand: Brand) -> dict[str, str]:
    return {
        "business": brand.name,
        "number": contract.number,
        "title": contract.title,
        "name": signer.name,
    }


def _signature(contract: Contract, brand: Brand) -> str:
    return "\n".join(filter(None, (contract.owner.name if contract.owner else "", brand.name, brand.phone)))


def _can_reach(actor: Actor, contract: Contract, signer: ContractSigner) -> bool:
    return bool(signer.email and settings.PONTE_SENDS_MAIL and _may_write(actor, contract, signer))


def _may_write(actor: Actor, contract: Contract, signer: ContractSigner) -> bool:
    """The customer's own addresses are asked about as always; others (witnesses, our side) may not be suppressed."""
    if PartyEmail.objects.filter(party_id=contract.party_id, address=signer.email).exists():
        decision = may_contact(
            actor=actor, party=contract.party_id, purpose=PURPOSE, channel=CHANNEL,
            sender=f"contract {contract.number}", address=signer.email,
        )  # fmt: skip
        return bool(decision)
    return not Suppression.objects.filter(address=kept_form(signer.email), lifted_at=None).exists()
