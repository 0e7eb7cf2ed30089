"""What the privacy module plugs into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import ObjectRights, may, may_area, register_object
from ponte.directory.movers import register_mover
from ponte.directory.policies import visible_parties
from ponte.directory.services.opt_outs import register_opt_out_book
from ponte.privacy import conditions
from ponte.privacy.demo import PART as DEMO
from ponte.privacy.imports import EXTENSION
from ponte.privacy.models import ConsentRecord
from ponte.privacy.policies import OBJECT, visible_suppressions
from ponte.privacy.services.merging import MOVER
from ponte.privacy.services.suppressions import Book
from ponte.privacy.tables import suppressions as lists
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.commands import Command, register_command
from ponte.workplace.demo import register_demo
from ponte.workplace.importing import register_import_extension
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

LISTS = (lists.SUPPRESSIONS, lists.REFUSALS)

register_object(
    ObjectRights(
        OBJECT,
        label=_("Suppressed addresses and refused contacts"),
        acts=("view", "create", "edit", "export"),
        owned=False,
    )
)
register_opt_out_book(Book())
register_demo(DEMO)
register_mover(MOVER)
conditions.register()
for _target in ("people", "companies"):
    register_import_extension(_target, EXTENSION)

register_panel(
    Panel(
        "privacy",
        _("Consent and privacy"),
        "shield-check",
        "privacy:panel",
        order=40,
        visible=who_may("customer", "view"),
    )
)
register_settings_page(
    SettingsPage(
        "purposes",
        "data",
        _("Purposes and consent texts"),
        "shield-check",
        "privacy:purposes",
        _("What customers are contacted for, on which legal basis, in which words they agree."),
        20,
        who_may_area("settings"),
    )
)
register_settings_page(
    SettingsPage(
        "suppressions",
        "data",
        _("Suppressed addresses"),
        "bell-off",
        "privacy:suppressions",
        _("E-mails and phones nothing is sent to."),
        22,
        who_may(OBJECT, "view"),
    )
)
register_settings_page(
    SettingsPage(
        "refusals",
        "data",
        _("Refused contacts"),
        "shield-half",
        "privacy:refusals",
        _("What wasn't sent, and why."),
        24,
        who_may(OBJECT, "view"),
    )
)
register_command(
    Command(
        "suppress",
        _("Suppress an address"),
        "bell-off",
        url_name="privacy:suppress",
        group="create",
        in_dialog=True,
        keywords=_("opt out unsubscribe bounce block"),
        order=80,
        visible=who_may(OBJECT, "create"),
    )
)
register_command(
    Command(
        "suppressions",
        _("Suppressed addresses"),
        "bell-off",
        url_name="privacy:suppressions",
        group="go",
        order=80,
        visible=who_may(OBJECT, "view"),
    )
)
register_command(
    Command(
        "refusals",
        _("Refused contacts"),
        "shield-half",
        url_name="privacy:refusals",
        group="go",
        order=81,
        visible=who_may(OBJECT, "view"),
    )
)


def _seen_consents(member: Member, ids: Collection[UUID]) -> set[UUID]:
    if not may(member, "customer", "view"):
        return set()
    rows = ConsentRecord.objects.filter(id__in=ids, party__in=visible_parties(member))
    return set(rows.values_list("id", flat=True))


def _seen_suppressions(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_suppressions(member).filter(id__in=ids).values_list("id", flat=True))


def _seen_purposes(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(ids) if may_area(member, "settings") else set()


register_history(HistorySource("consent", _seen_consents, rights_object="customer"))
register_history(HistorySource("suppression", _seen_suppressions))
register_history(HistorySource("purpose", _seen_purposes))
