"""The words a task is found by.

Each lexeme carries a weight that tells its origin, so that a role from which descriptions are hidden can't find tasks
by them: A the title, B the description.
"""

import re

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Value
from django.db.models.functions import Cast

from ponte.core.text import search_document
from ponte.timeline.models import Task
from ponte.timeline.models.task import DESCRIPTION_WEIGHT, TITLE_WEIGHT

MAX_DESCRIPTION = 2000
_LEXEME = re.compile(r"'(?:[^']|'')*'")


def index_task(task: Task) -> None:
    """Write the search column of a task from its title and description."""
    document = task_document(task.title, task.description)
    Task.objects.filter(id=task.id).update(search=Cast(Value(document), SearchVectorField()))


def task_document(title: str, description: str) -> str:
    """Return the text of the ``tsvector`` under which a task is found."""
    words = search_document(extra=[description[:MAX_DESCRIPTION]])
    return f"{_weighted(search_document(names=[title]), 1, TITLE_WEIGHT)} {_weighted(words, 2, DESCRIPTION_WEIGHT)}"


def _weighted(document: str, position: int, weight: str) -> str:
    return _LEXEME.sub(lambda lexeme: f"{lexeme.group()}:{position}{weight}", document)
