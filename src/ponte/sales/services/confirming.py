"""Double opt-in: the sender of a form confirms by e-mail before what they agreed to counts."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.mail import queue_mail
from ponte.core.tenancy.scope import current_workspace
from ponte.core.tenancy.urls import public_reverse
from ponte.directory.selectors.normal import clean_email
from ponte.events.sales_leads import LeadConfirmed
from ponte.privacy.models import Suppression
from ponte.privacy.services.consents import record_consents
from ponte.sales.models import FormPost, PostState
from ponte.sales.services.form_interests import consents_of

LABEL = "Form (confirmed by e-mail)"
_SALT = "ponte.sales.confirm"


def ask_to_confirm(*, post: FormPost) -> bool:
    """Send the sender of a post a link to confirm it; return whether it was sent.

    It goes to the address typed, whoever's it is, and only where that address isn't suppressed: it is the answer to a request and
    says nothing of anybody.
    """
    typed = post.values.get("email", "")
    address = clean_email(typed) if isinstance(typed, str) else None
    if address is None or Suppression.objects.filter(address=address, lifted_at=None).exists():
        return False
    workspace = current_workspace()
    path = public_reverse("form_confirm", token=make_token(workspace.id, post.id))
    with translation.override(post.language or post.form.language):
        text = _(
            "Hello!\n\nSomebody, probably you, sent the form “%(form)s” of %(business)s with this address.\n\n"
            "Please confirm it: %(link)s\n\nIf it wasn't you, do nothing: you will hear no more of it."
        ) % {
            "form": post.form.title or post.form.name,
            "business": workspace.name,
            "link": settings.PONTE_URL.rstrip("/") + path,
        }
        subject = _("Please confirm: %(business)s") % {"business": workspace.name}
    return queue_mail(to=address, subject=subject, text=text)


@transaction.atomic
def confirm_post(*, post_id: UUID, address: str = "") -> FormPost:
    """Note that the sender confirmed: what they agreed to counts from now on. A second time changes nothing.

    Raises:
        Missing: no such post, or it never became a lead.
    """
    posts = FormPost.objects.select_for_update(of=("self",)).select_related("form", "lead")
    post = posts.filter(id=post_id, state=PostState.DONE, lead__deleted_at=None).first()
    if post is None or post.lead is None:
        raise Missing("form_post")
    if post.confirmed_at:
        return post
    post.confirmed_at = timezone.now()
    post.save(update_fields=["confirmed_at"])
    lead = post.lead
    lead.confirmed_at = post.confirmed_at
    lead.version += 1
    lead.save(update_fields=["confirmed_at", "version", "updated_at"])
    actor = Actor(member=None, kind="system", label=LABEL, address=address or None)
    entries = list(consents_of(post, lead.party_id))
    if entries:
        record_consents(actor=actor, entries=entries)
    audit.record(
        actor=actor,
        act="lead.confirmed",
        target=lead,
        changes={"confirmed_at": (None, post.confirmed_at)},
        subject_id=lead.party_id,
    )
    publish(LeadConfirmed(lead_id=str(lead.id), party_id=str(lead.party_id)), actor=actor)
    return post


def make_token(workspace_id: UUID, post_id: UUID) -> str:
    """Return the signed token of a link to confirm a post."""
    raw = base64.urlsafe_b64encode(workspace_id.bytes + post_id.bytes).rstrip(b"=").decode()
    return _signer().sign(raw)


def read_token(token: str) -> tuple[UUID, UUID] | None:
    """Return workspace and post of a token; None when it wasn't made here."""
    try:
        text = _signer().unsign(token)
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    return (UUID(bytes=raw[:16]), UUID(bytes=raw[16:])) if len(raw) == 32 else None


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, algorithm="sha256", sep=".")
