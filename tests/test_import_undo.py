"""Undoing whole imports: what they made goes, what they changed comes back, what somebody touched since stays."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.commerce.models import Order, OrderLine, Payment, Product
from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, Role, StoredEvent
from ponte.core.services.subject_keys import destroy_key
from ponte.core.tenancy.scope import current_workspace
from ponte.directory.models import Affiliation, Identity, Party
from ponte.directory.services.people import update_person
from ponte.timeline.models import Interaction
from ponte.timeline.services.interaction_edits import delete_interaction
from ponte.timeline.services.interactions import record_interaction
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.importing import undoing
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing, preview_undo
from ponte.workplace.models import ImportChunk, ImportRun
from ponte.workplace.selectors.import_undo import left_records
from ponte.workplace.services.custom_fields import create_field
from ponte.workplace.services.import_starting import start_import
from ponte.workplace.services.import_undo import can_undo, forget_undo, undo_import

OLD = "Código;Nome;CPF;E-mail;Cargo;Cidade\n1;Ana Souza;52998224725;ana@x.com.br;Compradora;\n2;Bia Lima;;bia@x.com.br;;\n"
NEW = (
    "Código;Nome;CPF;E-mail;Telefone;Cargo;Cidade;Empresa;Etiquetas;Etapa\n"
    "1;Ana Maria Souza;;ana@novo.com.br;11987654321;Diretora;Recife;Padaria Sol;vip;Cliente\n"
    "2;Bia Lima;;bia@x.com.br;;Gerente;;;;\n"
    "3;Caio Dias;;caio@x.com.br;;;;Padaria Sol;;\n"
)


def bring(actor: Actor, folder: Path, text: str, target: str = "people", **options: Any) -> ImportRun:
    path = folder / f"{target}.csv"
    path.write_text(text)
    run = run_import_file(actor=actor, target=target, path=path, source="erp", **options)
    assert run.rejected == 0, list(run.rejections.values("problems"))
    return run


def take_back(run: ImportRun, actor: Actor) -> ImportRun:
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    return ImportRun.objects.get(id=run.id)


def picture(party: Party) -> dict[str, Any]:
    party = Party.objects.get(id=party.id)
    return {
        "own": (party.name, party.stage, party.email, party.phone, party.city, party.sort_name),
        "search": party.findable.lexemes,
        "job": party.person.job_title,
        "cpf": party.person.cpf,
        "emails": sorted(party.emails.values_list("address", "is_primary")),
        "phones": list(party.phones.values_list("number", flat=True)),
        "addresses": list(party.addresses.values_list("city", flat=True)),
        "tags": list(party.tags.values_list("name", flat=True)),
        "identities": sorted(party.identities.values_list("kind", "value")),
        "roles": list(Affiliation.objects.filter(person_id=party.id).values_list("company_id", flat=True)),
    }


def test_an_import_is_undone_exactly(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    ana, bia = Party.objects.get(name="Ana Souza"), Party.objects.get(name="Bia Lima")
    before = picture(ana), picture(bia)
    run = bring(actor, tmp_path, NEW)
    assert (run.created, run.updated) == (1, 2)
    assert picture(ana) != before[0]
    seen = preview_undo(run, actor, current_workspace())
    assert (seen.removed, seen.restored, seen.kept, seen.is_whole) == (2, 2, 0, True)  # Caio and his company
    assert picture(ana) != before[0]
    run = take_back(run, actor)
    assert (run.state, run.removed, run.restored, run.kept) == ("undone", 2, 2, 0)
    assert (picture(ana), picture(bia)) == before
    assert set(Party.objects.filter(deleted_at=None).values_list("name", flat=True)) == {
        "Ana Souza",
        "Bia Lima",
    }
    assert StoredEvent.objects.filter(name="workplace.import_undone").exists()
    assert AuditEntry.objects.filter(act="import.undone", object_id=run.id).exists()
    assert AuditEntry.objects.filter(act="person.import_undone", object_id=ana.id).exists()


def test_twice_is_refused_and_so_is_a_month_later(actor: Any, tmp_path: Path) -> None:
    first, second = bring(actor, tmp_path, OLD), bring(actor, tmp_path, NEW)
    ImportRun.objects.filter(id=second.id).update(finished_at=timezone.now() - timedelta(days=31))
    second.refresh_from_db()
    with pytest.raises(Invalid) as refusal:
        undo_import(run=second, actor=actor)
    assert refusal.value.problems[0].code == "too_old"
    run = take_back(first, actor)
    with pytest.raises(Invalid) as refusal:
        undo_import(run=run, actor=actor)
    assert refusal.value.problems[0].code == "undone"
    with pytest.raises(Invalid):
        start_import(run=run, actor=actor)


def test_what_somebody_changed_since_is_kept(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    run = bring(actor, tmp_path, NEW)
    ana, caio = Party.objects.get(name="Ana Maria Souza"), Party.objects.get(name="Caio Dias")
    update_person(actor=actor, party_id=ana.id, changes={"job_title": "Presidente"})
    update_person(actor=actor, party_id=caio.id, changes={"occupation": "Padeiro"})
    seen = preview_undo(run, actor, current_workspace())
    run = take_back(run, actor)
    # the company stays with Caio, unmentioned: nobody changed it
    assert (seen.removed, seen.restored, seen.kept) == (run.removed, run.restored, run.kept) == (0, 1, 2)
    assert Party.objects.get(name="Padaria Sol").deleted_at is None
    ana.refresh_from_db()
    assert (ana.name, ana.person.job_title) == ("Ana Souza", "Presidente")
    left = {one.label: one for one in left_records(run, actor.member)}
    assert left["Ana Souza"].fields == ("Cargo",)
    assert left["Caio Dias"].reason
    assert not left["Caio Dias"].fields
    assert Party.objects.get(name="Caio Dias").deleted_at is None


def test_later_imports_count_as_changes_until_they_are_undone(actor: Any, tmp_path: Path) -> None:
    first = bring(actor, tmp_path, OLD)
    second = bring(actor, tmp_path, NEW)
    assert preview_undo(first, actor, current_workspace()).kept == 2
    take_back(second, actor)
    first = take_back(first, actor)
    assert (first.removed, first.kept) == (2, 0)
    assert not Party.objects.filter(deleted_at=None).exists()


def test_a_customer_with_orders_stays_until_the_orders_go(actor: Any, tmp_path: Path, run_jobs: Any) -> None:
    people = bring(actor, tmp_path, OLD)
    heads = "id do pedido;código do cliente;data do pedido\n77;1;2026-01-05 10:00\n"
    orders = bring(actor, tmp_path, heads, "orders")
    run_jobs()  # the order stands on her timeline, and her stage moves on
    ana = Party.objects.get(name="Ana Souza")
    assert ana.stage == "customer"
    assert preview_undo(people, actor, current_workspace()).kept == 1
    take_back(orders, actor)
    run_jobs()
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Ligou")
    assert preview_undo(people, actor, current_workspace()).kept == 1
    delete_interaction(actor=actor, interaction=note)
    assert Order.objects.get().deleted_at is not None
    assert take_back(people, actor).removed == 2


def test_killed_in_the_middle_it_goes_on(actor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Código;Nome\n" + "".join(f"{number};Pessoa {number}\n" for number in range(2500))
    run = bring(actor, tmp_path, text)
    assert run.chunks.count() == 3
    undo_import(run=run, actor=actor, in_background=False)
    real, calls = undoing._note, []

    def dying(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        real(*arguments)

    monkeypatch.setattr(undoing, "_note", dying)
    monkeypatch.setattr(undoing, "_fail", lambda *_arguments: None)
    carry_on_undoing(run.id)
    run.refresh_from_db()
    assert (run.state, run.removed, run.chunks.filter(undone_at=None).count()) == ("undoing", 500, 2)
    monkeypatch.setattr(undoing, "_note", real)
    carry_on_undoing(run.id)
    run.refresh_from_db()
    assert (run.state, run.removed) == ("undone", 2500)
    assert not Party.objects.filter(deleted_at=None).exists()


def test_an_erased_customer_is_not_read_again(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    run = bring(actor, tmp_path, NEW)
    ana = Party.objects.get(name="Ana Maria Souza")
    destroy_key(ana.id)
    run = take_back(run, actor)
    assert (run.restored, run.kept) == (1, 1)
    assert Party.objects.get(id=ana.id).name == "Ana Maria Souza"


def test_nothing_personal_lies_open_and_it_is_forgotten(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    run = bring(actor, tmp_path, NEW)
    chunk = ImportChunk.objects.get(run=run)
    assert "Ana" not in str(chunk.journal)
    assert "ana@" not in str(chunk.journal)
    entry = AuditEntry.objects.get(
        id__in=chunk.entry_ids, object_id=Party.objects.get(name="Ana Maria Souza").id
    )
    assert "name" not in entry.changes
    assert entry.sealed
    ImportRun.objects.update(finished_at=timezone.now() - timedelta(days=31))
    assert forget_undo() == 2
    chunk.refresh_from_db()
    assert (chunk.entry_ids, chunk.touched_ids) == ([], [])


def test_only_who_may_delete_may_undo(actor: Any, member_with: Any, tmp_path: Path, client_for: Any) -> None:
    everything = dict.fromkeys(("view", "create", "edit"), "all")
    role = Role.objects.create(
        name="Importa", rights={"objects": {"customer": everything}, "areas": ["import"]}
    )
    member = member_with(role)
    run = bring(actor, tmp_path, OLD)
    with pytest.raises(Denied):
        undo_import(run=run, actor=Actor.for_member(member))
    browser = client_for(member)
    assert browser.get(f"/teste/import/{run.id}/").status_code == 200
    assert browser.get(f"/teste/import/{run.id}/undo/").status_code == 404
    assert browser.post(f"/teste/import/{run.id}/undo/").status_code == 404
    run.refresh_from_db()
    assert run.state == "done"


def test_orders_lines_payments_and_products(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    products = "id;nome;preço;sku\nA;Pão;1,50;P1\nB;Bolo;20,00;B1\n"
    first = bring(actor, tmp_path, products, "products")
    changed = bring(actor, tmp_path, products.replace("1,50", "1,80").replace("Bolo", "Torta"), "products")
    assert (changed.updated, Product.objects.get(sku="P1").price) == (2, Decimal("1.8"))
    heads = "id do pedido;código do cliente;data do pedido;status\n77;1;2026-01-05 10:00;pago\n"
    orders = bring(actor, tmp_path, heads, "orders")
    again = bring(actor, tmp_path, heads.replace("pago", "entregue"), "orders")
    lines = bring(
        actor, tmp_path, "pedido;item;produto;quantidade;valor\n77;1;A;2;1,50\n77;2;B;1;20\n", "order_lines"
    )
    dearer = bring(actor, tmp_path, "pedido;item;produto;quantidade;valor\n77;1;A;3;1,50\n", "order_lines")
    paid = bring(actor, tmp_path, "pedido;id do pagamento;tipo;valor\n77;1;pix;23\n", "payments")
    order = Order.objects.get()
    assert (order.status, order.total, order.paid_total) == ("delivered", Decimal("24.5"), 23)

    assert take_back(paid, actor).removed == 1
    assert take_back(dearer, actor).restored == 1
    order.refresh_from_db()
    assert (order.paid_total, order.total, Payment.objects.count()) == (0, 23, 0)
    assert take_back(lines, actor).removed == 2
    assert OrderLine.objects.count() == 0
    assert take_back(again, actor).restored == 1
    order.refresh_from_db()
    assert (order.status, order.total, order.delivered_at) == ("approved", 0, None)
    assert take_back(changed, actor).restored == 2
    assert Product.objects.get(sku="P1").price == Decimal("1.5")
    assert set(Product.objects.values_list("name", flat=True)) == {"Pão", "Bolo"}
    assert take_back(orders, actor).removed == 1
    assert take_back(first, actor).removed == 2
    assert not Product.objects.exists()
    # what was undone comes in again, as if it had never been there
    assert bring(actor, tmp_path, products, "products").created == 2
    assert bring(actor, tmp_path, heads, "orders").created == 1
    assert (
        bring(actor, tmp_path, "pedido;item;produto;quantidade;valor\n77;1;A;2;1,50\n", "order_lines").created
        == 1
    )
    new = Order.objects.get(deleted_at=None)
    assert (new.external_id, new.total, new.lines.count()) == ("77", 3, 1)


def test_interactions_leave_the_timeline_and_figures_follow(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    calls = "id;código do cliente;data;tipo;texto\n1;1;2026-01-05 10:00;Ligação;Oi\n2;1;2026-01-06 10:00;Ligação;Olá\n"
    run = bring(actor, tmp_path, calls, "interactions")
    ana = Party.objects.get(name="Ana Souza")
    assert ana.facts.interactions_count == 2
    assert take_back(run, actor).removed == 2
    ana.facts.refresh_from_db()
    assert (ana.facts.interactions_count, ana.facts.last_interaction_at) == (0, None)
    assert not Interaction.objects.filter(deleted_at=None).exists()
    assert bring(actor, tmp_path, calls, "interactions").created == 2
    ana.facts.refresh_from_db()
    assert ana.facts.interactions_count == 2


def test_imports_from_before_the_journal_keep_what_they_changed(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    run = bring(actor, tmp_path, NEW)
    ImportChunk.objects.update(entry_ids=[], touched_ids=[], began_at=None, ended_at=None)
    run = take_back(run, actor)
    assert (run.removed, run.restored) == (1, 0)
    assert {one.label for one in left_records(run, actor.member)} >= {"Bia Lima"}


def test_in_the_browser(actor: Any, admin: Any, client_for: Any, run_jobs: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    run = bring(actor, tmp_path, NEW)
    browser = client_for(admin)
    page = browser.get(f"/teste/import/{run.id}/").content.decode()
    assert f"/teste/import/{run.id}/undo/" in page
    page = browser.get(f"/teste/import/{run.id}/undo/").content.decode()
    assert "Desfazer importação" in page
    assert browser.post(f"/teste/import/{run.id}/undo/").status_code == 302
    assert "sendo desfeita" in browser.get(f"/teste/import/{run.id}/progress/").content.decode()
    run_jobs()
    page = browser.get(f"/teste/import/{run.id}/").content.decode()
    assert "Desfeita" in page
    assert f"/teste/import/{run.id}/undo/" not in page
    assert browser.get(f"/teste/import/{run.id}/undo/").status_code == 302
    assert not can_undo(ImportRun.objects.get(id=run.id), actor)


def test_by_a_program(actor: Any, admin: Any, api_for: Any, run_jobs: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, OLD)
    run = bring(actor, tmp_path, NEW)
    update_person(
        actor=actor, party_id=Party.objects.get(name="Caio Dias").id, changes={"occupation": "Padeiro"}
    )
    api = api_for(admin)
    seen = api.get(f"/imports/{run.id}/undo").json()
    assert (seen["records"], seen["restored"]) == (3, 2)
    answer = api.post(f"/imports/{run.id}/undo", {})
    assert (answer.status_code, answer.json()["state"]) == (202, "undoing")
    run_jobs()
    assert api.get(f"/imports/{run.id}").json()["state"] == "undone"
    kept = api.get(f"/imports/{run.id}/kept").json()
    assert "Caio Dias" in {one["label"] for one in kept}
    assert api.post(f"/imports/{run.id}/undo", {}).status_code == 422


def test_another_workspaces_import_is_missing(
    actor: Any, admin: Any, tmp_path: Path, other_workspace: Any, inside: Any, api_for: Any
) -> None:
    run = bring(actor, tmp_path, OLD)
    api = api_for(admin)
    with inside(other_workspace):
        assert not ImportRun.objects.filter(id=run.id).exists()
    assert api.get("/imports/01980000-0000-7000-8000-000000000000/undo").status_code == 404


def test_identities_of_unchanged_people_go_too(actor: Any, tmp_path: Path) -> None:
    bring(actor, tmp_path, "Nome;E-mail\nAna Souza;ana@x.com.br\n")
    run = bring(actor, tmp_path, "Código;Nome;E-mail\n9;Ana Souza;ana@x.com.br\n")
    assert run.unchanged == 1
    assert Identity.objects.filter(value="erp:9").exists()
    take_back(run, actor)
    assert not Identity.objects.filter(value="erp:9").exists()


def test_custom_values_come_back_too(actor: Any, tmp_path: Path) -> None:
    sizes = ({"label": "Pequeno", "tone": "blue"}, {"label": "Grande", "tone": "red"})
    for name in ("person", "product", "order"):
        data = FieldData(label="Porte", kind="choice", choices=sizes)
        create_field(actor=actor, object_name=name, data=data)
    people = "Código;Nome;Porte\n1;Ana;{0}\n2;Bia;{0}\n"
    files = {
        "people": people,
        "products": people,
        "orders": "id do pedido;código do cliente;data do pedido;Porte\n1;1;2026-01-05 10:00;{0}\n",
    }
    models = {"people": Party, "products": Product, "orders": Order}
    for target, text in files.items():
        bring(actor, tmp_path, text.format("Pequeno"), target)
        before = dict(models[target].objects.values_list("id", "custom"))
        run = bring(actor, tmp_path, text.format("Grande"), target)
        after = dict(models[target].objects.values_list("id", "custom"))
        assert set(before) == set(after)
        assert all(before[one] != after[one] for one in before)
        run = take_back(run, actor)
        assert (run.restored, run.kept) == (len(before), 0), target
        assert dict(models[target].objects.values_list("id", "custom")) == before


def test_the_preview_locks_nobody_out(actor: Actor, tmp_path: Path) -> None:
    files = {
        "people": "Código;Nome;E-mail\n1;Ana;ana@x.com.br\n",
        "products": "Código externo;Nome\n1;Café\n",
        "tasks": "ID;Tarefa;Cliente: e-mail\n1;Ligar;ana@x.com.br\n",
        "meetings": "ID;Assunto;Início\n1;Reunião;10/03/2026 09:00\n",
    }
    for target, text in files.items():
        run = bring(actor, tmp_path, text, target)
        assert run.created == 1, list(run.rejections.values())
        with CaptureQueriesContext(connection) as seen:
            assert preview_undo(run, actor, current_workspace()).looked == 1
        locking = [
            one["sql"] for one in seen.captured_queries if re.search("FOR (NO KEY )?UPDATE", one["sql"])
        ]
        assert not locking, target
