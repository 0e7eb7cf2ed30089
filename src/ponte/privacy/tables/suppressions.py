"""The lists of suppressed addresses and of refused contacts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.phones import canonical_phone, parse_phone
from ponte.core.brazil.problems import Unreadable
from ponte.core.models import Member
from ponte.privacy.addresses import shown
from ponte.privacy.models import ContactChannel, ContactRefusal, Suppression, SuppressionReason, Verdict
from ponte.privacy.policies import visible_refusals, visible_suppressions
from ponte.privacy.purposes import DEFAULTS
from ponte.workplace.lists import (
    Badge,
    ChoiceFilter,
    Column,
    DateFilter,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Moment,
    Sort,
    Text,
    register_list,
)
from ponte.workplace.visibility import who_may

REASON_TONES = {"blocked": "neutral", "bounce": "orange", "complaint": "red", "opt_out": "blue"}
CHANNEL_LABELS = {**dict(ContactChannel.choices), "": _("All")}
PURPOSE_LABELS = {info.key: info.name for info in DEFAULTS}
NEW = EmptyAction(
    _("Suppress an address"),
    "privacy:suppress",
    "plus",
    dialog=True,
    visible=who_may("suppression", "create"),
)


def _find(rows: QuerySet[Suppression], text: str) -> QuerySet[Suppression]:
    """Find an address by its beginning, a number also as people write it."""
    wanted = text.strip().lower()
    if "@" not in wanted and any(letter.isdigit() for letter in wanted):
        try:
            return rows.filter(address=canonical_phone(parse_phone(wanted).e164))
        except Unreadable:
            pass
    return rows.filter(address__startswith=wanted)


SUPPRESSIONS = register_list(
    ListPage(
        key="suppressions",
        object="suppression",
        title=_("Suppressed addresses"),
        plural=_("suppressed addresses"),
        icon="bell-off",
        url_name="privacy:suppressions",
        queryset=visible_suppressions,
        row_url=lambda row: reverse("privacy:suppression", args=[row.pk]),
        panel_url=lambda row: reverse("privacy:suppression", args=[row.pk]),
        columns=(
            Column("address", _("Address"), Main(lambda row: shown(row.address))),
            Column("channel", _("Channel"), Badge("channel", labels=CHANNEL_LABELS), phone=True),
            Column(
                "reason",
                _("Reason"),
                Badge("reason", labels=dict(SuppressionReason.choices), tones=REASON_TONES),
                phone=True,
            ),
            Column("source", _("Source"), Text("source")),
            Column("since", _("Since"), Moment("since"), sort="since"),
            Column("by", _("By whom"), Text("actor_label")),
        ),
        sorts=(Sort("since", _("Since"), ("since",), descending=True),),
        default_sort="-since",
        filters=(
            ChoiceFilter("reason", _("Reason"), "reason", choices=SuppressionReason.choices),
            ChoiceFilter("channel", _("Channel"), "channel", choices=ContactChannel.choices),
            DateFilter("since", _("Since"), "since"),
        ),
        search=_find,
        search_placeholder=_("E-mail or phone…"),
        owner="",
        personal=True,
        empty=Empty(
            _("No address is suppressed"),
            _(
                "Addresses whose owners opted out or complained, and those that don't work, are kept here so that nothing is sent to them again, whichever list they come back with."
            ),
            "bell-off",
            (NEW,),
        ),
        create=NEW,
        order=85,
    )
)


def _customer(row: Any) -> str:
    return row.party.label if row.party else "–"


def _why(row: Any) -> str:
    return str(Verdict(row.reason).label)


def _customer_url(row: Any) -> str:
    return reverse("directory:record", args=[row.party_id]) if row.party_id else reverse("privacy:refusals")


def _refusals(member: Member) -> QuerySet[ContactRefusal]:
    return visible_refusals(member)


REFUSALS = register_list(
    ListPage(
        key="refusals",
        object="suppression",
        title=_("Refused contacts"),
        plural=_("refused contacts"),
        icon="shield-half",
        url_name="privacy:refusals",
        queryset=_refusals,
        row_url=_customer_url,
        columns=(
            Column("customer", _("Customer"), Main(_customer, second=_why), needs=("party",)),
            Column("purpose", _("Purpose"), Badge("purpose", labels=PURPOSE_LABELS)),
            Column("channel", _("Channel"), Badge("channel", labels=CHANNEL_LABELS), phone=True),
            Column("reason", _("Why"), Text(_why)),
            Column("address", _("Address"), Text(lambda row: shown(row.shown_address))),
            Column("sender", _("Sender"), Text("sender")),
            Column("at", _("When"), Moment("created_at"), sort="at"),
        ),
        sorts=(Sort("at", _("When"), ("created_at",), descending=True),),
        default_sort="-at",
        filters=(
            ChoiceFilter("reason", _("Why"), "reason", choices=Verdict.choices),
            ChoiceFilter("channel", _("Channel"), "channel", choices=ContactChannel.choices),
            DateFilter("at", _("When"), "created_at"),
        ),
        owner="",
        personal=True,
        empty=Empty(
            _("No contact was refused"),
            _(
                "Everything that sends messages asks first whether the customer may be contacted. What was refused, and why, is listed here."
            ),
            "shield-check",
        ),
        order=86,
    )
)
