"""Finding what the rules of standardisation would change, and keeping it as suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from ponte.directory.models import Company, Party, PartyAddress, PartyEmail, PartyPhone, Person, Suggestion
from ponte.directory.selectors.quality import quality_rules
from ponte.directory.standards.rules import BY_KEY, Better, Written, improvements

State = Suggestion.State
KEPT_FOR = timedelta(days=30)
Key = tuple[UUID, str, str, UUID | None]


def find_suggestions(party_ids: Iterable[UUID], rules: Iterable[str] | None = None) -> int:
    """Bring the suggestions of customers up to date; returns how many are open. A constant number of statements.

    What no longer holds goes away; what somebody called right stays so until the text changes.

    Args:
        party_ids: whose.
        rules: by which; None: those switched on.
    """
    wanted = list(active_rules()) if rules is None else list(rules)
    ids = list(party_ids)
    found = {
        _key(one.party_id, better): (one, better)
        for one in load_written(ids)
        for better in improvements(one, wanted)
    }
    stored = Suggestion.objects.filter(party_id__in=ids, rule__in=[*BY_KEY])
    gone, reopened, known = [], [], set()
    for row in stored:
        key = (row.party_id, row.rule, row.field, row.row_id)
        better = found[key][1] if key in found else None
        if better is None or (row.before, row.after) != (better.before, better.after):
            if row.state != State.ACCEPTED:  # those are kept a while: accepting can be taken back
                gone.append(row.pk)
            continue
        known.add(key)
        if row.state == State.ACCEPTED:  # it was mended, and came back
            reopened.append(row.pk)
    Suggestion.objects.filter(pk__in=gone).delete()
    Suggestion.objects.filter(pk__in=reopened).update(state=State.OPEN, decided_by=None, decided_at=None)
    fresh = [
        Suggestion(
            party_id=one.party_id,
            kind=one.kind,
            rule=better.rule,
            field=better.field,
            row_id=better.row_id,
            before=better.before,
            after=better.after,
        )
        for key, (one, better) in found.items()
        if key not in known
    ]
    Suggestion.objects.bulk_create(fresh)
    return len(fresh) + len(reopened)


def forget_accepted() -> int:
    """Delete suggestions accepted more than 30 days ago; returns how many."""
    late = timezone.now() - KEPT_FOR
    return Suggestion.objects.filter(state=State.ACCEPTED, decided_at__lt=late).delete()[0]


def active_rules() -> list[str]:
    """Return the keys of the rules that are switched on."""
    off = set(quality_rules().switched_off)
    return [key for key in BY_KEY if key not in off]


def load_written(party_ids: Sequence[UUID]) -> list[Written]:
    """Return the texts of customers outside the bin. Six queries, however many."""
    rows = Party.objects.filter(id__in=party_ids, deleted_at=None).values_list("id", "kind", "name")
    found = {key: Written(key, kind, name=name) for key, kind, name in rows}
    for key, social in Person.objects.filter(party_id__in=found).values_list("party_id", "social_name"):
        found[key].social_name = social
    for key, legal in Company.objects.filter(party_id__in=found).values_list("party_id", "legal_name"):
        found[key].legal_name = legal
    contacts: tuple[tuple[str, Any], ...] = (
        ("emails", PartyEmail),
        ("phones", PartyPhone),
        ("addresses", PartyAddress),
    )
    for name, model in contacts:
        for row in model.objects.filter(party_id__in=found).order_by("id"):
            getattr(found[row.party_id], name).append(row)
    return list(found.values())


def _key(party_id: UUID, better: Better) -> Key:
    return party_id, better.rule, better.field, better.row_id
