"""What becomes of rows about records that are there: asked, made new all the same; and what a record is recognised by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from ponte.commerce.models import Product
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry
from ponte.core.tenancy.scope import current_workspace
from ponte.directory.models import Party
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.models import ImportMapping, ImportReview, ImportRun
from ponte.workplace.selectors.import_reviews import waiting_rows
from ponte.workplace.services import import_reviews
from ponte.workplace.services.import_reviews import decide_rows
from ponte.workplace.services.import_starting import start_import
from ponte.workplace.services.import_undo import undo_import
from ponte.workplace.services.imports import create_import

OLD = "Código;Nome;E-mail;Cargo\n1;Ana Souza;ana@x.com.br;\n2;Bia Lima;bia@x.com.br;Gerente\n"
NEW = (
    "Código;Nome;E-mail;Cargo\n1;Ana Maria;ana@x.com.br;Diretora\n2;Bia Lima;bia@x.com.br;Gerente\n"
    "2;Bia Lima;bia@x.com.br;Sócia\n3;Caio Dias;caio@x.com.br;\n"
)


def bring(actor: Actor, folder: Path, text: str, target: str = "people", **options: Any) -> ImportRun:
    path = folder / f"{target}.csv"
    path.write_text(text)
    return run_import_file(actor=actor, target=target, path=path, source="erp", **options)


def asked(actor: Actor, folder: Path) -> ImportRun:
    bring(actor, folder, OLD)
    return bring(actor, folder, NEW, policy="ask")


def test_rows_that_would_change_something_wait(actor: Any, tmp_path: Path) -> None:
    run = asked(actor, tmp_path)
    assert (run.created, run.updated, run.unchanged, run.asked) == (1, 0, 0, 3)
    assert list(run.reviews.order_by("row").values_list("row", flat=True)) == [2, 3, 4]
    assert Party.objects.filter(name="Ana Souza").exists()
    assert not AuditEntry.objects.filter(act="person.updated").exists()
    ana, _same, bia = waiting_rows(run, actor, current_workspace())
    assert ana.label == "Ana Souza"
    assert {(one.label, one.stored, one.given) for one in ana.sides} == {
        ("Nome", "Ana Souza", "Ana Maria"),
        ("Cargo", "", "Diretora"),
    }
    assert [(one.stored, one.given) for one in bia.sides] == [("Gerente", "Sócia")]
    assert Party.objects.filter(name="Ana Souza").exists()


def test_each_row_as_decided(actor: Any, tmp_path: Path) -> None:
    run = asked(actor, tmp_path)
    assert decide_rows(run=run, actor=actor, decision="fill", rows=[2]) == 1
    ana = Party.objects.get(name="Ana Souza")
    assert ana.person.job_title == "Diretora"
    assert decide_rows(run=run, actor=actor, decision="update", rows=[2]) == 0  # decided already
    assert decide_rows(run=run, actor=actor, decision="skip", rows=[3]) == 1
    assert decide_rows(run=run, actor=actor, decision="create", rows=[4]) == 1
    run.refresh_from_db()
    assert (run.created, run.updated, run.skipped, run.asked) == (2, 1, 1, 0)
    assert Party.objects.filter(name="Bia Lima").count() == 2
    assert not ImportReview.objects.exclude(cells=[]).exists()
    assert AuditEntry.objects.filter(act="import.rows_decided").count() == 3


def test_what_was_decided_is_undone_with_the_import(actor: Any, tmp_path: Path) -> None:
    run = asked(actor, tmp_path)
    decide_rows(run=run, actor=actor, decision="update", rows=[2])
    decide_rows(run=run, actor=actor, decision="create", rows=[4])
    run.refresh_from_db()
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    run.refresh_from_db()
    assert (run.state, run.removed, run.restored, run.kept, run.asked) == ("undone", 2, 1, 0, 0)
    living = Party.objects.filter(deleted_at=None)
    assert sorted(living.values_list("name", flat=True)) == ["Ana Souza", "Bia Lima"]
    with pytest.raises(Invalid):
        decide_rows(run=run, actor=actor, decision="update")


def test_many_at_once_are_written_in_the_background(
    actor: Any, tmp_path: Path, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(actor, tmp_path)
    monkeypatch.setattr(import_reviews, "AT_ONCE", 2)
    assert decide_rows(run=run, actor=actor, decision="update") == 3
    run.refresh_from_db()
    assert run.asked == 3
    run_jobs()
    run.refresh_from_db()
    assert (run.asked, run.created, run.updated) == (0, 1, 3)
    assert Party.objects.filter(name="Ana Maria").exists()


def test_other_targets_ask_too(actor: Any, tmp_path: Path) -> None:
    products = "id;nome;preço\nA;Pão;1,50\nB;Bolo;20\n"
    bring(actor, tmp_path, products, "products")
    run = bring(actor, tmp_path, products.replace("1,50", "1,80"), "products", policy="ask")
    assert (run.asked, run.unchanged) == (1, 1)
    (row,) = waiting_rows(run, actor, current_workspace())
    assert [(one.label, one.stored, one.given) for one in row.sides] == [("Preço", "1.50", "1.80")]
    with pytest.raises(Invalid):
        decide_rows(run=run, actor=actor, decision="create")
    decide_rows(run=run, actor=actor, decision="update")
    assert str(Product.objects.get(name="Pão").price) == "1.80"


def test_make_a_new_one_all_the_same(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    run = bring(actor, tmp_path, NEW, policy="create")
    assert (run.created, run.updated, run.rejected) == (4, 0, 0)
    assert Party.objects.count() == 6
    with pytest.raises(Invalid):
        bring(actor, tmp_path, "id;nome\nA;Pão\n", "products", policy="create")


def test_what_tells_a_record_is_chosen(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    swapped = "Código;Nome;E-mail\n2;Ana Clara;ana@x.com.br\n"
    path = tmp_path / "people.csv"
    path.write_text(swapped)
    with path.open("rb") as file:
        run = create_import(
            actor=actor, target="people", upload=ContentFile(file.read()), name="a.csv", source="erp",
            match=["email", "external"],
        )  # fmt: skip
    assert run.match == ["email", "external"]
    start_import(run=run, actor=actor, in_background=False)
    from ponte.workplace.importing.running import carry_on

    assert carry_on(run.id).updated == 1
    assert set(Party.objects.values_list("name", flat=True)) == {"Ana Clara", "Bia Lima"}
    assert ImportMapping.objects.get(fingerprint=run.fingerprint).match == ["email", "external"]
    with pytest.raises(Invalid) as refusal:
        create_import(
            actor=actor, target="people", upload=ContentFile(b"Nome\nA\n"), name="a.csv", match=["x"]
        )
    assert refusal.value.problems[0].field == "match"


def test_in_the_browser(actor: Any, admin: Any, client_for: Any, tmp_path: Path, member_with: Any) -> None:
    run = asked(actor, tmp_path)
    browser = client_for(admin)
    address = f"/teste/import/{run.id}/review/"
    assert address in browser.get(f"/teste/import/{run.id}/").content.decode()
    page = browser.get(address).content.decode()
    assert "Ana Maria" in page
    assert "Diretora" in page
    assert browser.post(address, {"row": "2", "decision": "update"}).status_code == 302
    assert Party.objects.filter(name="Ana Maria").exists()
    assert browser.post(address, {"row": "nada", "decision": "update"}).status_code == 302
    assert browser.post(address, {"row": "3", "decision": "explode"}).status_code == 302
    browser.post(address, {"all": "yes", "decision": "skip"})
    run.refresh_from_db()
    assert (run.asked, run.skipped) == (0, 2)
    assert "Nada espera por você aqui" in browser.get(address).content.decode()
    assert client_for(member_with("salesperson")).get(address).status_code == 404


def test_by_a_program(actor: Any, admin: Any, api_for: Any, tmp_path: Path) -> None:
    run = asked(actor, tmp_path)
    api = api_for(admin)
    people = next(one for one in api.get("/imports/targets").json() if one["key"] == "people")
    assert list(people["match"]) == ["external", "document", "email", "phone"]
    assert "create" in people["policies"]
    assert api.get(f"/imports/{run.id}").json()["asked"] == 3
    rows = api.get(f"/imports/{run.id}/reviews?limit=1").json()
    assert [one["row"] for one in rows] == [2]
    assert rows[0]["sides"]
    answer = api.post(f"/imports/{run.id}/reviews", {"decision": "update", "rows": [2]})
    assert (answer.status_code, answer.json()) == (200, {"decided": 1})
    assert api.post(f"/imports/{run.id}/reviews", {"decision": "ask", "every": True}).status_code == 422
    assert api.post(f"/imports/{run.id}/reviews", {"decision": "skip", "every": True}).json() == {
        "decided": 2
    }


def test_the_page_of_rows_costs_the_same_with_more(
    actor: Any, admin: Any, client_for: Any, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    lines = [f"{number};Pessoa {number}" for number in range(30)]
    bring(actor, tmp_path, "Código;Nome\n" + "\n".join(lines))
    run = bring(actor, tmp_path, "Código;Nome\n" + "\n".join(f"{line} Silva" for line in lines), policy="ask")
    assert run.asked == 30
    browser = client_for(admin)
    with django_assert_max_num_queries(75):
        browser.get(f"/teste/import/{run.id}/review/")
