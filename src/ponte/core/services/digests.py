"""The daily mail with unread notices, where there is a mail server."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.core.models import Member, Notification
from ponte.core.services.mail import queue_mail
from ponte.core.services.notice_choices import DIGEST, wants
from ponte.core.tenancy.scope import current_workspace

MOST = 20
UNTOLD = Q(digested_at=None) & (Q(read_at=None) | Q(quiet=True))


def send_digests() -> int:
    """Queue a mail for every active member with unread notices that no digest has told of; return how many mails."""
    if not settings.PONTE_SENDS_MAIL:
        return 0
    waiting = Notification.objects.filter(UNTOLD)
    members = Member.objects.filter(is_active=True, id__in=waiting.values("member_id"))
    return sum(1 for member in members.order_by("id").iterator() if _send_to(member))


def _send_to(member: Member) -> bool:
    notices = Notification.objects.select_for_update().filter(UNTOLD, member=member)
    fresh = list(notices.order_by("-id"))
    told = [notice for notice in fresh if wants(member, notice.kind, "mail")]
    if not member.preferences.get(DIGEST, True):
        told = []
    if told:
        with translation.override(member.language):
            queue_mail(to=member.email, subject=_subject(len(told)), text=_text(member, told))
    Notification.objects.filter(id__in=[notice.id for notice in fresh]).update(digested_at=timezone.now())
    return bool(told)


def _subject(number: int) -> str:
    words = {"number": number, "workspace": current_workspace().name}
    return (
        ngettext(
            "%(workspace)s: %(number)s unread notice", "%(workspace)s: %(number)s unread notices", number
        )
        % words
    )


def _text(member: Member, notices: list[Notification]) -> str:
    workspace = current_workspace()
    base = settings.PONTE_URL.rstrip("/")
    lines = [_("Hello, %(name)s.") % {"name": member.name}, ""]
    for notice in notices[:MOST]:
        lines.append(f"• {notice.title}")
        if notice.url and base:
            lines.append(f"  {base}/{workspace.slug}{notice.url}")
    if len(notices) > MOST:
        lines.append(_("… and %(number)s more.") % {"number": len(notices) - MOST})
    lines += ["", _("You can switch this mail off in Settings, Notifications.")]
    return "\n".join(lines)
