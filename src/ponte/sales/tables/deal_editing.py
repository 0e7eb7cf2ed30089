"""Fields of opportunities that can be written in their lists, one or many: the stage by dragging a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.actors import Actor
from ponte.core.brazil.dates import parse_date
from ponte.core.brazil.numbers import parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.sales.models import ForecastCategory
from ponte.sales.services.exit_rules import is_exit_rule
from ponte.sales.services.opportunities import move_opportunity, update_opportunity
from ponte.sales.services.opportunity_bulk import put_back_field, set_field
from ponte.sales.tables.deal_filters import stages
from ponte.workplace.lists import BulkOutcome, Editable, Saved
from ponte.workplace.lists.editing import told_here
from ponte.workplace.lists.filters import Choice


def members(member: Member) -> Sequence[Choice]:
    """Return everybody an opportunity can be given to."""
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id").values_list("id", "name")[:500]
    return [(str(pk), name) for pk, name in rows]


def _move(actor: Actor, deal_id: UUID, text: str, version: int | None) -> Saved:
    deal = move_opportunity(actor=actor, opportunity_id=deal_id, stage_id=UUID(text), version=version)
    undo = f"{reverse('sales:opportunity_undo', args=[deal_id])}?version={deal.version}"
    return Saved(
        _("%(deal)s: %(stage)s") % {"deal": deal.title, "stage": deal.stage.name}, undo, deal.version
    )


def _ask(deal_id: UUID, text: str, refusal: Invalid) -> str:
    """The dialog that asks for what the stage's rules miss."""
    if not is_exit_rule(refusal):
        return ""
    return f"{reverse('sales:opportunity_move', args=[deal_id])}?stage={text}"


def _read(field: str, text: str) -> Any:
    """Return a value as the services take it from what a list's field says."""
    try:
        if field == "owner_id":
            return UUID(text) if text else None
        if field == "expected_close":
            return parse_date(text) if text else None
        if field in ("amount", "monthly"):
            return parse_decimal(text) if text else None
    except Unreadable as unreadable:
        raise Invalid.on("value", unreadable.code, unreadable.message) from unreadable
    return text


def _field(
    field: str,
    label: Any,
    *,
    kind: Any,
    column: str,
    value: Callable[[Any], str],
    choices: Callable[[Member], Sequence[Choice]] | None = None,
    required: bool = False,
    many: bool = False,
) -> Editable:
    def save(actor: Actor, deal_id: UUID, text: str, version: int | None) -> None:
        changes = {field: _read(field, text)}
        told_here(
            lambda: update_opportunity(actor=actor, opportunity_id=deal_id, changes=changes, version=version)
        )

    def save_many(actor: Actor, ids: list[UUID], text: str) -> BulkOutcome:
        asked = _read(field, text)
        before = told_here(lambda: set_field(actor=actor, opportunity_ids=ids, field=field, value=asked))
        rows = {str(key): str(old) if old is not None else None for key, old in before.items()}
        return BulkOutcome(list(before), {"field": field, "text": text, "rows": rows})

    return Editable(
        key=column,
        label=label,
        kind=kind,
        choices=choices,
        save=save,
        save_many=save_many if many else None,
        undo_many=_undo if many else None,
        value=value,
        column=column,
        required=required,
    )


def _undo(actor: Actor, undo: Any) -> None:
    field = undo["field"]
    put_back_field(
        actor=actor,
        field=field,
        value=_read(field, undo["text"]),
        before={UUID(key): _read_back(field, old) for key, old in undo["rows"].items()},
    )


def _read_back(field: str, old: str | None) -> Any:
    return _read(field, old) if old else old


def _amount(value: Any) -> str:
    return "" if value is None else f"{value:.2f}".replace(".", ",")


FIELDS = (
    Editable(
        key="stage",
        label=gettext_lazy("Stage"),
        kind="choice",
        choices=stages,
        save=_move,
        ask_url=_ask,
        value=lambda row: str(row.stage_id),
        column="stage",
        required=True,
    ),
    _field(
        "owner_id", gettext_lazy("Salesperson"), kind="choice", column="owner", choices=members, many=True,
        value=lambda row: str(row.owner_id or ""),
    ),
    _field(
        "expected_close", gettext_lazy("Expected close"), kind="date", column="expected_close", many=True,
        value=lambda row: row.expected_close.strftime("%d/%m/%Y") if row.expected_close else "",
    ),
    _field(
        "category", gettext_lazy("Forecast category"), kind="choice", column="category", many=True, required=True,
        choices=lambda member: list(ForecastCategory.choices), value=lambda row: str(row.category),
    ),
    _field("amount", gettext_lazy("Value"), kind="number", column="amount", value=lambda row: _amount(row.amount)),
    _field("monthly", gettext_lazy("Monthly value"), kind="number", column="monthly", value=lambda row: _amount(row.monthly)),
)  # fmt: skip
