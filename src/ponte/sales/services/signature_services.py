"""Choosing the signature service of a workspace; its secrets are sealed and never shown again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.crypto import open_secret, seal_secret
from ponte.core.errors import Missing
from ponte.core.http import OutgoingError, check_url
from ponte.core.services import audit
from ponte.core.tenancy.urls import public_reverse
from ponte.sales.document_links import digest_of, new_token
from ponte.sales.models.signature_service import SignatureService
from ponte.sales.policies import check_sales_settings


@transaction.atomic
def save_signature_service(
    *, actor: Actor, url: str, token: str = "", secret: str = "", is_active: bool = True
) -> SignatureService:
    """Say which service signs contracts; empty ``token`` and ``secret`` keep those there are.

    Raises:
        Denied: the area "sales" isn't open to them. Invalid: no address the installation may reach, no token, no secret.
    """
    check_sales_settings(actor)
    row = SignatureService.objects.select_for_update().first()
    before = {"url": row.url, "is_active": row.is_active} if row else {}
    cleaner = Cleaner()
    clean = cleaner.text("url", url, 300, required=True)
    if clean:
        try:
            check_url(clean)
        except OutgoingError:
            cleaner.refuse("url", "address", _("This address can't be reached from here. Check it."))
    for name, value in (("token", token), ("secret", secret)):
        cleaner.text(name, value, 400, required=row is None)
    cleaner.done()
    if row is None:
        hook = new_token()
        row = SignatureService(hook_digest=digest_of(hook), sealed_hook=seal_secret(hook))
    if token.strip():
        row.sealed_token = seal_secret(token.strip())
    if secret.strip():
        row.sealed_secret = seal_secret(secret.strip())
    row.url, row.is_active, row.version = clean, is_active, row.version + 1
    row.save()
    changes = audit.diff(before, {"url": clean, "is_active": is_active})
    changes |= {
        name: (None, "changed") for name, value in (("token", token), ("secret", secret)) if value.strip()
    }
    if changes:
        audit.record(actor=actor, act="signatureservice.saved", target=row, changes=changes)
    return row


@transaction.atomic
def remove_signature_service(*, actor: Actor) -> None:
    """Forget the service and its secrets; what it told stays. Raises ``Denied``, ``Missing``."""
    check_sales_settings(actor)
    row = SignatureService.objects.select_for_update().first()
    if row is None:
        raise Missing("service")
    audit.record(actor=actor, act="signatureservice.removed", target=row, changes={"url": (row.url, None)})
    row.delete()


def active_service() -> SignatureService | None:
    """Return the service contracts may be sent through now."""
    return SignatureService.objects.filter(is_active=True).first()


def hook_path(row: SignatureService) -> str:
    """Return the path the service calls."""
    return public_reverse("sales_signature_hook", token=open_secret(bytes(row.sealed_hook)))
