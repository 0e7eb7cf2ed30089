"""Suppressing addresses and lifting it, in step with the opt-outs the directory shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.arrays import array_text
from ponte.core.errors import Invalid, Missing
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.models import Validity
from ponte.directory.services.opt_outs import mark_addresses
from ponte.events.privacy import AddressesSuppressed, SuppressionsLifted
from ponte.privacy.addresses import check_channel, kept_form, read_address, stored_forms
from ponte.privacy.models import Suppression, SuppressionReason

MOST_AT_ONCE = 1000


def suppress_address(
    *, actor: Actor, address: str, reason: str, channel: str = "", source: str = "", note: str = ""
) -> Suppression:
    """Send nothing to an address any more; one that is suppressed for the same reason stays as it is.

    Args:
        actor: who says so.
        address: e-mail address or phone as people write it.
        reason: "blocked", "bounce", "complaint" or "opt_out".
        channel: "whatsapp", "sms" or "phone" for one channel of a number; empty: all of them.
        source: where it became known (webhook, campaign, file). note: why, in words.

    Raises:
        Invalid: address, reason or channel can't be.
    """
    kept = read_address(address)
    if reason not in SuppressionReason.values:
        allowed = ", ".join(SuppressionReason.values)
        raise Invalid.on("reason", "invalid_choice", _("Choose among: %(allowed)s.") % {"allowed": allowed})
    where = check_channel(kept, channel)
    suppress_addresses(actor=actor, addresses=[kept], reason=reason, channel=where, source=source, note=note)
    return _open().get(address=kept, channel=where, reason=reason)


def suppress_addresses(
    *,
    actor: Actor,
    addresses: Iterable[str],
    reason: str,
    channel: str = "",
    source: str = "",
    note: str = "",
    mark: bool = True,
) -> list[Suppression]:
    """Suppress many addresses (in kept form) for one reason, set-based; returns the new suppressions.

    ``mark`` also closes them on the customers' records; False where the caller has just written those.
    """
    now = timezone.now()
    wanted = sorted(set(addresses))
    known = set(
        _open().filter(address__in=wanted, channel=channel, reason=reason).values_list("address", flat=True)
    )
    fresh = [
        Suppression(
            address=address,
            channel=channel,
            reason=reason,
            source=source.strip()[:160],
            note=note.strip()[:300],
            since=now,
            member=actor.member,
            actor_label=actor.label[:240],
        )
        for address in wanted
        if address not in known
    ]
    Suppression.objects.bulk_create(fresh, ignore_conflicts=True)
    if mark:
        _mark(actor, wanted, reason, channel, now)
    if fresh:
        ids = [row.id for row in fresh]
        record_bulk(
            actor=actor,
            act="addresses.suppressed",
            object_type="suppression",
            ids=ids,
            summary={"reason": reason, "channel": channel, "count": len(ids)},
        )
        publish(
            AddressesSuppressed(suppression_ids=[str(one) for one in ids], channel=channel, reason=reason),
            actor=actor,
        )
    return fresh


def _mark(actor: Actor, addresses: Sequence[str], reason: str, channel: str, now: datetime) -> None:
    if channel:
        return
    if reason == SuppressionReason.OPT_OUT:
        mark_addresses(actor=actor, addresses=stored_forms(addresses), opted_out_at=now)
    elif reason == SuppressionReason.BOUNCE:
        mark_addresses(actor=actor, addresses=stored_forms(addresses), validity=Validity.INVALID)


def lift_suppression(*, actor: Actor, suppression_id: UUID, because: str) -> Suppression:
    """Let an address be written to again; an opt-out and a broken mark on the customers' records go too.

    Raises:
        Missing: no such suppression is in force. Invalid: no reason is given.
    """
    if not because.strip():
        raise Invalid.on("because", "required", _("Say why the address may be written to again."))
    row = _open().select_for_update().filter(id=suppression_id).first()
    if row is None:
        raise Missing("suppression")
    _lift(actor, [row], because, mark=True)
    return row


def _lift(actor: Actor, rows: Sequence[Suppression], because: str, *, mark: bool) -> None:
    now = timezone.now()
    for row in rows:
        row.lifted_at, row.lifted_because = now, because.strip()[:300]
    Suppression.objects.bulk_update(rows, ["lifted_at", "lifted_because"])
    for reason, opened, validity in (
        (SuppressionReason.OPT_OUT, True, None),
        (SuppressionReason.BOUNCE, False, Validity.UNKNOWN),
    ):
        found = [row.address for row in rows if row.reason == reason and not row.channel]
        if mark and found:
            mark_addresses(actor=actor, addresses=stored_forms(found), opened=opened, validity=validity)
    ids = [row.id for row in rows]
    summary = {"because": because, "count": len(ids)}
    record_bulk(actor=actor, act="suppressions.lifted", object_type="suppression", ids=ids, summary=summary)
    publish(SuppressionsLifted(suppression_ids=[str(one) for one in ids], because=because), actor=actor)


def reopen_channel(*, actor: Actor, addresses: Iterable[str], channel: str, because: str) -> None:
    """Lift opt-outs of addresses on one channel, as their owner asks; other channels of a number stay closed."""
    kept = {kept_form(address) for address in addresses}
    rows = list(
        _open()
        .select_for_update()
        .filter(address__in=kept, reason=SuppressionReason.OPT_OUT, channel__in=("", channel))
        .order_by("id")
    )
    if not rows:
        return
    wide = [row.address for row in rows if not row.channel and "@" not in row.address]
    _lift(actor, rows, because, mark=True)
    for other in ("whatsapp", "sms", "phone"):
        if wide and other != channel:
            suppress_addresses(
                actor=actor, addresses=wide, reason=SuppressionReason.OPT_OUT, channel=other, mark=False
            )


class Book:
    """What the directory asks and tells about opt-outs (``ponte.directory.services.opt_outs``)."""

    def closed(self, addresses: Collection[str]) -> Mapping[str, datetime]:
        """Return those of the addresses whose owner opted out of every channel, with the moment."""
        forms = {address: kept_form(address) for address in addresses}
        rows = (
            _open()
            .filter(channel="", reason=SuppressionReason.OPT_OUT)
            .extra(where=["address = ANY(%s::text[])"], params=[array_text(set(forms.values()))])
        )
        since = dict(rows.values_list("address", "since"))
        return {address: since[kept] for address, kept in forms.items() if kept in since}

    def note(self, *, actor: Actor, closed: Collection[str], opened: Collection[str]) -> None:
        """Suppress what was closed on a record, lift what was opened there, for every customer with the address."""
        if closed:
            kept = {kept_form(address) for address in closed}
            suppress_addresses(
                actor=actor, addresses=kept, reason=SuppressionReason.OPT_OUT, source="customer record"
            )
        if opened:
            kept = {kept_form(address) for address in opened}
            rows = list(
                _open().filter(address__in=kept, channel="", reason=SuppressionReason.OPT_OUT).order_by("id")
            )
            if rows:
                _lift(actor, rows, "customer record", mark=True)


def _open() -> QuerySet[Suppression]:
    return Suppression.objects.filter(lifted_at=None)
