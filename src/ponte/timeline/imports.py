"""Interactions as a target of the importer: notes, calls, messages and meetings of another system."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.core.text import fold
from ponte.directory.import_customers import CUSTOMER_FIELDS, customers_of, unknown_customer
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.import_undo import undo_interactions
from ponte.timeline.services.interaction_data import InteractionData
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

KINDS: Mapping[str, tuple[str, ...]] = {
    "note": ("nota", "anotação", "observação", "comentário"),
    "call": ("ligação", "telefonema", "chamada"),
    "meeting": ("reunião",),
    "visit": ("visita",),
    "message": ("mensagem", "whatsapp", "chat"),
    "email": ("e-mail", "correio"),
}
DIRECTIONS: Mapping[str, tuple[str, ...]] = {
    "in": ("recebida", "recebido", "entrada", "inbound", "incoming"),
    "out": ("feita", "feito", "enviada", "enviado", "saída", "outbound", "outgoing"),
}
FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("id", "código", "activity id", "id da atividade", "protocolo"), identity=True, max_length=150),
    *CUSTOMER_FIELDS,
    ImportField("kind", gettext_lazy("Kind"), FieldType.CHOICE,
                ("tipo", "tipo de atividade", "activity type", "tipo de interação"), choices=KINDS),
    ImportField("occurred_at", gettext_lazy("Date and time"), FieldType.MOMENT,
                ("data", "data e hora", "quando", "date", "created at", "data da atividade"), required=True, past=True),
    ImportField("direction", gettext_lazy("Direction"), FieldType.CHOICE, ("direção", "sentido"), choices=DIRECTIONS),
    ImportField("channel", gettext_lazy("Channel"), synonyms=("canal",), max_length=24),
    ImportField("subject", gettext_lazy("Subject"), synonyms=("assunto", "título", "title"), max_length=255),
    ImportField("body", gettext_lazy("Text"),
                synonyms=("texto", "descrição", "mensagem", "anotação", "notas", "conteúdo", "note", "description", "comentários")),
    ImportField("author", gettext_lazy("Author"),
                synonyms=("autor", "responsável", "usuário", "owner", "vendedor", "atendente"),
                help=gettext_lazy("E-mail or name of a member")),
)  # fmt: skip


def apply_interactions(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Record the interactions of a chunk on their customers' timelines; those recorded before stay as they are."""
    authors = _authors(rows, context)
    answers: dict[int, RowOutcome] = {}
    items: list[tuple[int, InteractionData]] = []
    for position, (row, party_id) in enumerate(zip(rows, customers_of(rows, context), strict=True)):
        if party_id is None:
            answers[position] = unknown_customer(row)
            continue
        author = row.values.get("author")
        if author and fold(author) not in authors:
            message = _("Nobody in this workspace has this e-mail or name.")
            answers[position] = RowOutcome.rejected("author", "unknown", message)
            continue
        items.append((position, _interaction(row.values, party_id, authors.get(fold(author or "")))))
    result = bulk_record(
        actor=context.actor, items=[item for _position, item in items], source=context.source
    )
    for index, (position, _item) in enumerate(items):
        problems = tuple(
            Problem(one.field, one.code, str(one.message)) for one in result.problems.get(index, ())
        )
        outcome = "rejected" if problems else "created" if index in result.created_at else "unchanged"
        answers[position] = RowOutcome(outcome, result.ids[index], problems)
    return [answers[position] for position in range(len(rows))]


def _interaction(values: Mapping[str, Any], party_id: UUID, author: Member | None) -> InteractionData:
    return InteractionData(
        party_id=party_id,
        kind=values.get("kind", "note"),
        channel=fold(values.get("channel", "")).replace(" ", "_"),
        direction=values.get("direction", ""),
        occurred_at=values["occurred_at"],
        subject=values.get("subject", ""),
        body=values.get("body", ""),
        author=author,
        external_key=f"interaction:{values.get('external_id') or _digest(values, party_id)}",
    )


def _digest(values: Mapping[str, Any], party_id: UUID) -> str:
    """Return a key for a row without one, so that importing the file twice doesn't double it."""
    told = [str(values.get(key, "")) for key in ("kind", "occurred_at", "direction", "subject", "body")]
    return hashlib.sha256("\x1f".join([str(party_id), *told]).encode()).hexdigest()[:40]


def _authors(rows: Sequence[ImportRow], context: ImportContext) -> dict[str, Member]:
    """Return members by folded e-mail and name, those who left too; looked up once a run."""
    if not any("author" in row.values for row in rows):
        return {}
    if "authors" not in context.memory:
        members = Member.objects.order_by("is_active")
        context.memory["authors"] = {
            fold(word): member for member in members for word in (member.name, member.email) if word
        }
    authors: dict[str, Member] = context.memory["authors"]
    return authors


INTERACTIONS = ImportTarget(
    key="interactions",
    file_names=("interações", "atividades", "anotações", "notas", "activities", "notes", "histórico"),
    label=gettext_lazy("Interactions"),
    icon="messages",
    description=gettext_lazy("Notes, calls, meetings and messages from another system"),
    fields=FIELDS,
    apply=apply_interactions,
    rights=("interaction", "create"),
    order=80,
    policies=(Policy.SKIP,),
    undo=undo_interactions,
    undo_rights=("delete",),
    after=("people", "companies"),
)
