"""Exports of other CRMs: recognised by their headers, mapped without a touch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.directory.models import Affiliation, Company, Party
from ponte.timeline.models import Interaction, Task
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.kits import KITS, recognise
from ponte.workplace.services.imports import create_import

PEOPLE = {
    "hubspot": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Associated Company\n"
    "101,Ana,Souza,ana@exemplo.com.br,(11) 98765-4321,{owner},Customer,Padaria Sol\n",
    "pipedrive": "Person - ID,Person - Name,Person - Email,Person - Phone,Person - Organization,Person - Owner\n"
    "101,Ana Souza,ana@exemplo.com.br,(11) 98765-4321,Padaria Sol,{owner}\n",
    "rdstation": "Email,Nome,Telefone,Empresa,Estágio no funil,Dono do Lead\n"
    "ana@exemplo.com.br,Ana Souza,(11) 98765-4321,Padaria Sol,Cliente,{owner}\n",
    "agendor": "Código da pessoa;Nome;E-mail;Celular;Empresa;Usuário responsável\n"
    "101;Ana Souza;ana@exemplo.com.br;(11) 98765-4321;Padaria Sol;{owner}\n",
    "ploomes": "Id do cliente;Nome;E-mail;Telefones;Empresa;Responsável\n"
    "101;Ana Souza;ana@exemplo.com.br;(11) 98765-4321;Padaria Sol;{owner}\n",
    "salesforce": "Id,FirstName,LastName,Email,MobilePhone,Account.Name,Owner.Email,MailingStreet,IsDeleted\n"
    "0035f,Ana,Souza,ana@exemplo.com.br,(11) 98765-4321,Padaria Sol,{owner},Rua A,false\n",
    "zoho": "Record Id,Contact Owner,First Name,Last Name,Email,Mobile,Account Name,Account Name.id\n"
    "zcrm_1,{owner},Ana,Souza,ana@exemplo.com.br,(11) 98765-4321,Padaria Sol,zcrm_9\n",
}


@pytest.mark.parametrize("kit", KITS)
def test_people_with_their_company_and_owner(kit: str, workspace: Any, admin: Any, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(PEOPLE[kit].format(owner=admin.email))
    run = run_import_file(actor=Actor.for_member(admin), target="people", path=path)
    assert (run.source, run.created, run.rejected) == (kit, 1, 0)
    ana = Party.objects.get(kind="person")
    assert (ana.name, ana.email, ana.phone) == ("Ana Souza", "ana@exemplo.com.br", "+5511987654321")
    assert ana.owner_id == admin.id
    assert Affiliation.objects.get(person_id=ana.id).company.party.name == "Padaria Sol"
    again = run_import_file(actor=Actor.for_member(admin), target="people", path=path)
    assert (again.created, again.unchanged, Company.objects.count()) == (0, 1, 1)


def test_companies_and_notes(workspace: Any, admin: Any, tmp_path: Path) -> None:
    actor = Actor.for_member(admin)
    path = tmp_path / "export.csv"
    path.write_text("Organization - ID,Organization - Name,Organization - Owner\n7,Padaria Sol,\n")
    assert run_import_file(actor=actor, target="companies", path=path).created == 1
    path.write_text(PEOPLE["pipedrive"].format(owner=admin.email))
    run_import_file(actor=actor, target="people", path=path)
    assert Company.objects.count() == 1
    path.write_text(
        "Note - Content,Note - Add time,Note - User,Person - Email,Activity - Subject\n"
        f"Pediu catálogo,2026-05-04 10:00:00,{admin.email},ana@exemplo.com.br,Ligar\n"
    )
    assert run_import_file(actor=actor, target="interactions", path=path).created == 1
    note = Interaction.objects.get()
    assert (note.body, note.author_id) == ("Pediu catálogo", admin.id)


def test_plain_spreadsheets_come_from_nowhere() -> None:
    assert recognise("people", ["Nome", "E-mail", "Telefone", "Empresa"]) is None
    assert recognise("products", ["Lifecycle Stage"]) is None


def test_an_unknown_system_is_named(admin: Any, workspace: Any) -> None:

    with pytest.raises(Invalid) as refusal:
        create_import(
            actor=Actor.for_member(admin),
            target="people",
            upload=ContentFile(b"Nome\nAna\n"),
            name="a.csv",
            kit="sap",
        )
    assert refusal.value.problems[0].field == "kit"


TASKS = {
    "hubspot": "Record ID,Task Title,Task Type,Due date,Task Status,Priority,Assigned to,Associated Contact IDs\n"
    "9,Ligar,CALL,2026-12-01 14:30,NOT_STARTED,HIGH,{owner},101\n",
    "pipedrive": "Activity - ID,Activity - Subject,Activity - Type,Activity - Due date,Activity - Due time,Activity - Done,"
    "Activity - Priority,Activity - Assigned to user,Person - ID\n9,Ligar,Call,2026-12-01,14:30,To do,High,{owner},101\n",
    "agendor": "Código da tarefa;Tipo;Descrição;Data;Hora;Finalizada;Usuário responsável;Código da pessoa\n"
    "9;Ligação;Ligar;01/12/2026;14:30;Não;{owner};101\n",
    "salesforce": "Id,Subject,ActivityDate,Status,Priority,TaskSubtype,WhoId,Owner.Email,IsClosed\n"
    "9,Ligar,2026-12-01T17:30:00Z,Not Started,High,Call,0035f,{owner},false\n",
    "zoho": "Record Id,Task Owner.id,Task Owner,Subject,Due Date,Status,Priority,Contact Name.id\n"
    "9,1,{owner},Ligar,2026-12-01 14:30,Not Started,High,zcrm_1\n",
}  # fmt: skip


@pytest.mark.parametrize("kit", TASKS)
def test_tasks_of_known_people(kit: str, workspace: Any, admin: Any, tmp_path: Path) -> None:
    actor, path = Actor.for_member(admin), tmp_path / "export.csv"
    path.write_text(PEOPLE[kit].format(owner=admin.email))
    run_import_file(actor=actor, target="people", path=path)
    path.write_text(TASKS[kit].format(owner=admin.email))
    run = run_import_file(actor=actor, target="tasks", path=path)
    assert (run.source, run.created, run.rejected) == (kit, 1, 0), list(
        run.rejections.values_list("problems", flat=True)
    )
    task = Task.objects.get()
    assert (task.title, task.external_key, task.assignee_id, task.done_at) == ("Ligar", "9", admin.id, None)
    assert task.due_at == datetime(2026, 12, 1, 17, 30, tzinfo=UTC)
    assert task.party == Party.objects.get(kind="person")


@pytest.mark.parametrize(
    ("name", "headers", "target"),
    [
        ("clientes.csv", "Código;Nome;E-mail;Telefone", "people"),
        ("export.csv", "Razão social;CNPJ;Nome fantasia;Telefone", "companies"),
        (
            "olist_marketing_qualified_leads.csv",
            "dac32acd4db4,2018-02-01 00:00:00,88740e65d5d6,social",
            "leads",
        ),
        (
            "olist_closed_deals.csv",
            "mql_id,seller_id,sdr_id,sr_id,won_date,business_segment",
            "opportunities",
        ),
        ("Tarefas.csv", "Tarefa;Vencimento;Responsável;Cliente", "tasks"),
        ("olist_order_items.csv", "order_id,order_item_id,product_id,seller_id,price", "order_lines"),
    ],
)
def test_what_a_file_contains_is_told(
    workspace: Any, admin: Any, name: str, headers: str, target: str
) -> None:
    mark = ";" if ";" in headers else ","
    text = f"{headers}\n{mark.join('x' for _one in headers.split(mark))}\n"
    run = create_import(
        actor=Actor.for_member(admin), target="", upload=ContentFile(text.encode()), name=name
    )
    assert (run.target, run.state) == (target, "draft")


def test_what_nobody_can_tell_is_asked(workspace: Any, admin: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        create_import(
            actor=Actor.for_member(admin), target="", upload=ContentFile(b"qqq;zzz\n1;2\n"), name="x.csv"
        )
    assert refusal.value.problems[0].field == "target"
