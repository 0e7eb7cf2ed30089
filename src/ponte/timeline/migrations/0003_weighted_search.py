"""Mark the words of tasks by where they come from: titles A, descriptions B.

Tasks without a description keep their unmarked words: PostgreSQL finds those whatever mark is asked for.
"""

from typing import Any

from django.db import migrations
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from ponte.timeline.services.task_search import task_document

CHUNK = 1000


def mark_words(apps: Any, schema_editor: Any) -> None:
    """Write ``search`` of the tasks with a description anew."""
    rows = apps.get_model("timeline", "Task").objects.using(schema_editor.connection.alias)
    tasks = rows.exclude(description="").order_by("id")
    vector = type(rows.model._meta.get_field("search"))()
    last = None
    while True:
        following = tasks if last is None else tasks.filter(id__gt=last)
        chunk = list(following.values_list("id", "title", "description")[:CHUNK])
        for task_id, title, description in chunk:
            document = Cast(Value(task_document(title, description), output_field=TextField()), vector)
            rows.filter(id=task_id).update(search=document)
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0]


class Migration(migrations.Migration):

    dependencies = [("timeline", "0002_folded_text")]

    operations = [migrations.RunPython(mark_words, migrations.RunPython.noop)]
