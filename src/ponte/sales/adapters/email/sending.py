"""Steps of cadences as e-mail, through the installation's mail server."""

from __future__ import annotations

import smtplib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.tenancy.scope import named_workspace
from ponte.sales.channels import Message, NotSent, StepChannel, StepSender

_TEMPORARY = range(400, 500)


def is_ready() -> bool:
    """Return whether this installation has a mail server."""
    return bool(settings.PONTE_SENDS_MAIL)


def send(message: Message) -> None:
    """Send one mail in the sender's name; answers go to the sender's own address.

    Raises:
        NotSent: the server wasn't reached or refused it. Whatever happens after the text was handed over is not caught:
            then nobody knows.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_("The mail server can't be reached."), permanent=False) from error
    try:
        mail_of(message, connection).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, words = next(iter(refusal.recipients.values()), (550, b""))
        raise _refused(code, words) from refusal
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
        raise _refused(refusal.smtp_code, refusal.smtp_error) from refusal
    finally:
        connection.close()


def mail_of(message: Message, connection: object = None) -> EmailMessage:
    """Return the mail as it goes out."""
    _own_name, own_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {"Message-ID": f"<cadence-{message.key}@{own_address.rpartition('@')[2] or 'localhost'}>"}
    body = message.body
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        body += "\n\n-- \n" + _("Choose what you receive from us, or nothing more: %(link)s") % {
            "link": message.unsubscribe_url
        }
    return EmailMessage(
        message.subject,
        body,
        formataddr((f"{message.sender.name} · {named_workspace().name}", own_address)),
        [message.address],
        reply_to=[formataddr((message.sender.name, message.sender.email))],
        headers=headers,
        connection=connection,  # type: ignore[arg-type]
    )


def _refused(code: int, words: bytes | str) -> NotSent:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    said = " ".join(text.split())[:160]
    return NotSent(
        _("The mail server refused it: %(code)d %(words)s") % {"code": code, "words": said},
        permanent=code not in _TEMPORARY,
    )


EMAIL = StepChannel(
    "email",
    gettext_lazy("E-mail"),
    "mail",
    "email",
    "email",
    kind="email",
    sender=StepSender(is_ready, send),
    order=10,
)
