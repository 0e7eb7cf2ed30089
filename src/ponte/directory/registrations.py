"""What the directory plugs into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import register_provider
from ponte.core.models import Member
from ponte.core.rights import ObjectRights, register_object
from ponte.directory import conditions, help
from ponte.directory.custom import COMPANY, PERSON
from ponte.directory.custom import TARGETS as CUSTOM_TARGETS
from ponte.directory.demo import PART as DEMO
from ponte.directory.demo.counting import PART as COUNTING
from ponte.directory.imports import COMPANIES, PEOPLE
from ponte.directory.movers import Mover, register_mover
from ponte.directory.policies import FIELD_RIGHTS, visible_parties
from ponte.directory.selectors.search import fetch_customers, find_customers, resolve_customers
from ponte.directory.services.merge_contacts import move_directory
from ponte.directory.tables import bin as bin_list
from ponte.directory.tables import companies as companies_list
from ponte.directory.tables import people as people_list
from ponte.workplace import vocabulary
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.admin.notices import register_notice
from ponte.workplace.commands import Command, register_command
from ponte.workplace.custom_fields.conditions import provider_of
from ponte.workplace.custom_fields.importing import custom_extension
from ponte.workplace.custom_fields.objects import register_custom_object, register_reference_target
from ponte.workplace.demo import register_demo
from ponte.workplace.home import HomeBlock, register_home_block
from ponte.workplace.importing import register_target
from ponte.workplace.importing.extensions import register_import_extension
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.search import SearchSource, register_search
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

LISTS = (people_list.PEOPLE, companies_list.COMPANIES, bin_list.BIN)
VIEW, CREATE, EDIT = who_may("customer", "view"), who_may("customer", "create"), who_may("customer", "edit")

CUSTOMER = ObjectRights(
    "customer",
    label=_("Customers"),
    fields={
        "email": _("E-mails"),
        "phone": _("Phones"),
        "address": _("Addresses"),
        "cpf": "CPF",
        "cnpj": "CNPJ",
        "birthday": _("Birthday"),
        "gender": _("Gender"),
        "marital_status": _("Marital status"),
        "education": _("Education"),
        "income_band": _("Income"),
        "children": _("Children"),
        "annual_revenue": _("Annual revenue"),
        "description": _("Description"),
        "source": _("Source"),
        "owner": _("Owner"),
        "stage": _("Stage"),
        "revenue": _("Revenue"),
        "margin": _("Margin"),
    },
)


# names of the audit log → the name a role hides them by
HISTORY_RIGHTS = {
    **FIELD_RIGHTS, "team": "owner", "whatsapp": "phone", "source_detail": "source", "cnpj_root": "cnpj",
    "reason": "stage",
}  # fmt: skip


def _visible(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_parties(member).filter(id__in=ids).values_list("id", flat=True))


register_object(CUSTOMER)
register_mover(Mover("directory", move_directory, order=10))
for _entry in (PERSON, COMPANY):
    register_custom_object(_entry)
    register_provider(_entry.key, provider_of(_entry.key))
for _target in CUSTOM_TARGETS:
    register_reference_target(_target)
register_import_extension("people", custom_extension("person"))
register_import_extension("companies", custom_extension("company"))
register_target(PEOPLE)
register_target(COMPANIES)
register_notice("quality.waiting", _("More to mend among customers I look after"))
register_notice("quality.lookups", _("Finished look-ups in registers"))
register_demo(DEMO)
register_demo(COUNTING)

register_nav(
    NavItem(
        "people",
        "customers",
        vocabulary.people,
        "users",
        "directory:people",
        10,
        VIEW,
        go_key="p",
        on_phone=True,
    )
)
register_nav(
    NavItem(
        "companies",
        "customers",
        _("Companies"),
        "building",
        "directory:companies",
        20,
        VIEW,
        go_key="e",
        on_phone=True,
    )
)
register_nav(
    NavItem("duplicates", "customers", _("Duplicates"), "git-merge", "directory:duplicates", 75, EDIT)
)
register_nav(
    NavItem("claims", "customers", _("Identities to review"), "arrows-exchange", "directory:claims", 80, EDIT)
)
register_home_block(
    HomeBlock(
        "duplicates", _("Duplicates"), "git-merge", "directory:duplicates_block", order=60, visible=EDIT
    )
)
register_nav(NavItem("quality", "customers", _("Data quality"), "gauge", "directory:quality", 90, EDIT))
register_panel(
    Panel("quality", _("Data quality"), "gauge", "directory:quality_panel", 65, visible=VIEW, open=False)
)
register_settings_page(
    SettingsPage(
        "tags",
        "data",
        _("Tags"),
        "tags",
        "directory:tag_list",
        _("Spelling, colours, joining two of one meaning"),
        30,
        who_may_area("settings"),
    )
)
register_settings_page(
    SettingsPage(
        "bin",
        "data",
        _("Bin"),
        "trash",
        "directory:bin",
        _("Customers deleted in the last 30 days"),
        50,
        who_may("customer", "delete"),
    )
)

register_command(
    Command(
        "new_person",
        vocabulary.new_person,
        "user-plus",
        url_name="directory:new_person",
        group="create",
        in_dialog=True,
        keywords=_("contact customer add"),
        order=10,
        visible=CREATE,
    )
)
register_command(
    Command(
        "new_company",
        _("New company"),
        "building",
        url_name="directory:new_company",
        group="create",
        in_dialog=True,
        keywords=_("account organisation add"),
        order=20,
        visible=CREATE,
    )
)
register_command(
    Command(
        "customers_bin",
        _("Open the bin"),
        "trash",
        url_name="directory:bin",
        group="go",
        visible=who_may("customer", "delete"),
    )
)

register_panel(
    Panel("links", _("Companies and people"), "hierarchy", "directory:links_panel", 30, visible=VIEW)
)
register_panel(
    Panel(
        "identities",
        _("Recognised by"),
        "fingerprint",
        "directory:identities_panel",
        60,
        visible=VIEW,
        open=False,
    )
)
register_panel(
    Panel("stages", _("Life cycle"), "route", "directory:stages_panel", 70, visible=VIEW, open=False)
)
register_panel(
    Panel("history", _("History"), "history", "directory:history_panel", 90, visible=VIEW, open=False)
)

register_search(
    SearchSource(
        "customer",
        _("Customers"),
        "users",
        find_customers,
        order=10,
        resolve=resolve_customers,
        fetch=fetch_customers,
        list_url_name="directory:people",
        personal=True,
        visible=VIEW,
    )
)
register_history(
    HistorySource(
        object="customer",
        visible=_visible,
        rights_object="customer",
        field_rights=HISTORY_RIGHTS,
        object_types=("customer", "affiliation", "relation"),
        by_subject=True,
    )
)
conditions.register()
help.register()
