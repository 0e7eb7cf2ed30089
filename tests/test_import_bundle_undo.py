"""Everything that came in one file is taken back at one go: the last table first, and what can't be is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.commerce.models import Order, Product
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Notification, Role
from ponte.directory.models import Party
from ponte.directory.services.people import update_person
from ponte.timeline.models import Interaction, Task
from ponte.workplace.importing import undoing
from ponte.workplace.importing.bundle_undoing import preview_bundle_undo
from ponte.workplace.importing.jobs import sweep_imports
from ponte.workplace.importing.targets import targets
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.models import ImportRun
from ponte.workplace.services.import_bundle_undo import undo_bundle, undo_parts
from ponte.workplace.services.import_bundles import create_bundle, get_bundle, start_bundle

from .test_import_bundles import TABLES, archive

KIT = {
    **TABLES,
    "export/anotações.csv": "código do cliente;data;texto\n1;2026-01-06 10:00;Pediu catálogo\n",
    "export/tarefas.csv": "id;tarefa;código do cliente;vencimento\n5;Ligar;1;01/12/2026\n",
}


@pytest.fixture
def bundle(actor: Any, run_jobs: Any) -> Any:
    """Six tables that came in one archive."""
    found = create_bundle(actor=actor, upload=ContentFile(archive(KIT)), name="export.zip")
    start_bundle(bundle_id=found.id, actor=actor)
    run_jobs()
    runs = get_bundle(actor, found.id)
    assert [(run.target, run.state, run.rejected) for run in runs] == [
        (target, "done", 0)
        for target in ("people", "products", "orders", "order_lines", "interactions", "tasks")
    ]
    return found


def states(actor: Any, bundle: Any) -> list[str]:
    return [run.state for run in get_bundle(actor, bundle.id)]


def living() -> tuple[int, ...]:
    return (
        Party.objects.filter(deleted_at=None).count(),
        Order.objects.filter(deleted_at=None).count(),
        Product.objects.count(),
        Interaction.objects.filter(deleted_at=None, kind="note").count(),
        Task.objects.filter(deleted_at=None).count(),
    )


def test_all_of_it_goes_in_reverse_order(actor: Any, admin: Any, bundle: Any, run_jobs: Any) -> None:
    assert living() == (2, 1, 1, 1, 1)
    Notification.objects.all().delete()
    started = undo_bundle(bundle_id=bundle.id, actor=actor)
    assert [run.target for run in started] == [
        "tasks", "interactions", "order_lines", "orders", "products", "people",
    ]  # fmt: skip
    assert states(actor, bundle) == ["undoing"] * 6
    run_jobs()
    runs = get_bundle(actor, bundle.id)
    assert [(run.state, run.kept, run.error) for run in runs] == [("undone", 0, "")] * 6
    assert living() == (0, 0, 0, 0, 0)
    ends = [run.undone_at for run in runs]
    assert ends == sorted(ends, reverse=True)
    (told,) = Notification.objects.filter(member=admin)  # one notice, not six
    assert told.url == f"/import/bundle/{bundle.id}/"
    assert "export.zip" in told.title
    with pytest.raises(Invalid):
        undo_bundle(bundle_id=bundle.id, actor=actor)


def test_it_can_come_in_again(actor: Any, bundle: Any, run_jobs: Any) -> None:
    undo_bundle(bundle_id=bundle.id, actor=actor)
    run_jobs()
    again = create_bundle(actor=actor, upload=ContentFile(archive(KIT)), name="export.zip")
    start_bundle(bundle_id=again.id, actor=actor)
    run_jobs()
    assert [run.rejected for run in get_bundle(actor, again.id)] == [0] * 6
    assert living() == (2, 1, 1, 1, 1)


def test_the_preview_says_what_will_happen(actor: Any, workspace: Any, bundle: Any, run_jobs: Any) -> None:
    ana = Party.objects.get(name="Bia")
    update_person(actor=actor, party_id=ana.id, changes={"description": "Ligou hoje"})
    before = living()
    able = [part.run for part in undo_parts(get_bundle(actor, bundle.id), actor) if not part.reason]
    shown = preview_bundle_undo(able, actor, workspace)
    told = {one.run.target: (one.found.removed, one.found.kept) for one in shown}
    # Ana's order, note and task go with her: she isn't kept for them
    assert told == {
        "tasks": (1, 0), "interactions": (1, 0), "order_lines": (1, 0), "orders": (1, 0), "products": (1, 0), "people": (1, 1),
    }  # fmt: skip
    assert living() == before
    assert states(actor, bundle) == ["done"] * 6
    few = preview_bundle_undo(able, actor, workspace, most=2)
    assert [one.found.looked for one in few] == [1, 1, 0, 0, 0, 0]
    undo_bundle(bundle_id=bundle.id, actor=actor)
    run_jobs()
    assert {run.target: (run.removed, run.kept) for run in get_bundle(actor, bundle.id)} == told


def test_a_killed_worker_is_taken_up(actor: Any, bundle: Any, run_jobs: Any) -> None:
    started = undo_bundle(bundle_id=bundle.id, actor=actor)
    # the worker dies: nothing runs what was enqueued, the sweep finds all of them quiet, in any order
    people = next(run for run in started if run.target == "people")
    carry_on_undoing(people.id)
    assert states(actor, bundle) == ["undoing"] * 6  # it waits for those behind it
    ImportRun.objects.filter(bundle=bundle.id).update(updated_at=timezone.now() - timedelta(minutes=5))
    sweep_imports()
    run_jobs()
    assert states(actor, bundle) == ["undone"] * 6
    assert living() == (0, 0, 0, 0, 0)


def test_where_one_stops_those_before_it_wait(
    actor: Any, bundle: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = undoing._reverse

    def broken(target: Any, chunk: Any, context: Any, *, look: bool) -> Any:
        if target.key == "orders":
            raise RuntimeError("boom")
        return whole(target, chunk, context, look=look)

    with monkeypatch.context() as patch:
        patch.setattr(undoing, "_reverse", broken)
        undo_bundle(bundle_id=bundle.id, actor=actor)
        run_jobs()
    assert states(actor, bundle) == ["done", "done", "done", "undone", "undone", "undone"]
    people = get_bundle(actor, bundle.id)[0]
    assert "pedidos.csv" in people.error
    assert living() == (2, 1, 1, 0, 0)
    undo_bundle(bundle_id=bundle.id, actor=actor)
    run_jobs()
    assert states(actor, bundle) == ["undone"] * 6
    assert living() == (0, 0, 0, 0, 0)


def test_what_cannot_be_undone_is_told(
    actor: Any, bundle: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    products = get_bundle(actor, bundle.id)[1]
    ImportRun.objects.filter(id=products.id).update(finished_at=timezone.now() - timedelta(days=31))
    reasons = {part.run.target: part.reason for part in undo_parts(get_bundle(actor, bundle.id), actor)}
    assert "30" in reasons.pop("products")
    assert set(reasons.values()) == {""}
    undo_bundle(bundle_id=bundle.id, actor=actor)
    run_jobs()
    assert states(actor, bundle) == ["undone", "done", "undone", "undone", "undone", "undone"]
    assert living() == (0, 0, 1, 0, 0)


def test_whoever_may_not_delete_undoes_nothing(actor: Any, member_with: Any, bundle: Any) -> None:
    rights = {
        kind: dict.fromkeys(("view", "create", "edit"), "all")
        for kind in ("customer", "product", "order", "interaction", "task")
    }
    role = Role.objects.create(name="Importa", rights={"objects": rights, "areas": ["import"]})
    other = Actor.for_member(member_with(role, name="Rui"))
    reasons = {part.run.target: part.reason for part in undo_parts(get_bundle(other, bundle.id), other)}
    assert reasons.pop("order_lines") == ""  # an edit of its order, which the role may
    assert "" not in reasons.values()


def test_the_pages(client_for: Any, admin: Any, actor: Any, bundle: Any, run_jobs: Any) -> None:
    browser = client_for(admin)
    page = f"/teste/import/bundle/{bundle.id}/"
    history = browser.get("/teste/import/").content.decode()
    assert history.count("export.zip") == 1
    assert page in history
    assert f"{page}undo/" in browser.get(page).content.decode()
    assert browser.get(f"{page}undo/").status_code == 200
    shown = browser.get(f"{page}undo/preview/").content.decode()
    assert "tarefas.csv" in shown
    browser.post(f"{page}undo/")
    run_jobs()
    report = browser.get(page).content.decode()
    assert f"{page}undo/" not in report
    assert browser.post("/teste/import/bundle/0192e4a5-0000-7000-8000-000000000000/undo/").status_code == 404


def test_the_page_asks_no_more_for_more_tables(client_for: Any, admin: Any, actor: Any, bundle: Any) -> None:
    browser, page = client_for(admin), f"/teste/import/bundle/{bundle.id}/"
    browser.get(page)

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            browser.get(page)
        return len(caught)

    whole = count()
    ImportRun.objects.filter(bundle=bundle.id, place__gt=2).delete()
    assert whole == count()


def test_over_the_api(api_for: Any, admin: Any, actor: Any, bundle: Any, run_jobs: Any) -> None:
    api = api_for(admin)
    told = api.get(f"/imports/bundles/{bundle.id}/undo").json()
    assert [one["removed"] for one in told["parts"]] == [1, 1, 1, 1, 1, 2]
    assert api.post(f"/imports/bundles/{bundle.id}/undo", {}).status_code == 202
    run_jobs()
    assert {one["state"] for one in api.get(f"/imports/bundles/{bundle.id}").json()["imports"]} == {"undone"}
    assert api.post(f"/imports/bundles/{bundle.id}/undo", {}).status_code == 422


def test_every_target_of_a_kit_can_be_undone() -> None:
    assert all(target.undo is not None for target in targets if target.key != "reviews"), [
        target.key for target in targets if target.undo is None
    ]
