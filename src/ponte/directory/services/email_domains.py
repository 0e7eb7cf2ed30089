"""Checking by DNS, at a slow pace, whether the domains of customers' e-mails exist and take mail. Off unless switched on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from ponte.core.arrays import uuid_array
from ponte.core.jobs import enqueue
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.adapters.dns import MailDns, Unclear
from ponte.directory.models import EmailDomain, PartyQuality
from ponte.directory.selectors.quality import quality_rules
from ponte.directory.services.quality import CHUNK, refresh_quality
from ponte.directory.standards.emails import KNOWN, TYPOS

A_MINUTE = 300  # domains
BATCH = 20
SLICE_SECONDS = 50
MOST_TRIES = 5
GOOD_FOR, BAD_FOR, LEFT_FOR = timedelta(days=90), timedelta(days=7), timedelta(days=30)
RESOLVER_WAIT, CLAIMED_FOR = timedelta(minutes=15), timedelta(minutes=5)
State = EmailDomain.State
WRONG = (State.MISSING.value, State.NO_MAIL.value)
JOB, ONCE = "directory.check_domains", "email-domains"

# the e-mail copied to the customer's own row is the primary one, which messages go to
# the e-mail copied to the customer's own row is the primary one, which messages go to
_FRESH = """
SELECT DISTINCT lower(split_part(p.email, '@', 2)) AS domain FROM directory_party AS p
WHERE p.email <> '' AND p.deleted_at IS NULL {mine}
EXCEPT SELECT domain FROM directory_emaildomain
"""
_USERS = """
SELECT id FROM directory_party
WHERE email <> '' AND lower(split_part(email, '@', 2)) = ANY(%s) AND deleted_at IS NULL ORDER BY id
"""
_UNUSED = """
DELETE FROM directory_emaildomain AS d WHERE NOT EXISTS (
  SELECT 1 FROM (SELECT DISTINCT lower(split_part(email, '@', 2)) AS domain FROM directory_party WHERE email <> '') AS u
  WHERE u.domain = d.domain)
"""


def gather_domains(party_ids: Iterable[UUID] | None = None) -> int:
    """Note domains nobody asked for yet, and have them asked for; those of providers everybody knows need no asking.

    Args:
        party_ids: of these customers alone; None: of all, and domains no customer uses any more are forgotten.

    Returns:
        How many are new; 0 while the check is switched off.
    """
    if not quality_rules().check_domains:
        return 0
    mine = "" if party_ids is None else "AND p.id = ANY(%(parties)s::uuid[])"
    with connection.cursor() as cursor:
        if party_ids is None:
            cursor.execute(_UNUSED)
        cursor.execute(_FRESH.format(mine=mine), {"parties": uuid_array(party_ids or ())})
        domains = sorted(domain for (domain,) in cursor.fetchall() if _is_worth_asking(domain))
    fresh = (EmailDomain(domain=domain) for domain in domains)
    EmailDomain.objects.bulk_create(fresh, batch_size=2000, ignore_conflicts=True)
    if domains:
        enqueue(JOB, once=ONCE)
    return len(domains)


def _is_worth_asking(domain: str) -> bool:
    return (
        bool(domain)
        and len(domain) <= 253
        and domain not in KNOWN
        and domain not in TYPOS
        and domain[0] != "["
    )


def check_domains() -> int:
    """Ask for the domains that are due, at most a minute's worth, and come back for the rest. Call it outside a transaction.

    Nothing is asked inside a transaction; each batch's answers are written in one of their own. Killed at any moment, at most one
    batch is asked again.

    Returns:
        How many got a clear answer.
    """
    began, done, asked = time.monotonic(), 0, 0
    resolver = _ready()
    while resolver is not None and asked < A_MINUTE and time.monotonic() - began < SLICE_SECONDS:
        with _scope():
            due = _claimed(min(BATCH, A_MINUTE - asked))
        if not due:
            break
        answers = [(row, _ask(resolver, row.domain)) for row in due]
        asked += len(answers)
        if all(answer is None for _row, answer in answers) and not resolver.works():
            resolver = None  # it went out of order: nothing of this batch counts as tried
            break
        with _scope():
            done += _write(answers)
    with _scope():
        _come_back(began, resolver is None)
    return done


def _scope() -> AbstractContextManager[Any]:
    return workspace_scope(named_workspace())


def _ready() -> MailDns | None:
    """Return a resolver that works, None where none does or nothing is to be asked."""
    with _scope():
        if not quality_rules().check_domains or not _due().exists():
            return None
    try:
        resolver = MailDns()
    except Unclear:
        return None
    return resolver if resolver.works() else None


def _due() -> Any:
    return EmailDomain.objects.filter(not_before__lte=timezone.now()).order_by("not_before", "id")


def _claimed(most: int) -> list[EmailDomain]:
    """Return domains that are due; another worker leaves them alone while they are asked for."""
    rows = list(_due().select_for_update(skip_locked=True)[:most])
    EmailDomain.objects.filter(id__in=[row.id for row in rows]).update(
        not_before=timezone.now() + CLAIMED_FOR
    )
    return rows


def _ask(resolver: MailDns, domain: str) -> str | None:
    """Return what DNS says, "" where it can't be asked for such a name, None where it gave no clear answer."""
    try:
        return resolver.ask(domain)
    except Unclear as unclear:
        return None if unclear.can_be_asked else ""


def _write(answers: Sequence[tuple[EmailDomain, str | None]]) -> int:
    """Keep answers and refresh the customers of whom another thing is true now; returns how many were clear."""
    if not quality_rules().check_domains:  # switched off meanwhile: nothing is kept
        return 0
    now = timezone.now()
    turned, clear = [], 0
    for row, answer in answers:
        row.updated_at = now
        if not answer:
            row.tries = min(row.tries + 1, MOST_TRIES)
            again = answer is None and row.tries < MOST_TRIES
            row.not_before = now + (timedelta(hours=2 ** (row.tries - 1)) if again else LEFT_FOR)
            continue
        clear += 1
        if row.state != answer and (row.state in WRONG or answer in WRONG):
            turned.append(row.domain)
        row.state, row.checked_at, row.tries = answer, now, 0
        row.not_before = now + (BAD_FOR if answer in WRONG else GOOD_FOR)
    EmailDomain.objects.bulk_update(
        [row for row, _answer in answers], ["state", "checked_at", "not_before", "tries", "updated_at"]
    )
    _refresh_customers_at(turned)
    return clear


def _refresh_customers_at(domains: Sequence[str]) -> None:
    if not domains:
        return
    with connection.cursor() as cursor:
        cursor.execute(_USERS, [list(domains)])
        ids = [one for (one,) in cursor.fetchall()]
    for start in range(0, len(ids), CHUNK):
        refresh_quality(ids[start : start + CHUNK])


def _come_back(began: float, is_out_of_order: bool) -> None:
    if not quality_rules().check_domains:
        return
    first = EmailDomain.objects.order_by("not_before").values_list("not_before", flat=True).first()
    if first is None:
        return
    wait = max(
        first - timezone.now(), timedelta(seconds=60 - (time.monotonic() - began)), timedelta(seconds=1)
    )
    if is_out_of_order:
        wait = max(wait, RESOLVER_WAIT)
    if wait <= timedelta(days=1):  # what is due later is found by the nightly run
        enqueue(JOB, once=ONCE, delay=wait)


def forget_domains() -> bool:
    """Forget what DNS said, a chunk of customers at a time; returns whether there is more to do."""
    if quality_rules().check_domains:  # switched on again meanwhile
        return False
    EmailDomain.objects.all().delete()
    rows = PartyQuality.objects.filter(problems__overlap=["no_domain", "no_mail"], party__deleted_at=None)
    ids = list(rows.order_by("party_id").values_list("party_id", flat=True)[:CHUNK])
    refresh_quality(ids)
    return len(ids) == CHUNK
