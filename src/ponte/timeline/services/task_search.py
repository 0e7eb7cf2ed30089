"""The words a task is found by.

Each lexeme carries a weight that tells its origin, so that a role from which descriptions are hidden can't find tasks
by them: A the title, B the description, C texts of custom fields.
"""

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Cast

from ponte.core.text import search_document
from ponte.timeline.models import Task
from ponte.timeline.models.task import CUSTOM_WEIGHT, DESCRIPTION_WEIGHT, TITLE_WEIGHT
from ponte.workplace.custom_fields.searching import searched_texts

MAX_DESCRIPTION = 2000
_INDEX = """
UPDATE timeline_task SET search = made.document::tsvector
FROM unnest(%s::uuid[], %s::text[]) AS made(id, document) WHERE timeline_task.id = made.id
"""
_LEXEME = re.compile(r"'(?:[^']|'')*'")


def index_task(task: Task) -> None:
    """Write the search column of a task from its title, its description and its searched custom fields."""
    document = task_document(task.title, task.description, searched_texts("task", task.custom))
    Task.objects.filter(id=task.id).update(search=Cast(Value(document), SearchVectorField()))


def reindex_tasks(task_ids: Collection[UUID]) -> None:
    """Write the search column of these tasks anew."""
    write_documents(list(Task.objects.filter(id__in=task_ids).only("id", "title", "description", "custom")))


def write_documents(tasks: Sequence[Task]) -> None:
    """Write the search column of tasks in one statement."""
    documents = [
        task_document(task.title, task.description, searched_texts("task", task.custom)) for task in tasks
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [[task.id for task in tasks], documents])


def task_document(title: str, description: str, custom: Collection[str] = ()) -> str:
    """Return the text of the ``tsvector`` under which a task is found."""
    parts = (
        (search_document(names=[title]), TITLE_WEIGHT),
        (search_document(extra=[description[:MAX_DESCRIPTION]]), DESCRIPTION_WEIGHT),
        (search_document(names=custom), CUSTOM_WEIGHT),
    )
    return " ".join(_weighted(text, place, weight) for place, (text, weight) in enumerate(parts, 1) if text)


def _weighted(document: str, position: int, weight: str) -> str:
    return _LEXEME.sub(lambda lexeme: f"{lexeme.group()}:{position}{weight}", document)
