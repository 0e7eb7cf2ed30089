"""Reviews that customers wrote about orders, as interactions on their timelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.models import Order
from ponte.directory.import_customers import CUSTOMER_FIELDS, customers_of, unknown_customer
from ponte.directory.policies import visible_parties
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.import_undo import undo_interactions
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.services.satisfaction import refresh_satisfaction
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    Policy,
    Problem,
    RowOutcome,
)

FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("review id", "id da avaliação", "código", "id"), required=True, identity=True, max_length=90),
    ImportField("order", gettext_lazy("Order: external id"), FieldType.IDENTIFIER,
                ("order id", "id do pedido", "pedido", "número do pedido"), identity=True, max_length=90),
    *CUSTOMER_FIELDS,
    ImportField("score", gettext_lazy("Score"), FieldType.NUMBER,
                ("review score", "nota", "estrelas", "avaliação", "rating", "pontuação"), required=True),
    ImportField("out_of", gettext_lazy("Highest score"), FieldType.NUMBER, ("nota máxima", "escala"),
                help=gettext_lazy("5 unless the file says otherwise")),
    ImportField("title", gettext_lazy("Title"), synonyms=("review comment title", "título", "assunto"), max_length=255),
    ImportField("text", gettext_lazy("Comment"),
                synonyms=("review comment message", "comentário", "mensagem", "texto", "opinião", "comment")),
    ImportField("answered_at", gettext_lazy("Written at"), FieldType.MOMENT,
                ("review answer timestamp", "data da avaliação", "respondido em", "data", "created at")),
    ImportField("asked_at", gettext_lazy("Asked at"), FieldType.MOMENT,
                ("review creation date", "enviado em", "data da pesquisa")),
)  # fmt: skip
_DEFAULT_SCALE = Decimal(5)


def apply_reviews(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Record the reviews of a chunk; each hangs on the customer of its order, or on the one the row names."""
    parties = _parties(rows, context)
    answers: dict[int, RowOutcome] = {}
    items: list[tuple[int, InteractionData]] = []
    for position, (row, party_id) in enumerate(zip(rows, parties, strict=True)):
        if party_id is None:
            answers[position] = _nobody(row)
            continue
        try:
            items.append((position, _review(row.values, party_id)))
        except _OutOfScale:
            answers[position] = RowOutcome.rejected(
                "score", "out_of_scale", _("The score lies outside the scale.")
            )
    result = bulk_record(
        actor=context.actor, items=[item for _position, item in items], source=context.source
    )
    touched = set()
    for index, (position, item) in enumerate(items):
        problems = result.problems.get(index)
        if problems:
            answers[position] = RowOutcome(
                "rejected", problems=tuple(Problem(one.field, one.code, str(one.message)) for one in problems)
            )
            continue
        created = index in result.created_at
        answers[position] = RowOutcome("created" if created else "unchanged", result.ids[index])
        if created:
            touched.add(item.party_id)
    refresh_satisfaction(touched)
    return [answers[position] for position in range(len(rows))]


class _OutOfScale(ValueError):
    pass


def _review(values: Mapping[str, Any], party_id: UUID) -> InteractionData:
    score, scale = values["score"], values.get("out_of", _DEFAULT_SCALE)
    if not 0 <= score <= scale:
        raise _OutOfScale
    order = values.get("order", "")
    data = {"score": _plain(score), "out_of": _plain(scale), "order": order}
    if "asked_at" in values:
        data["asked_at"] = values["asked_at"].isoformat()
    return InteractionData(
        party_id=party_id,
        kind="review",
        direction="in",
        occurred_at=values.get("answered_at") or values.get("asked_at"),
        subject=values.get("title", ""),
        body=values.get("text", ""),
        data=data,
        external_key=f"review:{values['external_id']}:{order}",
    )


def _parties(rows: Sequence[ImportRow], context: ImportContext) -> list[UUID | None]:
    wanted = {row.values["order"] for row in rows if row.values.get("order")}
    orders = Order.objects.filter(source=context.source, external_id__in=wanted, deleted_at=None)
    holders = dict(orders.values_list("external_id", "party_id"))
    member = context.actor.member
    if member is not None:
        reach = visible_parties(member).filter(id__in=set(holders.values()))
        visible = set(reach.values_list("id", flat=True))
        holders = {order: party_id for order, party_id in holders.items() if party_id in visible}
    named = customers_of(rows, context)
    return [holders.get(row.values.get("order", "")) or party for row, party in zip(rows, named, strict=True)]


def _nobody(row: ImportRow) -> RowOutcome:
    if "order" in row.values and not any(key.startswith("customer_") for key in row.values):
        message = _("There is no order “%(value)s”. Import orders first.") % {"value": row.values["order"]}
        return RowOutcome.rejected("order", "unknown", message)
    return unknown_customer(row)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


REVIEWS = ImportTarget(
    key="reviews",
    file_names=("avaliações", "order reviews"),
    label=gettext_lazy("Reviews"),
    icon="star",
    description=gettext_lazy("Scores and comments customers left about their orders"),
    fields=FIELDS,
    apply=apply_reviews,
    rights=("interaction", "create"),
    order=70,
    policies=(Policy.SKIP,),
    undo=undo_interactions,
    undo_rights=("delete",),
    after=("orders",),
)
