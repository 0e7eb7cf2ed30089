"""Attachments: what is kept, what is refused."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ponte.core.errors import Invalid
from ponte.core.models import Attachment
from ponte.core.selectors.files import files_of
from ponte.core.services.files import (
    KEPT_FOR,
    attach,
    purge_of_parties,
    purge_removed,
    remove_file,
    restore_file,
    safe_name,
    sweep_orphans,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def put(actor, name="foto.png", content=PNG, object_id=None):
    return attach(
        upload=SimpleUploadedFile(name, content),
        object_type="customer",
        object_id=object_id or uuid4(),
        actor=actor,
    )


def test_a_file_is_kept_under_a_name_nobody_guesses(actor, workspace):
    kept = put(actor, "Orçamento final.png")
    assert kept.content_type == "image/png"
    assert kept.name == "Orçamento final.png"
    assert kept.storage_key.startswith(workspace.schema_name + "/")
    assert "Or" not in kept.storage_key.split("/")[1]
    assert default_storage.open(kept.storage_key).read() == PNG


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("vazio.pdf", b"", "empty"),
        ("planilha.exe", b"MZ...", "type"),
        ("foto.png", b"MZ renamed program", "type"),
        ("pagina.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "type"),
        ("desenho.svg", b"<svg/>", "type"),
        ("script.txt", b"#!/bin/sh\nrm -rf /", "type"),
    ],
)
def test_what_could_run_is_refused_and_nothing_is_kept(actor, name, content, code):
    with pytest.raises(Invalid) as refusal:
        put(actor, name, content)
    assert refusal.value.problems[0].code == code
    assert not Attachment.objects.exists()


def test_too_large_is_refused(actor, settings):
    settings.PONTE_MAX_FILE_BYTES = 10
    with pytest.raises(Invalid) as refusal:
        put(actor)
    assert refusal.value.problems[0].code == "too_large"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\nota.pdf", "nota.pdf"),
        ("a\x00b.txt", "a_b.txt"),
        ("...", "arquivo"),
    ],
)
def test_names_lose_their_paths(given, kept):
    assert safe_name(given) == kept


def test_removing_is_undone(actor):
    record = uuid4()
    kept = put(actor, object_id=record)
    remove_file(attachment=kept, actor=actor)
    assert not files_of("customer", record).exists()
    restore_file(attachment=kept, actor=actor)
    assert files_of("customer", record).get() == kept


def test_files_of_purged_customers_go_with_their_contents(actor, django_capture_on_commit_callbacks):
    kept, gone = put(actor), put(actor)
    Attachment.objects.filter(id=gone.id).update(party_id=(party := uuid4()))
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_of_parties([party]) == 1
    assert not default_storage.exists(gone.storage_key)
    assert default_storage.exists(kept.storage_key)


def test_the_bin_of_files_empties_after_thirty_days(actor, django_capture_on_commit_callbacks):
    old, young = put(actor), put(actor)
    for file in (old, young):
        remove_file(attachment=file, actor=actor)
    Attachment.objects.filter(id=old.id).update(deleted_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_removed() == 1
    assert list(Attachment.objects.values_list("id", flat=True)) == [young.id]


def test_contents_without_a_row_are_swept_after_a_day(actor, workspace):
    known = put(actor)
    orphan = default_storage.save(f"{workspace.schema_name}/{uuid4()}", ContentFile(PNG))
    assert sweep_orphans() == 0  # an upload may be under way
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert sweep_orphans() >= 1
    assert not default_storage.exists(orphan)
    assert default_storage.exists(known.storage_key)
