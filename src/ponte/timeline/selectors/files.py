"""Files of a customer: those on the customer's own record and those on their interactions and tasks."""

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.errors import Missing
from ponte.core.models import Attachment, Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.policies import visible_parties

PANEL_FILES = 30


def visible_files(member: Member) -> QuerySet[Attachment]:
    """Return the files on customers that the member's role may see at all; the customer is asked apart."""
    rows = Attachment.objects.filter(deleted_at__isnull=True, party_id__isnull=False)
    return rows.none() if scope_of(member, "file", "view") is Scope.NONE else rows


def files_of_party(member: Member, party_id: UUID, limit: int = PANEL_FILES) -> list[Attachment]:
    """Return the newest files of a visible customer, one more than ``limit`` when there are more."""
    rows = visible_files(member).filter(party_id=party_id).select_related("uploaded_by")
    return list(rows.order_by("-id")[: limit + 1])


def get_file(member: Member, file_id: UUID, *, deleted: bool = False) -> Attachment:
    """Return a file of a customer the member may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    rows = Attachment.objects.select_related("uploaded_by").filter(id=file_id, party_id__isnull=False)
    file = rows.filter(deleted_at__isnull=not deleted).first()
    if file is None or file.party_id is None or scope_of(member, "file", "view") is Scope.NONE:
        raise Missing
    if not visible_parties(member).filter(id=file.party_id).exists():
        raise Missing
    return file


def may_remove(member: Member, file: Attachment) -> bool:
    """Return whether the member may take this file away: their own, or any with the right to all, but no proof."""
    if file.is_proof:
        return False
    reach = scope_of(member, "file", "delete")
    return reach is Scope.ALL or (reach is not Scope.NONE and file.uploaded_by_id == member.id)
