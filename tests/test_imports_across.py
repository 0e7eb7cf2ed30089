"""Real targets together: people and companies as files have them, then interactions that find their customers."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from ponte.directory.models import Identity, Party
from ponte.timeline.models import Interaction
from ponte.workplace.importing import targets
from ponte.workplace.importing.command import run_import_file, try_import_file
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.files import Sample
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.mapping import guess_mapping

PEOPLE = (
    "Código;Nome;CPF;E-mail;Telefone;Celular;Data de nascimento;Sexo;Cidade;UF;CEP;Responsável;Etapa;Etiquetas\r\n"
    "7;João da Silva;1234567890;joao@x.com.br; jo@y.com.br;(11) 3333-4444;11987654321.0;02/03/85;M;SÃO PAULO;São Paulo;1310100;"
    "Alice Administradora;Potencial;vip, café\r\n"
)


def write(folder: Path, text: str, encoding: str = "cp1252") -> Path:
    path = folder / "arquivo.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_person_with_everything(actor: Any, tmp_path: Path) -> None:
    text = PEOPLE.replace("joao@x.com.br; jo@y.com.br", '"joao@x.com.br; jo@y.com.br"')
    run = run_import_file(actor=actor, target="people", path=write(tmp_path, text), source="erp")
    assert (run.created, run.rejected) == (1, 0), list(run.rejections.values())
    party = Party.objects.get(name="João da Silva")
    assert (party.stage, party.owner_id, party.city, party.state) == (
        "lead",
        actor.member.id,
        "São Paulo",
        "SP",
    )
    assert (party.person.cpf, party.person.birthday, party.person.gender) == (
        "01234567890",
        date(1985, 3, 2),
        "male",
    )
    assert set(party.phones.values_list("number", flat=True)) == {"+551133334444", "+5511987654321"}
    assert set(party.emails.values_list("address", flat=True)) == {"joao@x.com.br", "jo@y.com.br"}
    assert set(party.tags.values_list("name", flat=True)) == {"vip", "café"}
    assert party.addresses.get().postal_code == "01310100"
    assert Identity.objects.filter(party=party, kind="external", value="erp:7").exists()
    again = run_import_file(actor=actor, target="people", path=write(tmp_path, text), source="erp")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_fill_and_skip_leave_what_is_there(actor: Any, tmp_path: Path) -> None:
    first = "CNPJ;Razão social;Nome fantasia;Funcionários\n12.ABC.345/01DE-35;Sol Ltda;Padaria Sol;\n"
    later = "CNPJ;Razão social;Nome fantasia;Funcionários\n12abc34501de35;Outra Ltda;Outra;12\n"
    assert run_import_file(actor=actor, target="companies", path=write(tmp_path, first)).created == 1
    skipped = run_import_file(actor=actor, target="companies", path=write(tmp_path, later), policy="skip")
    assert skipped.skipped == 1
    filled = run_import_file(actor=actor, target="companies", path=write(tmp_path, later), policy="fill")
    assert filled.updated == 1
    party = Party.objects.get(kind="company")
    assert (party.name, party.company.legal_name, party.company.employees) == ("Padaria Sol", "Sol Ltda", 12)


def test_interactions_find_their_customers_and_come_in_once(actor: Any, tmp_path: Path) -> None:
    run_import_file(actor=actor, target="people", path=write(tmp_path, "Nome;E-mail\nAna;ana@x.com.br\n"))
    text = (
        "E-mail;Tipo;Data;Assunto;Descrição;Autor\n"
        "ANA@x.com.br;Ligação;15/08/2024 14h30;Retorno;Quer proposta;Alice Administradora\n"
        "ninguem@x.com.br;Nota;15/08/2024;x;y;\n"
        "ana@x.com.br;Nota;15/08/2024;x;y;Fulano\n"
    )
    run = run_import_file(actor=actor, target="interactions", path=write(tmp_path, text), source="crm")
    assert (run.created, run.rejected) == (1, 2)
    assert [each.problems[0][0] for each in run.rejections.order_by("row")] == ["customer_email", "author"]
    call = Interaction.objects.get(kind="call")
    assert (call.subject, call.body, call.author_id) == ("Retorno", "Quer proposta", actor.member.id)
    again = run_import_file(actor=actor, target="interactions", path=write(tmp_path, text), source="crm")
    assert (again.created, again.unchanged) == (0, 1)


def test_trying_leaves_nothing(actor: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "Nome;CPF\nAna;529.982.247-25\nBia;1\n")
    trial = try_import_file(actor=actor, target="people", path=path)
    assert (trial.rows, trial.counts["created"], trial.counts["rejected"]) == (2, 1, 1)
    assert trial.rejected[0][0] == 3
    assert not Party.objects.filter(name="Ana").exists()


@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_files_to_fill_in_need_no_mapping(
    client_for: Any, admin: Any, member_with: Any, language: str
) -> None:
    admin.language = language
    admin.save()
    client = client_for(admin)
    assert "/teste/import/template/people.csv" in client.get("/teste/import/new/").content.decode()
    for target in targets:
        answer = client.get(f"/teste/import/template/{target.key}.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        (headers,) = csv.reader(StringIO(text), delimiter=";")
        with translation.override(language):
            whole = extended(target, admin)
            guessed = guess_mapping(whole, Sample(Layout(), headers, [], 0))
        assert len(guessed) == len(headers), target.key
        left = {each.key for each in whole.fields} - set(guessed.values())
        # a reason of refusal is the column of the file of refused rows
        left = {key for key in left if not key.startswith("consent.")}
        assert left <= {"decline_reason"}, target.key
    assert client.get("/teste/import/template/nonsense.csv").status_code == 404
    assert client_for(member_with("read_only")).get("/teste/import/template/people.csv").status_code == 404
