"""Taking interests in, one or a thousand: whose they are is found or made, what was typed overwrites nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.data import CompanyData, PartyData, PersonData
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.identities import resolve_many
from ponte.directory.services.bulk import bulk_upsert_companies, bulk_upsert_people
from ponte.events.sales import LeadCaptured
from ponte.events.sales_leads import LeadsCaptured
from ponte.sales.data import LeadData
from ponte.sales.models import Form, Lead, LeadEntry, LeadStatus
from ponte.sales.policies import check_lead
from ponte.workplace.custom_fields.values import CustomRow, check_rows

MOST_AT_ONCE = 1000
NOBODY = UUID(int=0)
# A phone alone is shared by families: with it the directory asks for the same name, see ``bulk_matching``.
SURE = ("external", "cpf", "cnpj", "email")


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One interest on its way in: ``party`` says who it is of, unless ``lead.party_id`` does.

    ``custom_keeps`` lets values of custom fields that can't be taken stay on ``lead.typed`` alone, instead of refusing the lead.
    """

    lead: LeadData
    party: PartyData | None = None
    status: str = LeadStatus.NEW
    form: Form | None = None
    custom_keeps: bool = False


@dataclass(frozen=True)
class Captured:
    """What became of one interest: "created", "known" (the same external id was there) or "rejected" with problems."""

    outcome: str
    lead_id: UUID | None = None
    party_id: UUID | None = None
    is_new_party: bool = False
    problems: tuple[FieldProblem, ...] = ()


@dataclass
class _Work:
    """What is known so far, by position."""

    results: dict[int, Captured] = field(default_factory=dict)
    parties: dict[int, UUID] = field(default_factory=dict)
    made: set[UUID] = field(default_factory=set)

    def refuse(self, position: int, name: str, code: str, message: str) -> None:
        self.results[position] = Captured("rejected", problems=(FieldProblem(name, code, message),))


@transaction.atomic
def capture_leads(*, actor: Actor, items: Sequence[Capture], source: str = "") -> list[Captured]:
    """Write many leads with a number of statements that doesn't grow with theirs, at most 1,000 at once.

    A customer is recognised by external id, document and e-mail, by phone together with the name; known ones stay as they are,
    unknown ones are made. An external id that is there already makes nothing new.

    Raises:
        Denied: the role doesn't let them. What can't be accepted of a single item is in its result.
    """
    if len(items) > MOST_AT_ONCE:
        raise ValueError(f"at most {MOST_AT_ONCE} leads at once")
    check_lead(actor, "create")
    work = _Work()
    _take_known(items, work)
    _take_named(actor, items, work)
    _take_recognised(actor, items, work)
    _make_parties(actor, items, work, source)
    leads = _write(actor, items, work)
    _tell(actor, list(leads.values()), source)
    return [work.results[position] for position in range(len(items))]


def _open(items: Sequence[Capture], work: _Work) -> dict[int, Capture]:
    """Return the items whose customer isn't known yet."""
    return {
        position: item
        for position, item in enumerate(items)
        if position not in work.results and position not in work.parties
    }


def _take_known(items: Sequence[Capture], work: _Work) -> None:
    """Answer external ids that are there, and repeated ones within the chunk."""
    marks = {
        (i.lead.source, i.lead.external_id): n
        for n, i in reversed(list(enumerate(items)))
        if i.lead.external_id
    }
    if not marks:
        return
    rows = Lead.objects.filter(
        source__in={mark[0] for mark in marks}, external_id__in={mark[1] for mark in marks}
    )
    known = {
        (s, e): (pk, party) for s, e, pk, party in rows.values_list("source", "external_id", "id", "party_id")
    }
    for position, item in enumerate(items):
        mark = (item.lead.source, item.lead.external_id)
        if not item.lead.external_id:
            continue
        if mark in known:
            work.results[position] = Captured("known", *known[mark])
        elif marks[mark] != position:
            work.refuse(position, "external_id", "taken", _("This external id stands in the rows twice."))


def _take_named(actor: Actor, items: Sequence[Capture], work: _Work) -> None:
    named = {p: item.lead.party_id for p, item in _open(items, work).items() if item.lead.party_id != NOBODY}
    if not named:
        return
    rows = visible_parties(actor.member) if actor.member else Party.objects.filter(deleted_at=None)
    there = set(rows.filter(id__in=set(named.values())).values_list("id", flat=True))
    for position, party_id in named.items():
        if party_id in there:
            work.parties[position] = party_id
        else:
            work.refuse(position, "party_id", "missing", _("There is no such customer."))


def _take_recognised(actor: Actor, items: Sequence[Capture], work: _Work) -> None:
    """Find whose interests are by marks that belong to one customer alone, of whatever kind."""
    waiting = _open(items, work)
    marks = {position: _marks(item.party) for position, item in waiting.items() if item.party}
    found = resolve_many({mark for several in marks.values() for mark in several})
    reach = None
    if actor.member is not None and found:
        rows = visible_parties(actor.member).filter(id__in=set(found.values()))
        reach = set(rows.values_list("id", flat=True))
    for position, several in marks.items():
        party_id = next((found[mark] for mark in several if mark in found), None)
        if party_id is None:
            continue
        if reach is not None and party_id not in reach:
            message = _("This customer exists and belongs to somebody else. Talk to an administrator.")
            work.refuse(position, "", "exists", message)
        else:
            work.parties[position] = party_id


def _marks(party: PartyData) -> list[tuple[str, str]]:
    marks = [("external", f"{one.source}:{one.id}") for one in party.external_ids]
    marks += [(kind, value) for kind in ("cpf", "cnpj") if (value := getattr(party, kind, ""))]
    return marks + [("email", one.address) for one in party.emails]


def _make_parties(actor: Actor, items: Sequence[Capture], work: _Work, source: str) -> None:
    """Make the customers nobody knows; a phone with the same name is somebody known after all."""
    for kind, upsert in ((PersonData, bulk_upsert_people), (CompanyData, bulk_upsert_companies)):
        waiting = {p: item.party for p, item in _open(items, work).items() if isinstance(item.party, kind)}
        if not waiting:
            continue
        results = upsert(actor=actor, rows=list(waiting.values()), policy="skip", source=source)
        for position, result in zip(waiting, results, strict=True):
            if result.party_id is None:
                problems = tuple(FieldProblem(p.field, p.code, p.message) for p in result.problems)
                work.results[position] = Captured("rejected", problems=problems)
                continue
            work.parties[position] = result.party_id
            if result.outcome in ("created", "updated"):
                work.made.add(result.party_id)
    for position in _open(items, work):
        work.refuse(position, "party_id", "required", _("Say whose interest it is."))


def _write(actor: Actor, items: Sequence[Capture], work: _Work) -> dict[int, Lead]:
    custom = _custom(actor, items, work)
    now = timezone.now()
    leads = {
        position: _lead(items[position], party_id, custom.get(position, {}), now)
        for position, party_id in sorted(work.parties.items())
        if position not in work.results
    }
    Lead.objects.bulk_create(leads.values())
    LeadEntry.objects.bulk_create(
        LeadEntry(lead=lead, status=lead.status, entered_at=lead.status_since, member=actor.member)
        for lead in leads.values()
    )
    for position, lead in leads.items():
        work.results[position] = Captured("created", lead.id, lead.party_id, lead.party_id in work.made)
    return leads


def _lead(item: Capture, party_id: UUID, custom: Mapping[str, Any], now: Any) -> Lead:
    data = item.lead
    at = data.captured_at or now
    return Lead(
        party_id=party_id,
        owner_id=data.owner_id,
        assigned_at=now if data.owner_id else None,
        title=data.title[:200],
        message=data.message[:20_000],
        status=item.status,
        status_since=at,
        origin=data.origin,
        campaign=data.campaign[:150],
        marks=dict(data.marks),
        typed=dict(data.typed),
        captured_at=at,
        source=data.source[:40],
        external_id=data.external_id[:150],
        form=item.form,
        custom=dict(custom),
        is_demo=data.is_demo,
    )


def _custom(actor: Actor, items: Sequence[Capture], work: _Work) -> dict[int, dict[str, Any]]:
    """Check values of custom fields; what can't be taken refuses the lead, or is left to what was typed."""
    rows = {p: CustomRow(items[p].lead.custom) for p in work.parties if p not in work.results}
    check_rows("lead", list(rows.values()), actor=actor)
    again = {}
    for position, row in rows.items():
        if not row.problems:
            continue
        if items[position].custom_keeps:
            bad = {problem.field.removeprefix("custom.") for problem in row.problems}
            again[position] = CustomRow({k: v for k, v in row.given.items() if k not in bad})
        else:
            work.results[position] = Captured("rejected", problems=tuple(row.problems))
    if again:
        check_rows("lead", list(again.values()), actor=Actor.system(actor.label))
    return {p: row.values for p, row in {**rows, **again}.items()}


def _tell(actor: Actor, leads: Sequence[Lead], source: str) -> None:
    if not leads:
        return
    ids = [lead.id for lead in leads]
    record_bulk(
        actor=actor,
        act="leads.captured",
        object_type="lead",
        ids=ids,
        summary={"source": source, "count": len(ids)},
    )
    if len(leads) == 1:
        lead = leads[0]
        event = LeadCaptured(lead_id=str(lead.id), party_id=str(lead.party_id), origin=lead.origin)
        publish(event, actor=actor)
        return
    publish(
        LeadsCaptured(
            lead_ids=[str(one) for one in ids],
            party_ids=[str(lead.party_id) for lead in leads],
            source=source,
        ),
        actor=actor,
    )
