"""Custom fields made for columns that have no place yet."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import Role
from ponte.directory.models import Party
from ponte.workplace.importing.fresh import guess_kind, words_of
from ponte.workplace.importing.running import carry_on
from ponte.workplace.models import CustomField, ImportRun
from ponte.workplace.services.import_starting import start_import
from ponte.workplace.services.imports import create_import, map_import

FILE = "Código;Nome;Plano;Limite;Desde;Atende\n" + "".join(
    f"{number};Pessoa {number};{('Ouro', 'prata', 'Prata')[number % 3]};R$ 1.2{number:02},50;0{number % 9 + 1}/02/2024;"
    f"{('Sim', 'não')[number % 2]}\n"
    for number in range(20)
)


def draft(actor: Actor, text: str = FILE) -> ImportRun:
    return create_import(actor=actor, target="people", upload=ContentFile(text.encode()), name="a.csv")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1,5", "20", "3.000,00"], "number"),
        (["R$ 1,50", "R$ 20,00"], "money"),
        (["22/11/2024", "01/02/2023"], "date"),
        (["Sim", "Não", "sim"], "boolean"),
        (["0012", "0345"], "text"),
        (["1" * 20, "2" * 20], "text"),
        (["a" * 300, "b"], "long_text"),
        (["Ouro", "Prata"] * 6, "choice"),
        (["Ouro", "Prata", "Bronze"], "text"),
        (["", " "], "text"),
        ([], "text"),
        (["😀", "🎉"], "text"),
    ],
)
def test_the_type_follows_from_the_values(cells: list[str], kind: str) -> None:
    assert guess_kind(cells) == kind


def test_choices_are_the_words_whatever_their_case() -> None:
    assert words_of(["prata", "Ouro", "Prata", "", "PRATA", "ouro"]) == ["prata", "Ouro"]


def test_fields_are_made_at_the_start_and_filled(actor: Any) -> None:
    run = draft(actor)
    columns = {0: "external_id", 1: "name", 2: "new:choice", 3: "new:money", 4: "new:date", 5: "new:boolean"}
    run = map_import(run=run, actor=actor, columns=columns)
    assert not CustomField.objects.exists()
    start_import(run=run, actor=actor, in_background=False)
    run = carry_on(run.id)
    assert (run.created, run.rejected) == (20, 0), list(run.rejections.values("problems"))
    made = {one.label: one for one in CustomField.objects.all()}
    assert {label: one.kind for label, one in made.items()} == {
        "Plano": "choice",
        "Limite": "money",
        "Desde": "date",
        "Atende": "boolean",
    }
    assert [one["label"] for one in made["Plano"].choices] == ["prata", "Ouro"]
    first = Party.objects.get(name="Pessoa 1").custom
    assert first[made["Desde"].slot] == "2024-02-02"
    assert first[made["Atende"].slot] is False
    again = draft(actor)
    assert again.plan["columns"]["2"] == made["Plano"].right


def test_only_who_manages_fields_makes_them(member_with: Any, client_for: Any) -> None:
    acts = dict.fromkeys(("view", "create", "edit"), "all")
    role = Role.objects.create(name="Importa", rights={"objects": {"customer": acts}, "areas": ["import"]})
    member = member_with(role)
    actor = Actor.for_member(member)
    run = draft(actor)
    with pytest.raises(Denied):
        map_import(run=run, actor=actor, columns={1: "name", 2: "new:text"})
    page = client_for(member).get(f"/teste/import/{run.id}/").content.decode()
    assert "new:text" not in page


def test_nonsense_is_refused(actor: Any) -> None:
    run = draft(actor)
    for kind in ("reference", "explode", ""):
        with pytest.raises(Invalid):
            map_import(run=run, actor=actor, columns={1: "name", 2: f"new:{kind}"})
    many = "Código;Nome;Plano\n" + "".join(f"{n};P{n};plano {n}\n" for n in range(300))
    run = map_import(run=draft(actor, many), actor=actor, columns={1: "name", 2: "new:choice"})
    with pytest.raises(Invalid) as refusal:
        start_import(run=run, actor=actor, in_background=False)
    assert refusal.value.problems[0].code == "choices"


def test_in_the_browser(actor: Any, admin: Any, client_for: Any) -> None:
    run = draft(actor)
    browser = client_for(admin)
    assert 'value="new:choice"' in browser.get(f"/teste/import/{run.id}/").content.decode()
    sent = {
        "column-0": "external_id",
        "column-1": "name",
        "column-2": "new:text",
        "policy": "update",
        "source": "erp",
    }
    preview = browser.post(f"/teste/import/{run.id}/mapping/", sent, headers={"HX-Request": "true"})
    assert "Plano" in preview.content.decode()
    page = browser.get(f"/teste/import/{run.id}/").content.decode()
    assert 'value="new:text" selected' in page
    assert not CustomField.objects.exists()
    assert browser.post(f"/teste/import/{run.id}/start/", sent).status_code == 302
    assert CustomField.objects.get().label == "Plano"


def test_by_a_program(admin: Any, api_for: Any) -> None:
    import base64

    body = {
        "target": "people",
        "file_name": "a.csv",
        "content": base64.b64encode(FILE.encode()).decode(),
        "mapping": {"Limite": "new:number"},
    }
    answer = api_for(admin).post("/imports", body)
    assert answer.status_code == 201, answer.json()
    assert carry_on(ImportRun.objects.get().id).created == 20
    assert CustomField.objects.get().label == "Limite"
