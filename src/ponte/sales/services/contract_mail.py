"""The e-mail that brings a signer their link."""

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
from ponte.sales.documents.brand import load_brand
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.document import PublicLink

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
    if not signer.email or not settings.PONTE_SENDS_MAIL or not _may_write(actor, contract, signer):
        return False
    brand = load_brand()
    with translation.override(contract.language):
        words = {
            "business": brand.name,
            "number": contract.number,
            "title": contract.title,
            "name": signer.name,
        }
        until = date_format(contract.sign_until, "SHORT_DATE_FORMAT") if contract.sign_until else ""
        parts = [
            _("Hello, %(name)s.") % words,
            message.replace("\x00", "").strip()[:2000],
            _("Contract %(number)s (%(title)s) waits for your signature:") % words,
            link_url(link, base=base),
            _("Please sign until %(day)s. The link is yours alone: don't pass it on.") % {"day": until},
            "\n".join(filter(None, (contract.owner.name if contract.owner else "", brand.name, brand.phone))),
        ]
        subject = _("Contract %(number)s from %(business)s to be signed") % words
        if is_reminder:
            subject = _("Still to be signed: contract %(number)s from %(business)s") % words
    queued = queue_mail(to=signer.email, subject=subject, text="\n\n".join(filter(None, parts)))
    if queued:
        signer.mailed_at = timezone.now()
        ContractSigner.objects.filter(id=signer.id).update(mailed_at=signer.mailed_at)
    return queued


def _may_write(actor: Actor, contract: Contract, signer: ContractSigner) -> bool:
    """The customer's own addresses are asked about as always; others (witnesses, our side) may not be suppressed."""
    if PartyEmail.objects.filter(party_id=contract.party_id, address=signer.email).exists():
        decision = may_contact(
            actor=actor, party=contract.party_id, purpose=PURPOSE, channel=CHANNEL,
            sender=f"contract {contract.number}", address=signer.email,
        )  # fmt: skip
        return bool(decision)
    return not Suppression.objects.filter(address=kept_form(signer.email), lifted_at=None).exists()
