"""The words a task is found by."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Value
from django.db.models.functions import Cast

from ponte.core.text import search_document
from ponte.timeline.models import Task

MAX_DESCRIPTION = 2000


def index_task(task: Task) -> None:
    """Write the search column of a task from its title and description."""
    document = search_document(names=[task.title], extra=[task.description[:MAX_DESCRIPTION]])
    Task.objects.filter(id=task.id).update(search=Cast(Value(document), SearchVectorField()))
