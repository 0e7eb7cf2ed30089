"""Several tables in one file: ZIP archives and workbooks, each table to its target, one after the other."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from ponte.commerce.models import Order, OrderLine, Product
from ponte.core.errors import Invalid, Missing
from ponte.directory.models import Party
from ponte.workplace.importing import bundles
from ponte.workplace.importing.running import carry_on
from ponte.workplace.models import ImportRun
from ponte.workplace.services.import_bundles import (
    create_bundle,
    get_bundle,
    retarget_import,
    start_bundle,
)
from ponte.workplace.services.import_starting import cancel_import, delete_import
from ponte.workplace.services.imports import map_import

TABLES = {
    "export/pedidos.csv": "id do pedido;código do cliente;data do pedido\n77;1;2026-01-05 10:00\n",
    "export/itens dos pedidos.csv": "pedido;item;produto;quantidade;valor\n77;1;A;2;1,50\n",
    "export/clientes.csv": "Código;Nome;E-mail\n1;Ana;ana@x.com.br\n2;Bia;bia@x.com.br\n",
    "export/produtos.csv": "id;nome;preço\nA;Pão;1,50\n",
    "export/leia-me.txt": "Exportado em 05/01/2026.\nTudo em ordem.\n",
    "__MACOSX/export/._clientes.csv": "lixo",
    "export/foto.png": "\x89PNG",
}
ORDER = ["people", "products", "orders", "order_lines"]


def archive(tables: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in tables.items():
            packed.writestr(name, text)
    return file.getvalue()


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


SHEETS: dict[str, list[list[Any]]] = {
    "Produtos": [["id", "nome", "preço"], ["A", "Pão", 1.5]],
    "Vazia": [],
    "Clientes": [["Código", "Nome"], [1, "Ana"], [2, "Bia"]],
}


def test_an_archive_comes_in_in_order(actor: Any, run_jobs: Any) -> None:
    found = create_bundle(actor=actor, upload=ContentFile(archive(TABLES)), name="export.zip")
    assert [run.target for run in found.runs] == ORDER
    assert [run.place for run in found.runs] == [1, 2, 3, 4]
    assert found.left_out == ["leia-me.txt"]
    assert {run.source for run in found.runs} == {"import"}
    start_bundle(bundle_id=found.id, actor=actor)
    assert [run.state for run in get_bundle(actor, found.id)] == ["queued"] * 4
    run_jobs()
    runs = get_bundle(actor, found.id)
    assert [(run.state, run.rejected) for run in runs] == [("done", 0)] * 4
    assert (Party.objects.count(), Product.objects.count(), OrderLine.objects.count()) == (2, 1, 1)
    assert Order.objects.get().party.name == "Ana"


def test_a_later_table_waits_for_the_earlier(actor: Any) -> None:
    found = create_bundle(actor=actor, upload=ContentFile(archive(TABLES)), name="export.zip")
    runs = start_bundle(bundle_id=found.id, actor=actor)
    assert carry_on(runs[2].id).state == "queued"
    assert carry_on(runs[0].id).state == "done"
    assert carry_on(runs[2].id).state == "queued"
    cancel_import(run=runs[1], actor=actor)
    assert [run.state for run in get_bundle(actor, found.id)] == [
        "done",
        "cancelled",
        "cancelled",
        "cancelled",
    ]
    assert "produtos.csv" in get_bundle(actor, found.id)[3].error
    start_bundle(bundle_id=found.id, actor=actor)
    assert [run.state for run in get_bundle(actor, found.id)] == ["done", "queued", "queued", "queued"]


def test_every_sheet_of_a_workbook(actor: Any, run_jobs: Any) -> None:
    found = create_bundle(actor=actor, upload=ContentFile(workbook(SHEETS)), name="tudo.xlsx")
    assert [(run.target, run.file_name) for run in found.runs] == [
        ("people", "tudo.xlsx: Clientes"),
        ("products", "tudo.xlsx: Produtos"),
    ]
    assert len({run.storage_key for run in found.runs}) == 1
    delete_import(run=found.runs[1], actor=actor)
    assert default_storage.exists(found.runs[0].storage_key)
    start_bundle(bundle_id=found.id, actor=actor)
    run_jobs()
    assert Party.objects.count() == 2


def test_another_target_and_what_lacks(actor: Any) -> None:
    odd = {"lista.csv": "Código;Nome\n1;Pão\n", "pedidos.csv": "id do pedido;código do cliente\n7;1\n"}
    found = create_bundle(actor=actor, upload=ContentFile(archive(odd)), name="a.zip")
    run = next(run for run in found.runs if run.file_name == "lista.csv")
    run = retarget_import(run=run, actor=actor, target="products")
    assert (run.target, run.plan["columns"]) == ("products", {"0": "external_id", "1": "name"})
    with pytest.raises(Invalid) as refusal:
        start_bundle(bundle_id=found.id, actor=actor)
    assert "pedidos.csv" in str(refusal.value.problems[0].message)
    with pytest.raises(Invalid):
        retarget_import(run=run, actor=actor, target="ships")


def test_bombs_and_rubbish_are_refused(actor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(content: bytes) -> str:
        with pytest.raises(Invalid) as refusal:
            create_bundle(actor=actor, upload=ContentFile(content), name="a.zip")
        assert not ImportRun.objects.exists()
        return refusal.value.problems[0].code

    assert refused(archive({"foto.png": "x"})) == "no_table"
    assert refused(archive({"leia-me.txt": "nada\n"})) == "no_table"
    assert refused(archive({f"{n}.csv": "Nome\nA\n" for n in range(31)})) == "too_many"
    whole = archive({"a.csv": "Nome\n" + "Ana\n" * 5000})
    assert refused(whole[: len(whole) // 2]) in ("broken", "no_table")
    monkeypatch.setattr(bundles, "_SMALL", 10_000)
    assert refused(archive({"a.csv": "Nome\n" + "A" * 5_000_000})) == "bomb"
    monkeypatch.setattr(bundles, "MAX_UNPACKED_BYTES", 1000)
    assert refused(archive({"a.csv": "Nome\n" + "Ana\n" * 500})) == "bomb"


def test_sizes_that_lie_are_found_out(actor: Any) -> None:
    content = bytearray(archive({"a.csv": "Nome\n" + "Ana\n" * 50_000}))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (100).to_bytes(4, "little")  # uncompressed size
    with pytest.raises(Invalid):
        create_bundle(actor=actor, upload=ContentFile(bytes(content)), name="a.zip")


def test_in_the_browser(admin: Any, client_for: Any, run_jobs: Any, member_with: Any) -> None:
    browser = client_for(admin)
    upload = SimpleUploadedFile("export.zip", archive(TABLES))
    answer = browser.post("/teste/import/new/", {"target": "people", "file": upload})
    assert answer.status_code == 302, answer.content.decode()
    page = browser.get(answer.url).content.decode()
    assert page.index("clientes.csv") < page.index("produtos.csv") < page.index("pedidos.csv")
    assert "leia-me.txt" in page
    run = ImportRun.objects.get(target="products")
    assert browser.post(f"/teste/import/{run.id}/target/", {"target": "products"}).status_code == 302
    assert client_for(member_with("salesperson")).get(answer.url).status_code == 404
    assert browser.post(f"{answer.url}start/").status_code == 302
    part = browser.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    run_jobs()
    assert OrderLine.objects.count() == 1
    assert "Concluída" in browser.get(answer.url).content.decode()


def test_every_sheet_in_the_browser(admin: Any, client_for: Any) -> None:
    browser = client_for(admin)
    upload = SimpleUploadedFile("tudo.xlsx", workbook(SHEETS))
    answer = browser.post("/teste/import/new/", {"target": "people", "file": upload, "every_sheet": "on"})
    assert "Clientes" in browser.get(answer.url).content.decode()
    csv = SimpleUploadedFile("a.csv", b"Nome\nAna\n")
    answer = browser.post("/teste/import/new/", {"target": "people", "file": csv, "every_sheet": "on"})
    assert answer.status_code == 422


def test_by_a_program(admin: Any, api_for: Any, run_jobs: Any) -> None:
    api = api_for(admin)
    body = {"file_name": "export.zip", "content": base64.b64encode(archive(TABLES)).decode(), "source": "erp"}
    answer = api.post("/imports/bundles", body)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert [one["target"] for one in made["imports"]] == ORDER
    assert made["left_out"] == ["leia-me.txt"]
    products = made["imports"][1]
    assert api.post(f"/imports/{products['id']}/target", {"target": "products"}).json()["state"] == "draft"
    assert api.post(f"/imports/bundles/{made['id']}/start", {}).status_code == 200
    run_jobs()
    found = api.get(f"/imports/bundles/{made['id']}").json()
    assert [one["state"] for one in found["imports"]] == ["done"] * 4
    assert api.post(f"/imports/bundles/{made['id']}/start", {}).status_code == 422
    assert api.get("/imports/bundles/01980000-0000-7000-8000-000000000000").status_code == 404


def test_another_workspaces_bundle_is_missing(actor: Any, other_workspace: Any, inside: Any) -> None:
    found = create_bundle(actor=actor, upload=ContentFile(archive(TABLES)), name="export.zip")
    map_import(run=found.runs[0], actor=actor)
    with inside(other_workspace), pytest.raises(Missing):
        get_bundle(actor, found.id)
