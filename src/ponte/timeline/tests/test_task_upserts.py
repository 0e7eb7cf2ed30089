"""Many tasks by another system's ids: over the API and from files, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.ids import uuid7
from ponte.core.models import AuditEntry, Role, StoredEvent
from ponte.directory.models import Identity
from ponte.timeline.models import Interaction, Task
from ponte.timeline.services.task_rows import TaskRow
from ponte.timeline.services.task_upserts import upsert_tasks
from ponte.timeline.services.tasks import create_task, delete_task, update_task
from ponte.timeline.tests.conftest import facts_of, make_party
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.services.import_undo import undo_import

DUE = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
PAST = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


@pytest.fixture
def api(api_for, admin):
    return api_for(admin)


def row(key, **values):
    return TaskRow(external_id=key, values={"title": f"Ligar {key}", **values})


def outcomes(results):
    return [one.outcome for one in results]


def test_twice_changes_nothing(actor, ana):
    rows = [row("1", party_id=ana.id, due_at=DUE), row("2", party_id=ana.id, done_at=PAST), row("3")]
    first = upsert_tasks(actor=actor, rows=rows, source="erp", holder=actor.member_id)
    again = upsert_tasks(actor=actor, rows=rows, source="erp", holder=actor.member_id)

    assert outcomes(first) == ["created"] * 3
    assert outcomes(again) == ["unchanged"] * 3
    assert [one.task_id for one in first] == [one.task_id for one in again]
    assert set(Task.objects.values_list("assignee_id", flat=True)) == {actor.member_id}
    assert facts_of(ana).open_tasks == 1
    entry = Interaction.objects.get(kind="task_done")
    assert (entry.party_id, entry.occurred_at, entry.author_id) == (ana.id, PAST, actor.member_id)
    assert StoredEvent.objects.filter(name="timeline.tasks_changed").count() == 1


def test_what_is_told_changes_and_the_rest_stays(actor, ana):
    upsert_tasks(
        actor=actor, rows=[row("1", party_id=ana.id, description="Sobre o forno", priority=3)], source="erp"
    )
    result = upsert_tasks(
        actor=actor,
        rows=[TaskRow(external_id="1", values={"due_at": DUE, "due_all_day": False})],
        source="erp",
    )
    task = Task.objects.get()
    assert outcomes(result) == ["updated"]
    assert (task.title, task.description, task.priority, task.due_at) == ("Ligar 1", "Sobre o forno", 3, DUE)
    assert facts_of(ana).next_task_at == DUE
    assert task.version == 2
    assert AuditEntry.objects.filter(act="task.updated", object_id=task.id).count() == 1


def test_done_and_to_do_again(actor, ana):
    upsert_tasks(actor=actor, rows=[row("1", party_id=ana.id)], source="erp")
    upsert_tasks(actor=actor, rows=[TaskRow(external_id="1", values={}, is_done=True)], source="erp")
    assert facts_of(ana).open_tasks == 0
    moment = Task.objects.get().done_at
    again = upsert_tasks(actor=actor, rows=[TaskRow(external_id="1", values={}, is_done=True)], source="erp")
    assert outcomes(again) == ["unchanged"]
    assert Interaction.objects.get(kind="task_done").occurred_at == moment
    upsert_tasks(actor=actor, rows=[TaskRow(external_id="1", values={"done_at": None})], source="erp")
    assert facts_of(ana).open_tasks == 1
    assert not Interaction.objects.filter(kind="task_done", deleted_at=None).exists()


def test_policies(actor, ana):
    upsert_tasks(actor=actor, rows=[row("1", description="")], source="erp")
    told = TaskRow(external_id="1", values={"title": "Outro", "description": "Novo", "done_at": PAST})
    assert outcomes(upsert_tasks(actor=actor, rows=[told], source="erp", policy="skip")) == ["skipped"]
    assert outcomes(upsert_tasks(actor=actor, rows=[told], source="erp", policy="fill")) == ["updated"]
    task = Task.objects.get()
    assert (task.title, task.description, task.done_at) == ("Ligar 1", "Novo", None)


def test_refusals_hinder_no_other(actor, ana):
    gone = make_party("person", "Zé", deleted_at=timezone.now())
    results = upsert_tasks(
        actor=actor,
        source="erp",
        rows=[
            TaskRow(external_id="1", values={"title": " "}),
            row("", party_id=ana.id),
            row("3", party_id=gone.id),
            row("4", assignee_id=uuid7()),
            row("5", done_at=timezone.now() + timedelta(days=2)),
            row("6", kind="dance"),
            row("7"),
        ],
    )
    assert outcomes(results) == ["rejected"] * 6 + ["created"]
    assert [one.problems[0].field for one in results[:6]] == [
        "title", "external_id", "party_id", "assignee_id", "done_at", "kind",
    ]  # fmt: skip


def test_an_id_that_comes_twice_is_one_task(actor, ana):
    results = upsert_tasks(
        actor=actor, rows=[row("1"), row("1", title="Depois", party_id=ana.id)], source="erp"
    )
    assert outcomes(results) == ["created", "updated"]
    task = Task.objects.get()
    assert (task.title, task.party_id) == ("Depois", ana.id)
    assert facts_of(ana).open_tasks == 1


def test_one_in_the_bin_stays_there(actor, ana):
    (made,) = upsert_tasks(actor=actor, rows=[row("1")], source="erp")
    delete_task(actor=actor, task=Task.objects.get(id=made.task_id))
    assert outcomes(upsert_tasks(actor=actor, rows=[row("1", title="Outro")], source="erp")) == ["skipped"]


def test_queries_do_not_grow(actor):
    people = [make_party("person", f"P{number}") for number in range(12)]

    def count(rows):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            upsert_tasks(actor=actor, rows=rows, source="erp")
        return len(caught)

    few = count([row("a", party_id=people[0].id, done_at=PAST), row("b", party_id=people[1].id)])
    many = count(
        [
            row(f"c{n}", party_id=one.id, **({"done_at": PAST} if n % 2 else {}))
            for n, one in enumerate(people)
        ]
    )
    assert many == few


def test_over_the_api(api, admin, ana):
    Identity.objects.create(party=ana, kind="external", value="erp:c9")
    body = {
        "source": "erp",
        "items": [
            {
                "external_id": "1",
                "title": "Ligar",
                "customer_external_id": "c9",
                "due_at": "2026-12-01T12:00:00-03:00",
            },
            {
                "external_id": "2",
                "title": "Visitar",
                "done_at": "2026-01-05T12:00:00-03:00",
                "assignee_id": None,
            },
            {"external_id": "3", "title": "De ninguém", "customer_external_id": "c10"},
            {"external_id": "4"},
            {"external_id": "5", "title": "x", "priority": "muita"},
        ],
    }
    told = api.post("/tasks/bulk", body).json()
    assert [one["status"] for one in told["items"]] == ["created", "created", "failed", "failed", "failed"]
    assert [one["errors"][0]["field"] for one in told["items"][2:]] == [
        "customer_external_id",
        "title",
        "priority",
    ]
    assert Task.objects.get(external_key="1").assignee_id == admin.id
    assert Task.objects.get(external_key="2").assignee_id is None
    again = api.post("/tasks/bulk", body).json()
    assert (again["created"], again["unchanged"], again["failed"]) == (0, 2, 3)


def test_bulk_acts_over_the_api(api, actor, ana):
    tasks = [create_task(actor=actor, title=f"T{n}", party_id=ana.id) for n in range(3)]
    ids = [str(one.id) for one in tasks]
    assert {"complete", "assign", "delete"} <= {one["key"] for one in api.get("/lists/tasks/actions").json()}
    done = api.post("/lists/tasks/actions/complete", {"ids": ids})
    assert (done.status_code, facts_of(ana).open_tasks) == (200, 0)
    api.post(f"/bulk-changes/{done.json()['id']}/undo", {})
    assert facts_of(ana).open_tasks == 3


def test_without_the_right_nothing_comes_in(api_for, member_with, ana):
    role = Role.objects.create(name="Leitura", rights={"objects": {"task": {"view": "all"}}})
    reader = member_with(role, name="Rui Leitor")
    answer = api_for(reader).post(
        "/tasks/bulk", {"source": "erp", "items": [{"external_id": "1", "title": "x"}]}
    )
    assert answer.status_code in (403, 404)
    assert not Task.objects.exists()


FILE = (
    "Código;Tarefa;Cliente;Tipo;Vencimento;Hora;Situação;Prioridade;Responsável;Observações\n"
    "1;Ligar para Ana;Ana Souza;Ligação;01/12/2026;14:30;Pendente;Alta;Alice Administradora;Sobre o forno\n"
    "2;Visita;Ana Souza;Visita;05/01/2026;;Concluída;Normal;;\n"
    "3;Arrumar a loja;;;02/12/2026;;Não;;;\n"
    "4;Ligar;Fulano;;;;;;;\n"
    "5;Ligar;;;;25:99;;;;\n"
    "6;Ligar;;;03/12/2026;9h;;;Ninguém;\n"
)


def bring(actor, folder, text=FILE, **options):
    path = folder / "tarefas.csv"
    path.write_text(text, encoding="utf-8")
    return run_import_file(actor=actor, target="tasks", path=path, source="crm", **options)


def test_from_a_file(actor, tmp_path, ana, workspace):
    run = bring(actor, tmp_path)
    reasons = {number: problems[0][0] for number, problems in run.rejections.values_list("row", "problems")}
    assert (run.created, run.rejected) == (4, 2), reasons
    call = Task.objects.get(external_key="1")
    assert (call.kind, call.priority, call.party_id, call.assignee_id) == ("call", 3, ana.id, actor.member_id)
    assert (call.due_at.isoformat(), call.due_all_day) == ("2026-12-01T17:30:00+00:00", False)
    visit = Task.objects.get(external_key="2")
    assert (visit.done_at, visit.due_all_day, visit.assignee_id) == (visit.due_at, True, None)
    assert Task.objects.get(external_key="3").party_id is None
    again = bring(actor, tmp_path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 4)


def test_without_ids_a_second_time_doubles_nothing(actor, tmp_path, ana):
    text = "Tarefa;Cliente;Vencimento\nLigar;Ana Souza;01/12/2026\nLigar;Ana Souza;02/12/2026\n"
    assert bring(actor, tmp_path, text).created == 2
    assert bring(actor, tmp_path, text).unchanged == 2


def test_an_import_is_taken_back(actor, tmp_path, ana):
    (kept,) = upsert_tasks(
        actor=actor, rows=[row("1", title="Antes", party_id=ana.id, done_at=PAST)], source="crm"
    )
    run = bring(actor, tmp_path)
    assert (run.created, run.updated) == (3, 1)
    worked = Task.objects.get(external_key="3")
    update_task(actor=actor, task=worked, title="Mudada por gente")
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    run.refresh_from_db()
    assert (run.state, run.removed, run.restored, run.kept) == ("undone", 2, 1, 1)
    task = Task.objects.get(id=kept.task_id)
    assert (task.title, task.kind, task.done_at, task.due_at) == ("Antes", "todo", PAST, None)
    assert Interaction.objects.filter(kind="task_done", deleted_at=None).count() == 1
    assert facts_of(ana).open_tasks == 0
    assert bring(actor, tmp_path).created == 2
