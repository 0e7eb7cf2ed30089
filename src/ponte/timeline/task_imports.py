"""Tasks as a target of the importer: what is to be done, and what was, in another system."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.core.text import fold
from ponte.timeline.due import end_of_day
from ponte.timeline.import_subjects import (
    at_time,
    colleagues,
    is_midnight,
    placed_rows,
    subject_fields,
    unknown_colleague,
    wrong_time,
)
from ponte.timeline.models import Task, TaskPriority
from ponte.timeline.policies import visible_tasks
from ponte.timeline.services.task_import_undo import undo_tasks
from ponte.timeline.services.task_rows import TaskRow
from ponte.timeline.services.task_upserts import upsert_tasks
from ponte.workplace.custom_fields.importing import custom_values
from ponte.workplace.custom_fields.objects import Named
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    Problem,
    RowOutcome,
)

KINDS: Mapping[str, tuple[str, ...]] = {
    "todo": ("tarefa", "task", "to do", "a fazer", "prazo", "deadline", "other", "outro", "outra"),
    "call": ("ligação", "ligar", "telefonema", "chamada"),
    "meeting": ("reunião", "almoço", "lunch", "demo", "apresentação"),
    "visit": ("visita",),
    "email": ("e-mail", "enviar e-mail", "send letter/quote"),
    "message": ("mensagem", "whatsapp"),
    "proposal": ("proposta", "enviar proposta", "send quote"),
    "follow_up": ("follow up", "acompanhamento", "retorno"),
}
STATES: Mapping[str, tuple[str, ...]] = {
    "open": ("aberta", "aberto", "pendente", "a fazer", "não", "no", "0", "false", "em andamento", "adiada", "to do", "not started",
             "in progress", "not_started", "in_progress", "waiting", "deferred", "waiting for input", "waiting on someone else",
             "não iniciada", "agendada", "atrasada"),
    "done": ("feita", "feito", "concluída", "concluído", "finalizada", "finalizado", "realizada", "sim", "yes", "1", "true",
             "completed", "complete", "closed", "encerrada"),
}  # fmt: skip
PRIORITIES: Mapping[str, tuple[str, ...]] = {
    str(TaskPriority.LOW): ("low", "baixa", "lowest"),
    str(TaskPriority.NORMAL): ("normal", "média", "medium", "none", "nenhuma"),
    str(TaskPriority.HIGH): ("high", "alta", "highest", "urgente", "urgent"),
}
FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("id", "código", "task id", "id da tarefa", "código da tarefa", "record id"), identity=True, max_length=150,
                help=gettext_lazy("Without one it is made of title, customer and due date.")),
    ImportField("title", gettext_lazy("Task"), synonyms=("título", "assunto", "tarefa", "subject", "task title", "task name", "nome da tarefa",
                "atividade"), required=True, max_length=255),
    *subject_fields(gettext_lazy("Makes it a step of this opportunity; its customer is the task's.")),
    ImportField("kind", gettext_lazy("Kind"), FieldType.CHOICE, ("tipo", "tipo de tarefa", "task type", "type"), choices=KINDS),
    ImportField("due_at", gettext_lazy("Due"), FieldType.MOMENT,
                ("vencimento", "prazo", "data", "data de vencimento", "due date", "data prevista", "para quando", "data da tarefa"),
                help=gettext_lazy("A day alone, or midnight, is due by the end of that day.")),
    ImportField("due_time", gettext_lazy("Due: time"), synonyms=("hora", "horário", "due time", "hora da tarefa"), max_length=8,
                help=gettext_lazy("Where day and time stand in two columns, such as 14:30.")),
    ImportField("state", gettext_lazy("State"), FieldType.CHOICE,
                ("status", "situação", "estado", "feito", "concluída", "done", "task status", "finalizada"), choices=STATES),
    ImportField("done_at", gettext_lazy("Done at"), FieldType.MOMENT,
                ("concluída em", "data de conclusão", "completed at", "feita em", "marked as done time", "finalizada em"), past=True),
    ImportField("priority", gettext_lazy("Priority"), FieldType.CHOICE, ("prioridade", "task priority"), choices=PRIORITIES),
    ImportField("assignee", gettext_lazy("Assignee"),
                synonyms=("responsável", "usuário responsável", "atribuída a", "assigned to", "owner", "vendedor", "para quem"),
                help=gettext_lazy("E-mail or name of a member")),
    ImportField("description", gettext_lazy("Details"),
                synonyms=("descrição", "detalhes", "observações", "notas", "anotação", "notes", "note", "task notes", "comentários")),
)  # fmt: skip
_NAMES = {
    "party_id": "customer_external_id",
    "assignee_id": "assignee",
    "external_key": "external_id",
    "about_id": "opportunity_external_id",
}


def apply_tasks(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the tasks of a chunk; a customer that is named must be there, one without is about nobody."""
    people = colleagues(rows, "assignee", context)
    answers: dict[int, RowOutcome] = {}
    ready: dict[int, TaskRow] = {}
    for position, (row, party_id, place) in enumerate(placed_rows(rows, context)):
        prepared = place if isinstance(place, RowOutcome) else _prepare(row, party_id, place, people, context)
        if isinstance(prepared, TaskRow):
            ready[position] = prepared
        else:
            answers[position] = prepared
    policy: Any = str(context.policy)
    results = upsert_tasks(
        actor=context.actor, rows=list(ready.values()), source=context.source, policy=policy
    )
    for position, result in zip(ready, results, strict=True):
        problems = tuple(
            Problem(_NAMES.get(one.field, one.field), one.code, str(one.message)) for one in result.problems
        )
        answers[position] = RowOutcome(result.outcome, result.task_id, problems)
    return [answers[position] for position in range(len(rows))]


def _prepare(
    row: ImportRow,
    party: UUID | None,
    place: Mapping[str, Any],
    people: Mapping[str, UUID],
    context: ImportContext,
) -> TaskRow | RowOutcome:
    told = row.values
    values: dict[str, Any] = {name: told[name] for name in ("title", "kind", "description") if name in told}
    values |= place
    if "priority" in told:
        values["priority"] = int(told["priority"])
    if "assignee" in told:
        if fold(told["assignee"]) not in people:
            return unknown_colleague("assignee")
        values["assignee_id"] = people[fold(told["assignee"])]
    if (refusal := _set_due(values, told, context)) is not None:
        return refusal
    external_id = str(told.get("external_id") or _made_id(told, party, values))
    ended = _set_end(values, told)
    return TaskRow(external_id=external_id, values=values, custom=custom_values(told), is_done=ended)


def _set_due(values: dict[str, Any], told: Mapping[str, Any], context: ImportContext) -> RowOutcome | None:
    """Put the due instant in, if the row tells one; a time of its own counts more than that of the moment."""
    moment = told.get("due_at")
    clock = str(told.get("due_time", "")).strip()
    if moment is None:
        return None
    local = moment.astimezone(context.zone)
    if clock:
        timed = at_time(local, clock)
        if timed is None:
            return wrong_time("due_time")
        local = timed
    values["due_all_day"] = not clock and is_midnight(local)
    values["due_at"] = end_of_day(local.date()) if values["due_all_day"] else local
    return None


def _set_end(values: dict[str, Any], told: Mapping[str, Any]) -> bool:
    """Put in when it was done; return whether it was where nobody says when."""
    state = told.get("state")
    if state == "open":
        values["done_at"] = None
    elif told.get("done_at"):
        values["done_at"] = told["done_at"]
    return state == "done" and not told.get("done_at")


def _made_id(told: Mapping[str, Any], party_id: UUID | None, values: Mapping[str, Any]) -> str:
    """Return an id for a row without one, the same each time it comes in ("" without a title)."""
    if not told.get("title"):
        return ""
    due = values.get("due_at")
    words = [fold(str(told["title"])), str(party_id or ""), due.isoformat() if due else ""]
    return "made-" + hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def task_labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return title and page of tasks, those the member may see."""
    rows = visible_tasks(member) if member else Task.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).values_list("id", "title")
    return {key: Named(title, reverse("timeline:task", args=[key])) for key, title in found}


TASKS = ImportTarget(
    key="tasks",
    file_names=("tarefas", "tasks", "to do", "pendências", "follow ups"),
    label=gettext_lazy("Tasks"),
    icon="checkbox",
    description=gettext_lazy("What is to be done, by whom and when, and what was"),
    fields=FIELDS,
    apply=apply_tasks,
    undo=undo_tasks,
    names=task_labels,
    rights=("task", "create"),
    order=85,
    after=("people", "companies", "leads", "opportunities"),
    list_url_name="timeline:tasks",
)
