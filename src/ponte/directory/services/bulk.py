"""Many customers at once, for the importer and the bulk API: a constant number of statements for a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.data import PartyData, PersonData, RowProblem, RowResult
from ponte.directory.models import IdentityClaim
from ponte.directory.policies import customer_fields, right_name, visible_parties
from ponte.directory.selectors.identities import Holder, held_by
from ponte.directory.selectors.normal import IdentityKey
from ponte.directory.selectors.quality import missing_fields
from ponte.directory.services.birth_check import lacking_at_birth, lacking_in_move, required_at_birth
from ponte.directory.services.bulk_custom import check_custom_values
from ponte.directory.services.bulk_links import write_affiliations
from ponte.directory.services.bulk_matching import DEFAULT_MATCH, group_rows, match_groups
from ponte.directory.services.bulk_notes import note_updates, publish_moves
from ponte.directory.services.bulk_references import check_references
from ponte.directory.services.bulk_updates import Changes, Known, load_known, update_known
from ponte.directory.services.cleaning import Cleaner
from ponte.directory.services.creation import Draft, draft_from, write_drafts
from ponte.directory.services.identities import claim_keys
from ponte.directory.services.search_text import refresh_search
from ponte.directory.services.tags import ensure_tags
from ponte.events.directory import PartiesUpserted

MAX_ROWS = 5000
Policy = Literal["update", "fill", "skip"]


@dataclass
class Group:
    """The rows of one chunk that are about one customer, merged into one draft."""

    draft: Draft
    data: PartyData
    rows: list[int]
    party_id: UUID | None = None
    outcome: str = ""
    problems: list[FieldProblem] = field(default_factory=list)


def bulk_upsert(
    *,
    actor: Actor,
    rows: Sequence[PartyData],
    kind: str,
    policy: Policy = "update",
    match: Sequence[str] = DEFAULT_MATCH,
    source: str = "",
    default_owner_id: UUID | None = None,
    ready: Mapping[int, Draft] = MappingProxyType({}),
) -> list[RowResult]:
    """Create the customers of ``rows`` or bring known ones up to date; every row is answered by itself.

    Args:
        actor: who does it; records a member may not edit are refused, fields they may not write too.
        rows: at most ``MAX_ROWS``. Empty values mean "not given", never "make empty".
        kind: "person" or "company".
        policy: for known customers: "update" lets given values win, "fill" only fills gaps, "skip" leaves them.
        match: identity kinds that make a row a known customer, the surest first. A phone counts only
            together with the same name.
        source: noted on identities, and on new customers that name none.
        default_owner_id: owner of new customers whose row names none.
        ready: drafts of rows (by position) that were cleaned before; of these rows only the references to members, teams
            and companies are looked at.

    Returns:
        One result per row, in order.
    """
    if len(rows) > MAX_ROWS:
        raise ValueError(f"at most {MAX_ROWS} rows at once")
    drafts, refused = _read(actor, rows, kind, ready)
    groups = [
        Group(draft=draft, data=rows[positions[0]], rows=positions)
        for draft, positions in group_rows(drafts, match=match)
    ]
    held = held_by(key for group in groups for key in group.draft.keys)
    known = _find_known(actor, groups, held, kind, match)
    _refuse_incomplete(actor, groups, known, policy)
    check_custom_values(actor, groups, known, kind=kind, policy=policy)
    claims, changed = _write(actor, groups, known, held, policy, source, default_owner_id)
    _tell(actor, groups, kind, source)
    if changed:
        note_updates(actor=actor, kind=kind, changed=changed)
        publish_moves(actor=actor, known=known, changed=changed)
    return _results(len(rows), groups, refused, claims)


def _read(
    actor: Actor, rows: Sequence[PartyData], kind: str, ready: Mapping[int, Draft]
) -> tuple[dict[int, Draft], dict[int, list[FieldProblem]]]:
    drafts: dict[int, Draft] = {}
    refused: dict[int, list[FieldProblem]] = {}
    locked = _locked_fields(actor)
    for index, data in enumerate(rows):
        cleaner = Cleaner()
        draft = ready.get(index) or draft_from(cleaner, data, kind=kind, assignments=False)
        if not draft.party.get("name") and not draft.keys and not cleaner.problems:
            cleaner.refuse("name", "required", _("Give a name or something the customer is recognised by."))
        for name in _given(draft) if locked else ():
            if right_name(name) in locked:
                cleaner.refuse(name, "not_writable", _("Your role doesn't let you change this field."))
        if cleaner.problems:
            refused[index] = cleaner.problems
        else:
            drafts[index] = draft
    for index, problems in check_references({i: (rows[i], draft) for i, draft in drafts.items()}).items():
        refused[index] = problems
        del drafts[index]
    return drafts, refused


def _locked_fields(actor: Actor) -> frozenset[str]:
    """Return the fields that the actor's role may not write."""
    access = customer_fields(actor.member) if actor.member else None
    return frozenset() if access is None else access.readonly


def _given(draft: Draft) -> list[str]:
    values = {**draft.party, **draft.own, **draft.lists}
    return [name for name, value in values.items() if value not in ("", None, [])]


def _find_known(
    actor: Actor,
    groups: list[Group],
    held: Mapping[IdentityKey, Holder],
    kind: str,
    match: Sequence[str],
) -> dict[UUID, Known]:
    found = match_groups([group.draft for group in groups], held, kind=kind, match=match)
    reach = None
    if found and actor.member is not None:
        reach = set(
            visible_parties(actor.member, "edit")
            .filter(id__in=set(found.values()))
            .values_list("id", flat=True)
        )
    for position, party_id in found.items():
        group = groups[position]
        group.party_id = party_id
        if reach is not None and party_id not in reach:
            group.outcome = "rejected"
            group.problems.append(
                FieldProblem(
                    "",
                    "exists",
                    _("This customer exists and belongs to somebody else. Talk to an administrator."),
                )
            )
    return load_known({g.party_id for g in groups if g.party_id and not g.outcome}, kind=kind)


def _refuse_incomplete(
    actor: Actor, groups: list[Group], known: Mapping[UUID, Known], policy: Policy
) -> None:
    """Refuse new customers that lack what their stage asks for, and known ones brought to one whose fields they lack."""
    if not (required := required_at_birth(actor)):
        return
    moves: dict[str, list[Group]] = {}
    for group in groups:
        if group.outcome:
            continue
        if group.party_id is None:
            group.problems = lacking_at_birth(required, group.draft)
            group.outcome = "rejected" if group.problems else ""
        elif policy == "update" and group.party_id in known:
            stage = group.draft.party["stage"]
            if stage and stage != known[group.party_id].party.stage and required.get(stage):
                moves.setdefault(stage, []).append(group)
    for stage, moved in moves.items():
        lacking = missing_fields([one.party_id for one in moved if one.party_id], required[stage])
        for group in moved:
            missing = lacking.get(group.party_id, []) if group.party_id else []
            group.problems = lacking_in_move(required, group.draft, missing)
            group.outcome = "rejected" if group.problems else ""


def _write(
    actor: Actor,
    groups: list[Group],
    known: dict[UUID, Known],
    held: Mapping[IdentityKey, Holder],
    policy: Policy,
    source: str,
    owner_id: UUID | None,
) -> tuple[list[IdentityClaim], dict[UUID, Changes]]:
    tags = ensure_tags([name for group in groups if not group.outcome for name in group.draft.tags])
    fresh = [group for group in groups if group.party_id is None and not group.outcome]
    for group in fresh:
        group.party_id, group.outcome = group.draft.party_id, "created"
        group.draft.party["owner_id"] = group.draft.party.get("owner_id") or owner_id
        group.draft.party["source"] = group.draft.party["source"] or source
    if fresh:
        write_drafts(actor=actor, drafts=[group.draft for group in fresh], tags=tags)
    old = [group for group in groups if not group.outcome]
    changed: dict[UUID, Changes] = {}
    if policy != "skip" and old:
        changed = update_known(actor, known, [(g.party_id, g.draft) for g in old if g.party_id], policy, tags)
    for group in old:
        group.outcome = (
            "skipped" if policy == "skip" else "updated" if group.party_id in changed else "unchanged"
        )
    written = [group for group in groups if group.outcome in ("created", "updated", "unchanged")]
    claims = claim_keys(
        actor=actor,
        wanted={g.party_id: g.draft.keys for g in written if g.party_id},
        source=source,
        known=held,
    )
    links = [(g.party_id, g.data) for g in written if g.party_id and isinstance(g.data, PersonData)]
    write_affiliations(links)
    if changed:
        refresh_search(changed)
    return claims, changed


def _tell(actor: Actor, groups: list[Group], kind: str, source: str) -> None:
    created = [group.party_id for group in groups if group.outcome == "created" and group.party_id]
    updated = [group.party_id for group in groups if group.outcome == "updated" and group.party_id]
    for act, ids in (("created", created), ("updated", updated)):
        if ids:
            record_bulk(
                actor=actor,
                act=f"customers.{act}",
                object_type="customer",
                ids=ids,
                summary={"source": source},
            )
    if created or updated:
        event = PartiesUpserted(
            kind=kind,
            created_ids=[str(party_id) for party_id in created],
            updated_ids=[str(party_id) for party_id in updated],
            source=source,
        )
        publish(event, actor=actor)


def _results(
    count: int, groups: list[Group], refused: dict[int, list[FieldProblem]], claims: list[IdentityClaim]
) -> list[RowResult]:
    disputes: dict[UUID, int] = {}
    for claim in claims:
        disputes[claim.claimant_id] = disputes.get(claim.claimant_id, 0) + 1
    results: dict[int, RowResult] = {
        index: RowResult(index=index, outcome="rejected", problems=_problems(problems))
        for index, problems in refused.items()
    }
    for group in groups:
        first = RowResult(
            index=group.rows[0],
            outcome=group.outcome,
            party_id=None if group.problems else group.party_id,
            problems=_problems(group.problems),
            disputes=disputes.get(group.party_id, 0) if group.party_id else 0,
        )
        results[group.rows[0]] = first
        for index in group.rows[1:]:
            outcome = "updated" if group.outcome == "created" else group.outcome
            results[index] = replace(first, index=index, outcome=outcome)
    return [results[index] for index in range(count)]


def _problems(problems: Sequence[FieldProblem]) -> tuple[RowProblem, ...]:
    return tuple(RowProblem(field=p.field, code=p.code, message=str(p.message)) for p in problems)


def bulk_upsert_people(**arguments: Any) -> list[RowResult]:
    """``bulk_upsert`` of ``PersonData`` rows."""
    return bulk_upsert(kind="person", **arguments)


def bulk_upsert_companies(**arguments: Any) -> list[RowResult]:
    """``bulk_upsert`` of ``CompanyData`` rows."""
    return bulk_upsert(kind="company", **arguments)
