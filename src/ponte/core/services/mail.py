"""Mail from the platform, sent by a job so that no page waits for a mail server."""

from __future__ import annotations

import orjson
from django.conf import settings

from ponte.core.crypto import open_secret, seal_secret
from ponte.core.jobs import enqueue


def queue_mail(*, to: str, subject: str, text: str) -> bool:
    """Send a plain text mail once the current transaction commits; return False where there is no mail server.

    The job's argument is sealed: it holds addresses, and links that let people in.
    """
    if not settings.PONTE_SENDS_MAIL:
        return False
    message = {"to": to, "subject": " ".join(subject.split())[:200], "text": text}
    enqueue("core.send_mail", sealed=seal_secret(orjson.dumps(message).decode()).hex())
    return True


def send_sealed(sealed: str) -> None:
    """Send what ``queue_mail`` kept; raises what the mail server says, so that the job is tried again."""
    from django.core.mail import send_mail

    message = orjson.loads(open_secret(bytes.fromhex(sealed)))
    send_mail(message["subject"], message["text"], settings.DEFAULT_FROM_EMAIL, [message["to"]])
