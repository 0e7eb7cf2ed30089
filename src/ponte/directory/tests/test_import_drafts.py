"""Rows of a file cleaned the short way become what the long way makes of them."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ponte.core.actors import Actor
from ponte.core.ids import uuid7_text
from ponte.core.models import AuditEntry, StoredEvent
from ponte.core.setbased import insert_rows
from ponte.directory import import_ahead, imports
from ponte.directory.import_drafts import DraftMaker
from ponte.directory.imports import COMPANIES, PEOPLE, data_of
from ponte.directory.models import (
    Affiliation,
    Identity,
    IdentityClaim,
    Party,
    PartyAddress,
    PartyEmail,
    PartyFacts,
    PartyPhone,
    PartySearch,
    PartyTag,
    Person,
    StageChange,
)
from ponte.directory.services.cleaning import Cleaner
from ponte.directory.services.creation import Draft, draft_from, party_values
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.files import SourceRow
from ponte.workplace.importing.targets import ImportRow, ImportTarget
from ponte.workplace.importing.values import Plan, Reader
from ponte.workplace.models import ImportRun

CELLS: dict[str, list[str]] = {
    "name": ["Ana Souza", "JOÃO  da Silva", " Bia\tLima ", "😀 Zé", "x" * 241, "Ana\x00", "O'Neil\nJr", "\ud800"],
    "first_name": ["Ana", "a\x07b"],
    "last_name": ["Souza", "  "],
    "external_id": ["7", "0012", "12,0", "1E+5", "a:b", "x" * 201, "é"],
    "other_external_ids": ["7", "8", "x\n"],
    "cpf": ["529.982.247-25", "52998224725", "111.111.111-11", "5,2998224725E+10", "529982247"],
    "cnpj": ["11.222.333/0001-81", "11222333000181", "12.ABC.345/01DE-35", "11"],
    "email": ["ana@x.com.br", "ANA@X.com", "a@x.com; b@x.com", "a@x.com|a@x.com", "nada", "é@x.com", "a@bücher.de", "a@x"],
    "phone": ["(11) 98765-4321", "11987654321", "(11) 3333-4444 / 98888-7777", "+351 912 345 678", "(11) 8765-4321", "x", "123",
              "(11) 98765-4321 ramal 3", "1,1987654321E+10", "(20) 98765-4321"],
    "whatsapp": ["11987654321", "(11) 98765-4321", "+1 212 555 0100"],
    "birthday": ["01/02/1980", "01/02/1801", "31/12/2999", "1980-02-01"],
    "founded_on": ["01/02/1980", "01/02/1801"],
    "gender": ["F", "homem", "?"],
    "stage": ["Cliente", "Lead", "nada"],
    "preferred_channel": ["zap", "E-mail"],
    "source": ["Site", "x" * 41, "Indicação"],
    "language": ["pt", "x" * 11],
    "description": ["linha 1\nlinha 2", "sim", "a" * 100],
    "tags": ["vip", "vip;novo", "VIP, vip", "x" * 61, ";"],
    "postal_code": ["01310-100", "1310100", "01310", "00000-000", "abc"],
    "street": ["Rua A", "x" * 201],
    "number": ["10", "10,0", "s/n", "x" * 21],
    "complement": ["Apto 3"],
    "district": ["Centro"],
    "city": ["SÃO PAULO", "são josé", "Rio", "3 Rios", "x" * 121],
    "city_code": ["3550308", "35", "3550308,0"],
    "state": ["SP", "são paulo", "XX", "Estado de Minas Gerais"],
    "job_title": ["Gerente", "x" * 121],
    "children": ["2", "2,0", "-1", "99999", "dois"],
    "marital_status": ["solteira"],
    "industry": ["Padarias"],
    "cnae": ["4711-3/02", "47"],
    "size": ["ME"],
    "employees": ["10", "1.000"],
    "annual_revenue": ["R$ 1.234,56", "1E+30"],
    "website": ["padaria.com.br", "x y", "http://a.b"],
    "legal_name": ["Padaria S.A."],
    "state_registration": ["123.456"],
    "company_role": ["Sócia"],
    "owner": ["ana@x.com"],
    "social_name": ["Nina"],
    "nationality": ["brasileira"],
}  # fmt: skip
rows = st.dictionaries(st.sampled_from(sorted(CELLS)), st.integers(0, 9), min_size=1, max_size=14)
free = st.dictionaries(
    st.sampled_from(sorted(CELLS)),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
    min_size=1,
    max_size=5,
)


def read(target: ImportTarget, cells: dict[str, str]) -> ImportRow | None:
    known = {key: cell for key, cell in cells.items() if target.field_of(key)}
    plan = Plan(dict(enumerate(known)))
    found = Reader(target, plan, width=len(known), zone=UTC).read(SourceRow(2, list(known.values())))
    return found if isinstance(found, ImportRow) else None


def plain(draft: Draft) -> dict[str, Any]:
    draft.party_id = UUID(int=1)
    keys = [*draft.external, *draft.documents, *draft.contact_keys]
    assert draft.keys == list(dict.fromkeys(keys))
    written = party_values(draft)
    return {**vars(draft), "written": written}


MAKERS = {"person": DraftMaker("person", "erp"), "company": DraftMaker("company", "erp")}


def assert_equal_drafts(cells: dict[str, str]) -> None:
    for target, kind in ((PEOPLE, "person"), (COMPANIES, "company")):
        row = read(target, cells)
        if row is None:
            continue
        cleaner = Cleaner()
        long = draft_from(cleaner, data_of(kind, row.values, "erp"), kind=kind, assignments=False)
        short = MAKERS[kind](row.values)
        if cleaner.problems:
            assert short is None
        else:
            assert short is None or plain(short) == plain(long)


@settings(deadline=None, max_examples=600)
@given(rows)
@example({"phone": 0, "whatsapp": 0})
@example({"phone": 0, "whatsapp": 1, "name": 0, "external_id": 0, "email": 0, "cpf": 0})
def test_usual_and_odd_cells(chosen: dict[str, int]) -> None:
    assert_equal_drafts({key: CELLS[key][at % len(CELLS[key])] for key, at in chosen.items()})


@settings(deadline=None, max_examples=300)
@given(free)
def test_any_cells(cells: dict[str, str]) -> None:
    assert_equal_drafts(cells)


def test_the_short_way_is_taken() -> None:
    usual = {key: cells[0] for key, cells in CELLS.items()}
    for target, kind in ((PEOPLE, "person"), (COMPANIES, "company")):
        row = read(target, usual)
        assert row is not None
        assert MAKERS[kind](row.values) is not None


@pytest.mark.parametrize("source", ["", "a:b", "x" * 41])
def test_a_system_whose_name_cannot_be_used(source: str) -> None:
    assert DraftMaker("person", source)({"external_id": "1"}) is None
    assert DraftMaker("person", source)({"name": "Ana"}) is not None


FILE = """Código;Nome;CPF;E-mail;Celular;Telefone;Cidade;UF;CEP;Etapa;Etiquetas;Empresa;Cargo;Responsável
1;Ana Souza;529.982.247-25;ana@x.com;(11) 98765-4321;(11) 3333-4444;SÃO PAULO;SP;01310-100;Cliente;vip;Padaria Sol;Gerente;
2;Bia Lima;;bia@x.com; bia2@x.com;;;Recife;PE;;Lead;vip;;;
3;Caio;111.111.111-11;;;;;;;;;;;
4;Davi;;nada;;;;;;;;;;
5;Ana S. Souza;529.982.247-25;ana.souza@x.com;11987654321;;;;;Promotor;novo;Padaria Sol;Sócia;
6;;;;+351 912 345 678;;Lisboa;;;;;;;
7;Eva;;eva@x.com;(11) 97777-6666;;;;;;;;;ninguem@x.com
8;Eva 2;;eva@x.com;(11) 97777-6666;;;;;;;Padaria Lua;;
"""
TABLES: dict[type[Any], tuple[str, ...]] = {
    Party: ("kind", "name", "sort_name", "stage", "source", "email", "phone", "city", "state", "custom", "owner__name", "version"),
    Person: ("party__name", "cpf", "birthday", "gender", "job_title", "children"),
    PartySearch: ("lexemes",),
    PartyFacts: ("party__name", "kind"),
    PartyEmail: ("party__name", "address", "kind", "is_primary", "validity"),
    PartyPhone: ("party__name", "number", "kind", "is_primary", "has_whatsapp"),
    PartyAddress: ("party__name", "is_primary", "postal_code", "city", "state", "country", "kind"),
    PartyTag: ("party__name", "tag__name"),
    StageChange: ("party__name", "from_stage", "to_stage", "actor_label"),
    Identity: ("kind", "value", "party__name", "source"),
    IdentityClaim: ("kind", "value", "holder__name", "claimant__name", "status"),
    Affiliation: ("person__party__name", "company__party__name", "role", "is_primary"),
    AuditEntry: ("act", "object_type"),
    StoredEvent: ("name",),
}  # fmt: skip


def everything(run: ImportRun) -> dict[str, Any]:
    codes = set(Party.objects.filter(name="").values_list("code", flat=True))

    def shown(value: Any) -> str:
        text = str(value)
        for code in codes:
            text = text.replace(code, "…")
        return text

    found: dict[str, Any] = {
        model.__name__: sorted([shown(one) for one in row] for row in model.objects.values_list(*names))
        for model, names in TABLES.items()
        if model is not PartySearch
    }
    found["refused"] = list(run.rejections.order_by("row").values_list("row", "problems"))
    found["counts"] = [run.created, run.updated, run.unchanged, run.skipped, run.rejected, run.asked]
    chunks = run.chunks.order_by("id")
    found["undo"] = [
        [
            len(one.created_ids),
            len(one.updated_ids),
            len(one.touched_ids),
            len(one.entry_ids),
            sorted(one.journal),
        ]
        for one in chunks
    ]
    return found


@pytest.mark.parametrize("policy", ["update", "fill", "skip", "ask", "create"])
def test_a_whole_import_is_the_same(
    actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    def bring(name: str, text: str) -> ImportRun:
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        return run_import_file(actor=actor, target="people", path=path, source="erp", policy=policy)

    def twice() -> list[dict[str, Any]]:
        with transaction.atomic():
            first = everything(bring("um", FILE))
            second = everything(
                bring("dois", FILE.replace("Gerente", "Diretora").replace("Recife", "OLINDA"))
            )
            transaction.set_rollback(True)
        return [first, second]

    short = twice()
    taken: list[bool] = []

    class Never(DraftMaker):
        def __call__(self, values: Any) -> Draft | None:
            taken.append(super().__call__(values) is not None)
            return None

    monkeypatch.setattr(imports, "DraftMaker", Never)
    monkeypatch.setattr(import_ahead, "DraftMaker", Never)
    long = twice()
    assert short == long
    assert any(taken)
    assert not all(taken)


def test_a_copy_that_fails_is_a_refusal_of_the_database(actor: Actor) -> None:
    rows = [(uuid7_text(), "external", "erp:1", UUID(int=1).hex)] * 2
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Identity, ("id", "kind", "value", "party_id"), rows)
    assert not Identity.objects.exists()
