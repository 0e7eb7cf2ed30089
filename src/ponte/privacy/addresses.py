"""E-mail addresses and numbers in the one form suppressions are kept in, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ponte.core.brazil.phones import canonical_phone, format_phone, ninth_digit_variants, parse_phone
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import Invalid
from ponte.directory.selectors.normal import clean_email
from ponte.privacy.models import PHONE_CHANNELS, ContactChannel

# The same as ``kept_form`` for a number as the directory stores it: a mobile without its ninth digit gets it.
SQL_KEPT_FORM = "CASE WHEN {0} ~ '^\\+55[0-9]{{2}}[6-9][0-9]{{7}}$' THEN substr({0}, 1, 5) || '9' || substr({0}, 6) ELSE {0} END"


def kept_form(stored: str) -> str:
    """Return the form suppressions know an e-mail or number by that the directory stores."""
    return stored if "@" in stored else canonical_phone(stored)


def stored_forms(kept: Iterable[str]) -> set[str]:
    """Return every form the directory may store these addresses in."""
    found: set[str] = set()
    for address in kept:
        found.update((address,) if "@" in address else (address, *ninth_digit_variants(address)))
    return found


def read_address(text: str, *, field: str = "address") -> str:
    """Return the kept form of an e-mail address or phone as people write it.

    Raises:
        Invalid: it is neither.
    """
    if "@" in text:
        email = clean_email(text)
        if email is None:
            raise Invalid.on(field, "email_invalid", _("Write the e-mail address as name@domain."))
        return email
    try:
        return canonical_phone(parse_phone(text).e164)
    except Unreadable as unreadable:
        raise Invalid.on(field, unreadable.code, unreadable.message) from None


def check_channel(address: str, channel: str) -> str:
    """Return the channel a suppression of the address is kept under.

    Raises:
        Invalid: the channel isn't one, or doesn't go with such an address.
    """
    fitting = (ContactChannel.EMAIL,) if "@" in address else PHONE_CHANNELS
    if not channel:
        return ""
    if channel not in fitting:
        allowed = ", ".join(fitting)
        raise Invalid.on(
            "channel",
            "invalid_choice",
            _("For this address choose one of: %(allowed)s.") % {"allowed": allowed},
        )
    return (
        "" if channel == ContactChannel.EMAIL else channel
    )  # an e-mail address has one channel: all of them


def shown(address: str) -> str:
    """Return an address as people read it."""
    return address if "@" in address or not address else format_phone(address)
