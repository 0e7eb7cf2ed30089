"""Let meetings be found by their words; those there are get theirs."""

from typing import Any

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from ponte.timeline.services.task_search import task_document

CHUNK = 1000


def write_words(apps: Any, schema_editor: Any) -> None:
    """Write ``search`` of every meeting."""
    rows = apps.get_model("timeline", "Meeting").objects.using(schema_editor.connection.alias)
    vector = type(rows.model._meta.get_field("search"))()
    last = None
    while True:
        following = rows.order_by("id") if last is None else rows.filter(id__gt=last).order_by("id")
        chunk = list(following.values_list("id", "title", "location", "description")[:CHUNK])
        for meeting_id, title, location, description in chunk:
            document = task_document(title, f"{location} {description}".strip())
            rows.filter(id=meeting_id).update(
                search=Cast(Value(document, output_field=TextField()), vector)
            )
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0]


class Migration(migrations.Migration):

    dependencies = [("timeline", "0009_repeating_tasks")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="search",
            field=django.contrib.postgres.search.SearchVectorField(editable=False, null=True),
        ),
        migrations.RunPython(write_words, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="meeting",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="meeting_search"),
        ),
    ]
