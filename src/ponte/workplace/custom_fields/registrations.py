"""What custom fields plug into the workplace and the layers below."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import register_field_source
from ponte.core.text import fold
from ponte.workplace.custom_fields import jobs as _jobs  # noqa: F401
from ponte.workplace.custom_fields.objects import Named, ReferenceTarget, register_reference_target
from ponte.workplace.custom_fields.pointing import only_ones
from ponte.workplace.selectors.custom_fields import rights_labels
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may_area


def _members(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    found = Member.objects.filter(id__in=list(ids)).values_list("id", "name")
    return {record_id: Named(name) for record_id, name in found}


def _members_by_words(member: Member | None, texts: Collection[str]) -> Mapping[str, UUID]:
    people = Member.objects.filter(is_active=True).values_list("id", "name", "email")
    known = only_ones({(fold(word), record_id) for record_id, *words in people for word in words if word})
    return {text: known[fold(text)] for text in texts if fold(text) in known}


register_field_source(rights_labels)
register_reference_target(
    ReferenceTarget(
        key="member", label=_("Member"), pick_url="", labels=_members, by_words=_members_by_words, order=10
    )
)
register_settings_page(
    SettingsPage(
        "custom_fields",
        "data",
        _("Custom fields"),
        "forms",
        "workplace:custom_fields",
        _("What your business wants to know besides: your own fields."),
        10,
        who_may_area("settings"),
    )
)
