"""Mail from the platform, sent by a job so that no page waits for a mail server."""

from __future__ import annotations

import orjson
from django.conf import settings

from ponte.core.crypto import open_secret, seal_secret
from ponte.core.jobs import enqueue


def queue_mail(*, to: str, subject: str, text: str, calendar: str = "", method: str = "REQUEST") -> bool:
    """Send a plain text mail once the current transaction commits; return False where there is no mail server.

    ``calendar`` is an iCalendar text that goes with it, so that the reader's program offers to answer; ``method`` is its
    METHOD.

    The job's argument is sealed: it holds addresses, and links that let people in.
    """
    if not settings.PONTE_SENDS_MAIL:
        return False
    message = {"to": to, "subject": " ".join(subject.split())[:200], "text": text}
    if calendar:
        message |= {"calendar": calendar, "method": method}
    enqueue("core.send_mail", sealed=seal_secret(orjson.dumps(message).decode()).hex())
    return True


def send_sealed(sealed: str) -> None:
    """Send what ``queue_mail`` kept; raises what the mail server says, so that the job is tried again."""
    from django.core.mail import EmailMultiAlternatives

    message = orjson.loads(open_secret(bytes.fromhex(sealed)))
    mail = EmailMultiAlternatives(
        message["subject"], message["text"], settings.DEFAULT_FROM_EMAIL, [message["to"]]
    )
    if "calendar" in message:
        mail.attach_alternative(
            message["calendar"], f"text/calendar; method={message['method']}; charset=utf-8"
        )
        mail.attach("invite.ics", message["calendar"], "application/ics")
    mail.send()
