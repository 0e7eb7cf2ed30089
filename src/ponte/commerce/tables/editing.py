"""Fields of orders and products that can be written in their lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Billing, Category, OrderStatus, ProductKind, SalesChannel
from ponte.commerce.services.field_bulk import put_back_product_field, set_product_field
from ponte.commerce.services.order_state import change_status
from ponte.commerce.services.orders import update_order
from ponte.commerce.services.products import update_product
from ponte.core.actors import Actor
from ponte.core.brazil.numbers import parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.workplace.lists import BulkOutcome, Editable
from ponte.workplace.lists.editing import told_here
from ponte.workplace.lists.filters import Choice

YES_NO = (("yes", _("Yes")), ("no", _("No")))


def categories(member: Member) -> Sequence[Choice]:
    """Return the categories of products, by name."""
    rows = Category.objects.order_by("sort_name").values_list("id", "name")[:500]
    return [(str(pk), name) for pk, name in rows]


def _members(member: Member) -> Sequence[Choice]:
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id").values_list("id", "name")[:500]
    return [(str(pk), name) for pk, name in rows]


def _save_status(actor: Actor, order_id: UUID, text: str, version: int | None) -> None:
    told_here(lambda: change_status(actor=actor, order_id=order_id, status=text, version=version))


def _save_order(field: str) -> Callable[[Actor, UUID, str, int | None], None]:
    def save(actor: Actor, order_id: UUID, text: str, version: int | None) -> None:
        value: Any = (UUID(text) if text else None) if field == "owner_id" else text
        told_here(
            lambda: update_order(actor=actor, order_id=order_id, changes={field: value}, version=version)
        )

    return save


ORDER_FIELDS = (
    Editable(
        key="status",
        label=_("Status"),
        kind="choice",
        choices=lambda member: list(OrderStatus.choices),
        save=_save_status,  # for many rows there is the act "Change status"
        value=lambda row: str(row.status),
        column="status",
        required=True,
    ),
    Editable(
        key="channel",
        label=_("Channel"),
        kind="choice",
        choices=lambda member: list(SalesChannel.choices),
        save=_save_order("channel"),
        value=lambda row: str(row.channel),
        column="channel",
    ),
    Editable(
        key="owner",
        label=_("Salesperson"),
        kind="choice",
        choices=_members,
        save=_save_order("owner_id"),
        value=lambda row: str(row.owner_id or ""),
        column="owner",
    ),
)


def _read_product(field: str, text: str) -> Any:
    """Return a product's value as the services take it from what a list's field says."""
    if field == "is_active":
        return text == "yes"
    if field == "category_id":
        return UUID(text) if text else None
    if field in ("price", "cost"):
        try:
            return parse_decimal(text) if text else None
        except Unreadable as unreadable:
            raise Invalid.on("value", unreadable.code, unreadable.message) from unreadable
    return text


def _product(
    field: str,
    label: Any,
    *,
    column: str,
    choices: Callable[[Member], Sequence[Choice]] | None = None,
    value: Callable[[Any], str],
    required: bool = True,
) -> Editable:
    def save(actor: Actor, product_id: UUID, text: str, version: int | None) -> None:
        changes = {field: _read_product(field, text)}
        told_here(
            lambda: update_product(actor=actor, product_id=product_id, changes=changes, version=version)
        )

    def save_many(actor: Actor, ids: list[UUID], text: str) -> BulkOutcome:
        asked = _read_product(field, text)
        before = told_here(lambda: set_product_field(actor=actor, product_ids=ids, field=field, value=asked))
        rows = {str(key): str(old) if isinstance(old, UUID) else old for key, old in before.items()}
        return BulkOutcome(list(before), {"field": field, "text": text, "rows": rows})

    return Editable(
        key=column,
        label=label,
        kind="choice" if choices else "number",
        choices=choices,
        save=save,
        save_many=save_many if choices else None,
        undo_many=_undo,
        value=value,
        column=column,
        required=required,
    )


def _undo(actor: Actor, undo: Any) -> None:
    field = undo["field"]
    read = _uuid if field == "category_id" else lambda value: value
    put_back_product_field(
        actor=actor,
        field=field,
        value=_read_product(field, undo["text"]),
        before={UUID(key): read(old) for key, old in undo["rows"].items()},
    )


def _uuid(text: Any) -> UUID | None:
    return UUID(text) if text else None


def _amount(value: Any) -> str:
    return "" if value is None else f"{value:.2f}".replace(".", ",")


PRODUCT_FIELDS = (
    _product(
        "category_id", _("Category"), column="category", choices=categories,
        value=lambda row: str(row.category_id or ""), required=False,
    ),
    _product(
        "kind", _("Kind"), column="kind", choices=lambda member: list(ProductKind.choices),
        value=lambda row: str(row.kind),
    ),
    _product("price", _("Price"), column="price", value=lambda row: _amount(row.price), required=False),
    _product("cost", _("Cost"), column="cost", value=lambda row: _amount(row.cost), required=False),
    _product(
        "billing", _("Billing"), column="billing", choices=lambda member: list(Billing.choices),
        value=lambda row: str(row.billing),
    ),
    _product(
        "is_active", _("Active"), column="is_active", choices=lambda member: YES_NO,
        value=lambda row: "yes" if row.is_active else "no",
    ),
)  # fmt: skip
