"""Who else took part in an interaction."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.timeline.content import clean_line
from ponte.timeline.models import Interaction, InteractionParticipant
from ponte.timeline.participant import Participant
from ponte.timeline.policies import visible_participants


def set_participants(
    interaction: Interaction, participants: Sequence[Participant], *, member: Member | None = None
) -> None:
    """Make ``participants`` the ones of the interaction; its own party is one already and is left out.

    Who acts for a ``member`` names customers visible to them, and customers hidden from them stay participants.

    Raises:
        Invalid: a participant nobody knows, or a customer hidden from the member.
    """
    wanted = _without_repeats(interaction, participants)
    _check_known(wanted, member)
    replaced = InteractionParticipant.objects if member is None else visible_participants(member)
    InteractionParticipant.objects.filter(
        id__in=list(replaced.filter(interaction=interaction).values_list("id", flat=True))
    ).delete()
    InteractionParticipant.objects.bulk_create(
        InteractionParticipant(
            interaction=interaction,
            party_id=one.party_id,
            member_id=one.member_id,
            label=clean_line(one.label)[:120],
            occurred_at=interaction.occurred_at,
        )
        for one in wanted
    )


def move_participants(interaction: Interaction) -> None:
    """Repeat the interaction's time on its participants, after it changed."""
    interaction.participants.update(occurred_at=interaction.occurred_at)


def _without_repeats(interaction: Interaction, participants: Sequence[Participant]) -> list[Participant]:
    seen: dict[object, Participant] = {}
    for one in participants:
        if one.party_id == interaction.party_id and one.party_id is not None:
            continue
        key = one.party_id or one.member_id or clean_line(one.label).casefold()
        if key:
            seen.setdefault(key, one)
    return list(seen.values())


def _check_known(participants: Sequence[Participant], member: Member | None) -> None:
    parties = {one.party_id for one in participants if one.party_id}
    members = {one.member_id for one in participants if one.member_id}
    known = Party.objects.all() if member is None else visible_parties(member)
    missing_party = parties and known.filter(id__in=parties).count() != len(parties)
    missing_member = members and Member.objects.filter(id__in=members).count() != len(members)
    if missing_party or missing_member:
        raise Invalid.on("participants", "missing", _("One of the participants does not exist."))
