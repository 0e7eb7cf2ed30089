"""The importer as a person uses it, and what must not happen on the way."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.ids import uuid7
from ponte.core.models import AuditEntry, Notification, Role, StoredEvent
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    RowOutcome,
    register_target,
    targets,
)
from ponte.workplace.importing.running import carry_on
from ponte.workplace.models import ImportChunk, ImportMapping, ImportRun
from ponte.workplace.selectors.imports import visible_imports
from ponte.workplace.services.import_starting import cancel_import, delete_import, start_import
from ponte.workplace.services.imports import create_import, get_for, map_import

ROWS = "Código;Nome;Valor\n1;João;1,50\n2;Ana;2,50\n3;;3,00\n4;Bia;muito\n5;=Zé;5,00\n"


class Shelf:
    """A target that keeps its rows in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.poison: set[str] = set()
        self.before_chunk: Callable[[int], None] = lambda count: None
        self.chunks = 0

    def apply(self, rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
        self.chunks += 1
        self.before_chunk(self.chunks)
        if self.poison & {row.values["external_id"] for row in rows}:
            raise DataError("poison")
        outcomes = []
        for row in rows:
            known = self.rows.get(row.values["external_id"])
            self.rows[row.values["external_id"]] = dict(row.values)
            outcome = "created" if known is None else "unchanged" if known == row.values else "updated"
            outcomes.append(RowOutcome(outcome, uuid7()))
        return outcomes


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    kept = Shelf()
    register_target(
        ImportTarget(
            key="shelf",
            label="Shelf",
            icon="box",
            rights=("customer", "create"),
            apply=kept.apply,
            chunk_rows=2,
            fields=(
                ImportField(
                    "external_id", "Code", FieldType.IDENTIFIER, ("código",), required=True, identity=True
                ),
                ImportField("name", "Name", synonyms=("nome",), required=True),
                ImportField("value", "Value", FieldType.NUMBER, ("valor",)),
            ),
        )
    )
    yield kept
    targets.unregister("shelf")


def upload(content: str | bytes, name: str = "clientes.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def draft(actor: Any, content: str = ROWS) -> ImportRun:
    return create_import(actor=actor, target="shelf", upload=upload(content), name="clientes.csv")


def through(actor: Any, content: str = ROWS) -> ImportRun:
    run = draft(actor, content)
    start_import(run=run, actor=actor, in_background=False)
    return carry_on(run.id)


def test_where_no_row_can_come_in_the_preview_says_why_and_offers_no_start(
    shelf: Shelf, admin: Any, actor: Any, client_for: Any
) -> None:
    client = client_for(admin)
    head, bad = "id;nome;valor\n", "1;Ana;muito\n"
    few, many = draft(actor, head + bad * 3), draft(actor, head + bad * 40)
    mapping = {
        "column-0": "external_id",
        "column-1": "name",
        "column-2": "value",
        "source": "loja",
        "policy": "update",
    }
    for run, whole in ((few, True), (many, False)):
        page = client.post(
            f"/teste/import/{run.id}/mapping/", mapping, HTTP_HX_REQUEST="true"
        ).content.decode()
        assert ("Nada a importar" in page, "Iniciar mesmo assim" in page) == (whole, not whole)
        assert f"/teste/import/{run.id}/preview/refused.csv" in page
    file = client.get(f"/teste/import/{few.id}/preview/refused.csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("1;Ana;muito;Value")
    assert shelf.rows == {}
    good = draft(actor)
    page = client.get(f"/teste/import/{good.id}/preview/").content.decode()
    assert "Iniciar importação" in page
    assert "refused.csv" not in page


def test_a_person_brings_a_file_in(shelf: Shelf, admin: Any, client_for: Any, run_jobs: Any) -> None:
    client = client_for(admin)
    assert b"empty-icon" in client.get("/teste/import/").content
    answer = client.post("/teste/import/new/", {"target": "shelf", "file": upload(ROWS)})
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    assert 'name="column-2"' in page.content.decode()
    address = answer.headers["Location"]
    preview = client.get(f"{address}preview/").content.decode()
    assert "João" in preview
    assert shelf.chunks == 1
    shelf.rows.clear()
    mapping = {
        "column-0": "external_id",
        "column-1": "name",
        "column-2": "value",
        "source": "loja",
        "policy": "update",
    }
    started = client.post(f"{address}start/", mapping)
    assert started.headers["Location"] == address
    assert "progress" in client.get(address).content.decode()
    assert run_jobs() >= 1
    run = ImportRun.objects.get()
    assert (run.state, run.rows, run.created, run.rejected) == ("done", 5, 3, 2)
    report = client.get(address).content.decode()
    assert "muito" in report
    assert client.get(f"{address}progress/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == address
    rows = list(csv.reader(io.StringIO(_content(client.get(f"{address}refused.csv"))), delimiter=";"))
    assert rows[0][:3] == ["Código", "Nome", "Valor"]
    assert [row[0] for row in rows[1:]] == ["3", "4"]
    assert all(row[3] for row in rows[1:])
    assert b"clientes.csv" in client.get("/teste/import/").content


def _content(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_twice_changes_nothing(shelf: Shelf, actor: Any) -> None:
    assert through(actor).created == 3
    again = through(actor)
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 3, 2)


def test_refused_rows_come_back_mended(shelf: Shelf, actor: Any) -> None:
    from ponte.workplace.importing.rejected import rejected_csv

    run = through(actor, "Código;Nome;Valor\n1;=1+1;x\n2;Ana;2\n")
    text = "".join(rejected_csv(run))
    assert "'=1+1" in text
    mended = through(actor, text.replace(";x;", ";7;"))
    assert (mended.created, mended.rejected) == (1, 0)
    assert shelf.rows["1"]["name"] == "=1+1"


def test_one_bad_row_does_not_take_its_chunk_along(shelf: Shelf, actor: Any) -> None:
    shelf.poison = {"2"}
    run = through(actor)
    assert (run.created, run.rejected) == (2, 3)
    assert set(shelf.rows) == {"1", "5"}
    assert run.rejections.get(row=3).problems[0][1] == "too_large"


def test_killed_in_the_middle_it_goes_on(shelf: Shelf, actor: Any) -> None:
    class Killed(BaseException):
        pass

    def die(chunk: int) -> None:
        if chunk == 2:
            raise Killed

    shelf.before_chunk = die
    run = draft(actor, "Código;Nome\n" + "".join(f"{n};Nome {n}\n" for n in range(7)))
    start_import(run=run, actor=actor, in_background=False)
    with pytest.raises(Killed):
        carry_on(run.id)
    run.refresh_from_db()
    assert (run.state, run.rows, run.cursor) == ("running", 2, 3)
    shelf.before_chunk = lambda chunk: None
    run = carry_on(run.id)
    assert (run.state, run.rows, run.created) == ("done", 7, 7)
    assert ImportChunk.objects.filter(run=run).count() == 4


def test_stopped_it_stays_and_goes_on(shelf: Shelf, actor: Any) -> None:
    run = draft(actor, "Código;Nome\n" + "".join(f"{n};Nome {n}\n" for n in range(6)))
    start_import(run=run, actor=actor, in_background=False)
    carry_on(run.id, progress=lambda current: cancel_import(run=run, actor=actor) and None)
    run.refresh_from_db()
    assert (run.state, run.rows) == ("cancelled", 2)
    start_import(run=run, actor=actor, in_background=False)
    assert carry_on(run.id).rows == 6


def test_a_fault_of_ours_stops_it_with_words_and_it_can_go_on(shelf: Shelf, actor: Any) -> None:
    def fail(chunk: int) -> None:
        if chunk == 2:
            raise RuntimeError("secret detail")

    shelf.before_chunk = fail
    run = through(actor)
    assert run.state == "failed"
    assert run.error
    assert "secret" not in run.error
    assert run.created == 2
    shelf.before_chunk = lambda chunk: None
    start_import(run=run, actor=actor, in_background=False)
    assert carry_on(run.id).created == 3


def test_audit_event_notice_and_memory(shelf: Shelf, actor: Any) -> None:
    run = through(actor)
    acts = set(AuditEntry.objects.filter(object_id=run.id).values_list("act", flat=True))
    assert acts == {"import.file_received", "import.started", "import.finished"}
    assert StoredEvent.objects.get(name="workplace.import_finished").payload["created"] == 3
    assert Notification.objects.get(kind="import.finished").url == f"/import/{run.id}/"
    mapping = ImportMapping.objects.get()
    mapping.columns = {"0": "external_id", "2": "name"}
    mapping.source = "erp"
    mapping.save()
    again = draft(actor)
    assert again.plan["columns"] == {"0": "external_id", "2": "name"}
    assert again.source == "erp"


def test_reading_it_differently(shelf: Shelf, admin: Any, actor: Any, client_for: Any) -> None:
    run = draft(actor, "1;João\n2;Ana\n")
    address = f"/teste/import/{run.id}/mapping/"
    body = {"column-0": "external_id", "source": "import", "policy": "update", "header": "yes", "delimiter": "semicolon",
            "encoding": "utf-8"}  # fmt: skip
    answer = client_for(admin).post(address, body, headers={"HX-Request": "true"})
    assert answer.headers.get("HX-Redirect", "").endswith(f"/import/{run.id}/") or answer.status_code == 200
    bad = client_for(admin).post(address, body | {"source": "não vale!"}, headers={"HX-Request": "true"})
    assert b"alert" in bad.content


def test_missing_columns_are_asked_for(shelf: Shelf, admin: Any, actor: Any, client_for: Any) -> None:
    run = draft(actor)
    body = {"column-2": "value", "source": "import", "policy": "update"}
    answer = client_for(admin).post(f"/teste/import/{run.id}/start/", body)
    assert answer.status_code == 422
    assert "Name" in answer.content.decode()
    run.refresh_from_db()
    assert run.state == "draft"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", bytes(range(256)) * 9])
def test_nonsense_is_refused_with_words(content: bytes, shelf: Shelf, admin: Any, client_for: Any) -> None:
    answer = client_for(admin).post(
        "/teste/import/new/", {"target": "shelf", "file": upload(content, "x.csv")}
    )
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_others_see_nothing(shelf: Shelf, actor: Any, member_with: Any, client_for: Any) -> None:
    run = through(actor)
    client = client_for(member_with("salesperson"))
    for path in ("", "new/", f"{run.id}/", f"{run.id}/refused.csv", f"{run.id}/preview/"):
        assert client.get(f"/teste/import/{path}").status_code == 404, path
    for path in ("start", "cancel", "delete", "mapping"):
        assert client.post(f"/teste/import/{run.id}/{path}/").status_code == 404, path


def importer(**rights: Any) -> Role:
    objects = {"customer": dict.fromkeys(("view", "create"), rights.get("scope", "all"))}
    fields = {"customer": {"email": "hidden"}} if rights.get("hidden") else {}
    stored = {"objects": objects, "areas": ["import"], "fields": fields}
    return Role.objects.create(name=f"Importa {len(Role.objects.all())}", rights=stored)


@pytest.mark.parametrize("rights", [{"scope": "own"}, {"hidden": True}])
def test_a_file_is_shown_to_those_who_may_see_all_it_can_hold(
    rights: dict[str, Any], shelf: Shelf, actor: Any, member_with: Any, client_for: Any
) -> None:
    theirs = through(actor)
    member = member_with(importer(**rights))
    own = draft(Actor.for_member(member))
    client = client_for(member)
    listed = client.get("/teste/import/").content.decode()
    assert f"/import/{own.id}/" in listed
    assert str(theirs.id) not in listed
    for path in ("", "refused.csv", "preview/", "progress/"):
        assert client.get(f"/teste/import/{theirs.id}/{path}").status_code == 404, path
    for path in ("start", "cancel", "delete", "mapping"):
        assert client.post(f"/teste/import/{theirs.id}/{path}/").status_code == 404, path
    assert client.get(f"/teste/import/{own.id}/").status_code == 200
    overseer = client_for(member_with(importer()))
    assert overseer.get(f"/teste/import/{theirs.id}/").status_code == 200
    assert str(own.id) in overseer.get("/teste/import/").content.decode()


def test_a_file_that_names_records_of_another_kind_needs_them_all_too(
    shelf: Shelf, actor: Any, member_with: Any
) -> None:
    register_target(
        ImportTarget("box", "Box", "box", (), shelf.apply, rights=("product", "create"), after=("shelf",))
    )
    try:
        run = through(actor)
        ImportRun.objects.filter(id=run.id).update(target="box")
        objects = {"product": {"view": "all", "create": "all"}, "customer": {"view": "own", "create": "own"}}
        stored = {"objects": objects, "areas": ["import"]}
        member = member_with(Role.objects.create(name="Caixas", rights=stored))
        assert not visible_imports(member).exists()
        objects["customer"]["view"] = "all"
        member.role.rights = stored
        assert visible_imports(member).exists()
    finally:
        targets.unregister("box")


def test_a_late_mapping_leaves_a_started_import_alone(
    shelf: Shelf, admin: Any, actor: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = draft(actor)
    stale = get_for(actor, run.id)
    start_import(run=run, actor=actor, in_background=False)
    with pytest.raises(Invalid):
        map_import(run=stale, actor=actor, policy="skip")
    with pytest.raises(Invalid):
        delete_import(run=stale, actor=actor)
    stored = ImportRun.objects.get()
    assert (stored.state, stored.policy) == ("queued", "update")
    monkeypatch.setattr("ponte.workplace.services.imports.get_for", lambda who, run_id: stale)
    body = {"column-0": "external_id", "source": "import", "policy": "skip"}
    answer = client_for(admin).post(f"/teste/import/{run.id}/mapping/", body)
    assert answer.status_code == 302, "to the report, not to a mapping that no longer counts"


def test_a_mapping_of_a_deleted_import_is_missing(shelf: Shelf, actor: Any) -> None:
    run = draft(actor)
    delete_import(run=ImportRun.objects.get(), actor=actor)
    with pytest.raises(Missing):
        map_import(run=run, actor=actor, policy="skip")


def test_forgetting_an_import(shelf: Shelf, admin: Any, actor: Any, client_for: Any) -> None:
    run = through(actor)
    assert client_for(admin).post(f"/teste/import/{run.id}/delete/").status_code == 302
    assert not ImportRun.objects.exists()
    assert len(shelf.rows) == 3
