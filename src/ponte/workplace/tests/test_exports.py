"""Everything goes out, in open formats, to those who may."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ponte.core.models import AccessEntry, Notification
from ponte.core.services.files import attach
from ponte.workplace.exporting.complete import export_workspace
from ponte.workplace.exporting.neutral import neutral
from ponte.workplace.exporting.sources import export_sources, omissions
from ponte.workplace.models import ExportRun, ImportMapping
from ponte.workplace.services.exports import forget_old_exports


@pytest.fixture
def mapping(workspace: Any) -> ImportMapping:
    return ImportMapping.objects.create(
        target="people", fingerprint="f", columns={"0": "name"}, source='=cmd|"x"', policy="update"
    )


def test_every_table_is_written_exactly(mapping: ImportMapping, admin: Any, tmp_path: Path) -> None:
    manifest = export_workspace(tmp_path / "out")
    tables = {each["table"] for each in manifest["files"] if "table" in each}
    assert tables == {source.key for source in export_sources()}
    assert {"directory.party", "commerce.order", "core.member"} <= tables
    lines = (tmp_path / "out/data/workplace.importmapping.jsonl").read_text().splitlines()
    (row,) = [json.loads(line) for line in lines]
    assert (row["id"], row["source"], row["columns"]) == (str(mapping.id), '=cmd|"x"', {"0": "name"})
    text = (tmp_path / "out/data/workplace.importmapping.csv").read_text(encoding="utf-8-sig")
    (cells,) = csv.DictReader(io.StringIO(text))
    assert cells["source"] == '\'=cmd|"x"'
    assert json.loads((tmp_path / "out/manifest.json").read_text()) == manifest
    assert manifest["workspace"]["slug"] == "teste"


def test_nothing_is_left_out_without_a_reason(workspace: Any) -> None:
    from django.apps import apps
    from django.conf import settings

    every = {
        f"{model._meta.app_label}.{model._meta.model_name}"
        for label in settings.TENANT_LABELS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }
    left_out = {each.key for each in omissions if each.reason}
    assert {source.key for source in export_sources()} == every - left_out
    assert left_out <= every


def test_secrets_stay_inside(workspace: Any, tmp_path: Path) -> None:
    export_workspace(tmp_path / "out")
    for table, column in (("core.auditentry", "sealed"), ("core.webhookendpoint", "secret")):
        header = (tmp_path / f"out/data/{table}.csv").read_text(encoding="utf-8-sig").splitlines()[0]
        assert column not in header.split(",")


def test_attachments_come_along(actor: Any, admin: Any, tmp_path: Path) -> None:
    upload = SimpleUploadedFile("contrato.txt", b"palavra")
    attachment = attach(upload=upload, object_type="customer", object_id=admin.id, actor=actor)
    manifest = export_workspace(tmp_path / "out")
    path = tmp_path / "out" / "files" / f"{attachment.id}-contrato.txt"
    assert path.read_bytes() == b"palavra"
    assert any(each["path"] == f"files/{path.name}" for each in manifest["files"])


def test_a_directory_with_something_in_it_is_refused(workspace: Any, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(FileExistsError):
        export_workspace(tmp_path)


def test_from_the_page(admin: Any, mapping: ImportMapping, client_for: Any, run_jobs: Any) -> None:
    client = client_for(admin)
    assert client.get("/teste/settings/export/").status_code == 200
    assert client.post("/teste/settings/export/new/").status_code == 302
    run_jobs()
    run = ExportRun.objects.get()
    assert run.storage_key
    assert run.rows > 0
    assert Notification.objects.get(kind="export.finished").url == "/settings/export/"
    answer = client.get(f"/teste/settings/export/{run.id}/download/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    assert {"manifest.json", "README.txt", "data/directory.party.jsonl"} <= set(archive.namelist())
    assert AccessEntry.objects.filter(act="export", object_type="workspace").exists()
    ExportRun.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert forget_old_exports() == 1
    assert client.get(f"/teste/settings/export/{run.id}/download/").status_code == 404


@pytest.mark.parametrize("role", ["manager", "salesperson", "analyst"])
def test_only_those_who_may_see_everything(role: str, member_with: Any, client_for: Any) -> None:
    client = client_for(member_with(role))
    assert client.get("/teste/settings/export/").status_code == 404
    assert client.post("/teste/settings/export/new/").status_code == 404


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("-12,50", "-12,50"), ("+55 (11) 91234-5678", "+55 (11) 91234-5678"), ("João", "João"), ("", ""), ("'x", "'x"),
    ],
)  # fmt: skip
def test_neutral(text: str, safe: str) -> None:
    assert neutral(text) == safe
