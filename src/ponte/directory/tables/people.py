"""The list of people."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.directory.selectors.parties import list_parties
from ponte.directory.selectors.search import SEARCH_COLUMN
from ponte.directory.tables.actions import ACTIONS
from ponte.directory.tables.editing import editables_for
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
from ponte.workplace import vocabulary
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    Column,
    Day,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Text,
    register_list,
)
from ponte.workplace.visibility import who_may

MAY_CREATE = who_may("customer", "create")
NEW_PERSON = EmptyAction(
    vocabulary.new_person, "directory:new_person", "plus", dialog=True, visible=MAY_CREATE
)


def _rows(member: Member) -> QuerySet[Party]:
    return list_parties(member, "person").defer(*NEVER_SHOWN)


PEOPLE = register_list(
    ListPage(
        key="people",
        more=(more_of("person"),),
        object="customer",
        title=vocabulary.people,
        plural=_("people"),
        every=vocabulary.every_person,
        icon="users",
        url_name="directory:people",
        queryset=_rows,
        row_url=record_url,
        panel_url=panel_url,
        columns=(
            Column(
                "name",
                _("Name"),
                Main("label", avatar="person", second=second_line, second_fields=SECOND_LINE),
                sort="name",
            ),
            *contact_columns(),
            *work_columns(),
            Column("job_title", _("Job title"), Text("person__job_title"), needs=("person",), shown=False),
            Column("birthday", _("Birthday"), Day("person__birthday"), needs=("person",), shown=False),
        ),
        sorts=sorts_for("person"),
        default_sort="name",
        filters=filters_for("person"),
        search_column=SEARCH_COLUMN,
        search_fields=SEARCHED,
        search_within=readable_search,
        search_placeholder=_("Name, e-mail, phone, CPF…"),
        personal=True,
        empty=Empty(
            _("Your customers live here"),
            _(
                "Bring a file from your old system or add the first person. You then see everything about them on one page."
            ),
            icon="users",
            actions=(NEW_PERSON,),
        ),
        create=NEW_PERSON,
        bulk_actions=ACTIONS,
        editables=editables_for("person"),
        condition="person",
        order=10,
    )
)
