"""The list of account plans."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.sales.account_plan_policies import visible_plans
from ponte.sales.models import AccountPlan
from ponte.workplace.lists import (
    Column,
    Day,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Moment,
    OwnerFilter,
    Person,
    Sort,
    Text,
    register_list,
    row_address,
)


def _rows(member: Member) -> QuerySet[AccountPlan]:
    return visible_plans(member)


def _label(row: Any) -> str:
    return str(row.party.label)


ACCOUNT_PLANS = register_list(
    ListPage(
        key="account_plans",
        object="account_plan",
        title=_("Account plans"),
        plural=_("account plans"),
        icon="target",
        url_name="sales:account_plans",
        queryset=_rows,
        row_url=row_address("sales:account_plan"),
        columns=(
            Column("company", _("Company"), Main(_label, avatar="company"), needs=("party",)),
            Column("owner", _("Who keeps the plan"), Person("owner__name"), needs=("owner",), phone=True),
            Column("city", _("City"), Text("party__city"), needs=("party",)),
            Column("reviewed_on", _("Last looked through"), Day("reviewed_on")),
            Column("updated_at", _("Last change"), Moment("updated_at"), shown=False),
        ),
        sorts=(Sort("created", _("Created"), (), descending=True),),
        default_sort="-created",
        filters=(OwnerFilter("owner", _("Who keeps the plan"), "owner_id"),),
        personal=True,
        team="owner__team",
        empty=Empty(
            _("No account plans yet"),
            _(
                "A key company deserves a plan: goals, who decides, what we do next. Begin one on the company's page."
            ),
            "target",
            (EmptyAction(_("Choose a company"), "directory:companies", "building"),),
        ),
    )
)
