"""The list of companies."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.documents import format_cnpj
from ponte.core.models import Member
from ponte.directory.models import CompanySize, Party
from ponte.directory.selectors.parties import list_parties
from ponte.directory.selectors.search import SEARCH_COLUMN
from ponte.directory.tables.actions import ACTIONS
from ponte.directory.tables.editing import editables_for
from ponte.directory.tables.people import MAY_CREATE
from ponte.directory.tables.shared import (
    NEVER_SHOWN,
    SEARCHED,
    SECOND_LINE,
    contact_columns,
    filters_for,
    panel_url,
    readable_search,
    record_url,
    second_line,
    sorts_for,
    work_columns,
)
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    EVERY_FEMININE,
    Badge,
    ChoiceFilter,
    Column,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Number,
    Text,
    register_list,
)

NEW_COMPANY = EmptyAction(_("New company"), "directory:new_company", "plus", dialog=True, visible=MAY_CREATE)


def _rows(member: Member) -> QuerySet[Party]:
    return list_parties(member, "company").defer(*NEVER_SHOWN)


def _cnpj(row: Party) -> str:
    return format_cnpj(row.company.cnpj)


COMPANIES = register_list(
    ListPage(
        key="companies",
        more=(more_of("company"),),
        object="customer",
        title=_("Companies"),
        plural=_("companies"),
        every=EVERY_FEMININE,
        icon="building",
        url_name="directory:companies",
        queryset=_rows,
        row_url=record_url,
        panel_url=panel_url,
        columns=(
            Column(
                "name",
                _("Name"),
                Main("label", avatar="company", second=second_line, second_fields=SECOND_LINE),
                sort="name",
            ),
            Column("cnpj", "CNPJ", Text(_cnpj), needs=("company",), fields=("cnpj",)),
            *contact_columns(),
            *work_columns(),
            Column("industry", _("Industry"), Text("company__industry"), needs=("company",), shown=False),
            Column(
                "size",
                _("Size"),
                Badge("company__size", labels=dict(CompanySize.choices)),
                needs=("company",),
                shown=False,
            ),
            Column(
                "employees", _("Employees"), Number("company__employees"), needs=("company",), shown=False
            ),
        ),
        sorts=sorts_for("company"),
        default_sort="name",
        filters=(
            *filters_for("company"),
            ChoiceFilter("size", _("Size"), "company__size", choices=CompanySize.choices),
        ),
        search_column=SEARCH_COLUMN,
        search_fields=SEARCHED,
        search_within=readable_search,
        search_placeholder=_("Name, CNPJ, e-mail, phone…"),
        personal=True,
        empty=Empty(
            _("Companies you sell to"),
            _(
                "Add a company by its CNPJ or import a file; its people, orders and conversations come together here."
            ),
            icon="building",
            actions=(NEW_COMPANY,),
        ),
        create=NEW_COMPANY,
        bulk_actions=ACTIONS,
        editables=editables_for("company"),
        condition="company",
        order=20,
    )
)
