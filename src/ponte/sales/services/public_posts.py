"""From a request with a form's answers to a stored post."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ponte.sales.form_fields import Answer, read_answers, read_fields
from ponte.sales.models import Form
from ponte.sales.origins import CLICKS, UTM, marks_of
from ponte.sales.selectors.forms import agreed_with
from ponte.sales.services.form_posts import PostData, store_post

TRAP, STARTED, CLIENT, PAGE, REFERRER, WRITTEN = (
    "website",
    "_started",
    "_client",
    "_page",
    "_referrer",
    "_written",
)
CONSENT = "consent_"
LONGEST_AGE = 60 * 60 * 24 * 60
_SALT = "ponte.sales.form_started"
_CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True)
class Sent:
    """What came of a post: problems by field, or none and it is stored."""

    problems: dict[str, str]
    values: Mapping[str, Answer]
    agreed: frozenset[str] = frozenset()


def receive_post(
    *,
    form: Form,
    given: Callable[[str], Sequence[str]],
    address: str,
    agent: str,
    referrer: str,
) -> Sent:
    """Check the answers of a form and store them; nothing is stored where something is wrong.

    Args:
        given: returns all values of an input. address, agent, referrer: of the request.
    """
    reading = read_answers(read_fields(form.fields), given)
    problems = dict(reading.problems)
    consents, agreed = [], set()
    for one in agreed_with(form):
        ticked = next(iter(given(CONSENT + one.purpose)), "")
        if ticked:
            agreed.add(one.purpose)
            consents.append(
                {"purpose": one.purpose, "text": str(one.text_id), "channels": list(one.channels)}
            )
        elif one.required:
            problems[CONSENT + one.purpose] = _("To go on, please agree to this.")

    def first(name: str) -> str:
        return str(next(iter(given(name)), ""))

    client_id, written = first(CLIENT), _moment(first(WRITTEN))
    # what was written without a network can't be asked about any more: a person looks at it where it can't become a lead
    if problems and not (written and _CLIENT_ID.fullmatch(client_id)):
        return Sent(problems, reading.values, frozenset(agreed))
    data = PostData(
        values=reading.values,
        consents=consents,
        marks=marks_of(
            first(PAGE) or referrer, first(REFERRER), {name: first(name) for name in (*UTM, *CLICKS)}
        ),
        client_id=client_id if _CLIENT_ID.fullmatch(client_id) else "",
        address=address,
        agent=agent.replace("\x00", ""),
        elapsed=_elapsed(first(STARTED)),
        is_trapped=bool(first(TRAP)),
        written_at=written,
    )
    store_post(form=form, data=data)
    return Sent({}, reading.values, frozenset(agreed))


def started_token() -> str:
    """Return the signed moment a page was made, for the time its reader took."""
    return signing.TimestampSigner(salt=_SALT).sign("f")


def _elapsed(token: str) -> float | None:
    """Return how many seconds ago a page was made; None where it doesn't say, or not truthfully."""
    try:
        signing.TimestampSigner(salt=_SALT).unsign(token, max_age=LONGEST_AGE)
        made = signing.b62_decode(token.split(":")[1])
    except (signing.BadSignature, IndexError, ValueError):
        return None
    return max(time.time() - made, 0.0)


def _moment(text: str) -> datetime | None:
    try:
        told = parse_datetime(text)
    except ValueError:
        return None
    return None if told is None or timezone.is_naive(told) else told
