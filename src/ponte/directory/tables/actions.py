"""What can be done with selected customers, each with its way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.directory.models import Party, PartyTag, Stage
from ponte.directory.selectors.suggestions import open_suggestions, rules_for
from ponte.directory.services.customers import assign_owner
from ponte.directory.services.deletion import delete_parties, restore_parties
from ponte.directory.services.stages import change_stages
from ponte.directory.services.standardising import find_suggestions
from ponte.directory.services.suggestions import accept_suggestions, take_back
from ponte.directory.services.tags import change_tags
from ponte.workplace.lists import BulkAction, BulkInput, BulkOutcome
from ponte.workplace.lists.bulk import Inputs
from ponte.workplace.lists.filters import Choice

STANDARDISE, ALL_RULES = "standardise", "all"


def member_choices(member: Member) -> Sequence[Choice]:
    """Return the members records can be given to, oneself first."""
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id").values_list("id", "name")
    return sorted(((str(key), name) for key, name in rows), key=lambda choice: choice[0] != str(member.id))


def _stage_choices(member: Member) -> Sequence[Choice]:
    return [(stage.value, stage.label) for stage in Stage]


def _assign(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    before = list(Party.objects.filter(id__in=ids).order_by("id").values_list("id", "owner_id", "team_id"))
    owner = UUID(inputs["owner"])
    assign_owner(actor=actor, party_ids=ids, owner_id=owner)
    changed = [row for row in before if row[1] != owner]
    undo = {"owner": str(owner), "rows": [[str(value or "") for value in row] for row in changed]}
    return BulkOutcome([row[0] for row in changed], undo)


def _assign_back(actor: Actor, undo: Any) -> None:
    groups: dict[tuple[str, str], list[UUID]] = {}
    for party_id, owner, team in undo["rows"]:
        groups.setdefault((owner, team), []).append(UUID(party_id))
    for (owner, team), ids in groups.items():
        untouched = Party.objects.filter(id__in=ids, owner_id=undo["owner"]).values_list("id", flat=True)
        assign_owner(
            actor=actor,
            party_ids=list(untouched),
            owner_id=UUID(owner) if owner else None,
            team_id=UUID(team) if team else None,
        )


def _move(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    before = change_stages(actor=actor, party_ids=ids, stage=inputs["stage"], reason=inputs.get("reason", ""))
    undo = {"stage": inputs["stage"], "rows": {str(party_id): stage for party_id, stage in before.items()}}
    return BulkOutcome(list(before), undo)


def _move_back(actor: Actor, undo: Any) -> None:
    groups: dict[str, list[UUID]] = {}
    for party_id, stage in undo["rows"].items():
        groups.setdefault(stage, []).append(UUID(party_id))
    for stage, ids in groups.items():
        untouched = Party.objects.filter(id__in=ids, stage=undo["stage"]).values_list("id", flat=True)
        change_stages(actor=actor, party_ids=list(untouched), stage=stage)


def _tag(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    name = inputs["tag"]
    had = set(PartyTag.objects.filter(party_id__in=ids, tag__name=name).values_list("party_id", flat=True))
    fresh = [party_id for party_id in ids if party_id not in had]
    if fresh:
        change_tags(actor=actor, party_ids=fresh, add=[name])
    return BulkOutcome(fresh, {"tag": name, "ids": [str(party_id) for party_id in fresh]})


def _tag_back(actor: Actor, undo: Any) -> None:
    _if_there(change_tags, actor=actor, party_ids=_ids(undo), remove=[undo["tag"]])


def _untag(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    name = inputs["tag"]
    had = list(PartyTag.objects.filter(party_id__in=ids, tag__name=name).values_list("party_id", flat=True))
    if had:
        change_tags(actor=actor, party_ids=had, remove=[name])
    return BulkOutcome(had, {"tag": name, "ids": [str(party_id) for party_id in had]})


def _untag_back(actor: Actor, undo: Any) -> None:
    _if_there(change_tags, actor=actor, party_ids=_ids(undo), add=[undo["tag"]])


def _rule_choices(member: Member) -> Sequence[Choice]:
    return [(ALL_RULES, _("All rules")), *((rule.key, rule.label) for rule in rules_for(member))]


def _standardise(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    if actor.member is None:
        raise Missing
    find_suggestions(ids)
    rules = None if inputs["rule"] == ALL_RULES else [inputs["rule"]]
    rows = open_suggestions(actor.member, rules=rules).filter(party_id__in=ids)
    kept = [UUID(text) for text in inputs.get("except", "").split(",") if text]
    chosen = rows.exclude(id__in=kept).values_list("id", flat=True)
    accepted = accept_suggestions(actor=actor, suggestion_ids=list(chosen))
    return BulkOutcome(accepted.party_ids, accepted.undo)


def _standardise_back(actor: Actor, undo: Any) -> None:
    take_back(actor=actor, undo=undo)


def _delete(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    delete_parties(actor=actor, party_ids=ids)
    return BulkOutcome(ids, {"ids": [str(party_id) for party_id in ids]})


def _delete_back(actor: Actor, undo: Any) -> None:
    _if_there(restore_parties, actor=actor, party_ids=_ids(undo))


def _on_its_page(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    raise Missing  # merging has a page of its own


def _ids(undo: Any) -> list[UUID]:
    return [UUID(text) for text in undo["ids"]]


def _if_there(act: Any, **arguments: Any) -> None:
    try:
        act(**arguments)
    except Missing:  # changed by others since: nothing left to take back
        return


ACTIONS = (
    BulkAction(
        "assign",
        _("Give to…"),
        "user-share",
        _assign,
        ngettext_lazy("%(count)s customer given", "%(count)s customers given", "count"),
        undo=_assign_back,
        inputs=(BulkInput("owner", _("Owner"), choices=member_choices),),
        fields=("owner",),
        shows="owner",
    ),
    BulkAction(
        "stage",
        _("Change stage…"),
        "arrow-right",
        _move,
        ngettext_lazy("%(count)s customer moved", "%(count)s customers moved", "count"),
        undo=_move_back,
        inputs=(
            BulkInput("stage", _("Stage"), choices=_stage_choices),
            BulkInput("reason", _("Reason"), kind="text", required=False),
        ),
        fields=("stage",),
        shows="stage",
    ),
    BulkAction(
        "tag",
        _("Add tag…"),
        "tag",
        _tag,
        ngettext_lazy("%(count)s customer tagged", "%(count)s customers tagged", "count"),
        undo=_tag_back,
        inputs=(BulkInput("tag", _("Tag"), kind="text"),),
        shows="tags",
    ),
    BulkAction(
        "untag",
        _("Remove tag…"),
        "x",
        _untag,
        ngettext_lazy("%(count)s customer without the tag", "%(count)s customers without the tag", "count"),
        undo=_untag_back,
        inputs=(BulkInput("tag", _("Tag"), kind="text"),),
        shows="tags",
    ),
    BulkAction(
        STANDARDISE,
        _("Standardise…"),
        "sparkles",
        _standardise,
        ngettext_lazy("%(count)s customer standardised", "%(count)s customers standardised", "count"),
        undo=_standardise_back,
        inputs=(BulkInput("rule", _("Rule"), choices=_rule_choices),),
        confirm=_(
            "Names, e-mails, phones and addresses are written the usual way. You can take it back for a day."
        ),
    ),
    BulkAction(
        "merge",
        _("Merge…"),
        "git-merge",
        _on_its_page,
        ngettext_lazy("%(count)s customer merged", "%(count)s customers merged", "count"),
        page_url="directory:merge",
    ),
    BulkAction(
        "delete",
        _("Delete"),
        "trash",
        _delete,
        ngettext_lazy("%(count)s customer put into the bin", "%(count)s customers put into the bin", "count"),
        act="delete",
        undo=_delete_back,
        danger=True,
    ),
)
