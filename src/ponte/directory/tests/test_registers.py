"""Public registers against a local fake of the providers: their shapes, failures, reviews, the background run, the API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.utils import timezone

from ponte.core.errors import Conflict, Invalid
from ponte.core.models import AuditEntry, BackgroundRun, Notification, StoredEvent
from ponte.directory.adapters.registers.transport import LookupFailed, look_up
from ponte.directory.data import AddressData, CompanyData
from ponte.directory.models import Company, Party, PartyAddress, RegisterLookup, RegisterSource, Suggestion
from ponte.directory.services.companies import create_company, update_company
from ponte.directory.services.enriching import accept_found, ask, suggest_found
from ponte.directory.services.found_bulk import carry_on_filling, start_filling
from ponte.directory.services.lookups import carry_on_lookups, start_lookups, stop_lookups
from ponte.directory.services.registers import save_source

pytestmark = pytest.mark.usefixtures("workspace")
CNPJ = "11222333000181"
# the fields of https://brasilapi.com.br/docs (Minha Receita's own), values invented
COMPANY = {
    "cnpj": CNPJ, "razao_social": "PADARIA SOL LTDA", "nome_fantasia": "PADARIA DO SOL", "cep": "01310100",
    "uf": "SP", "municipio": "SAO PAULO", "bairro": "BELA VISTA", "descricao_tipo_de_logradouro": "AVENIDA",
    "logradouro": "PAULISTA", "numero": "1000", "complemento": "", "cnae_fiscal": 1091102,
    "cnae_fiscal_descricao": "Padaria e confeitaria", "natureza_juridica": "Sociedade Empresária Limitada",
    "porte": "MICRO EMPRESA", "opcao_pelo_mei": False, "data_inicio_atividade": "2005-10-03",
    "ddd_telefone_1": "1133334444", "ddd_telefone_2": "", "email": "CONTATO@PADARIASOL.COM.BR",
    "codigo_municipio_ibge": 3550308, "descricao_situacao_cadastral": "ATIVA", "capital_social": 1000, "qsa": [],
}  # fmt: skip
VIACEP = {"cep": "01310-100", "logradouro": "Avenida Paulista", "complemento": "de 612 a 1510", "bairro": "Bela Vista",
          "localidade": "São Paulo", "uf": "SP", "ibge": "3550308", "ddd": "11"}  # fmt: skip
BRASILAPI_CEP = {"cep": "01310100", "state": "SP", "city": "São Paulo", "neighborhood": "Bela Vista",
                 "street": "Avenida Paulista", "service": "open-cep"}  # fmt: skip


class Fake(BaseHTTPRequestHandler):
    """Answers by path; ``script`` holds (status, body, headers) to answer first, ``seen`` what was asked."""

    script: ClassVar[list[tuple[int, Any, dict[str, str]]]] = []
    seen: ClassVar[list[tuple[str, str]]] = []
    pages: ClassVar[dict[str, tuple[int, Any]]] = {}

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        if self.script:
            status, body, headers = self.script.pop(0)
        else:
            status, body = self.pages.get(self.path, (404, {"message": "não encontrado"}))
            headers = {}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def fake(settings: Any) -> Iterator[str]:
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    Fake.script.clear()
    Fake.seen.clear()
    Fake.pages.clear()
    Fake.pages.update(
        {
            f"/cnpj/v1/{CNPJ}": (200, COMPANY),
            f"/{CNPJ}": (200, COMPANY),
            "/01310100/json/": (200, VIACEP),
            "/99999999/json/": (200, {"erro": "true"}),
            "/cep/v2/01310100": (200, BRASILAPI_CEP),
        }
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fake)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def configured(
    actor: Any, url: str, shape: str = "brasilapi", what: str = "cnpj", **more: Any
) -> RegisterSource:
    return save_source(actor=actor, what=what, shape=shape, url=url, **more)


def company(actor: Any, **fields: Any) -> Party:
    return create_company(actor=actor, data=CompanyData(**{"name": "Padaria", "cnpj": CNPJ, **fields})).party


@pytest.mark.parametrize("shape", ["brasilapi", "minha_receita"])
def test_a_company_is_read(actor: Any, fake: str, shape: str) -> None:
    found = look_up(configured(actor, fake, shape), CNPJ)
    assert found is not None
    assert dict(found.fields) == {
        "legal_name": "Padaria Sol Ltda", "name": "Padaria do Sol", "industry": "Padaria e confeitaria",
        "cnae": "1091102", "legal_nature": "Sociedade Empresária Limitada", "size": "micro", "founded_on": "2005-10-03",
    }  # fmt: skip
    assert (found.emails, found.phones, found.status) == (
        ("contato@padariasol.com.br",),
        ("+551133334444",),
        "ATIVA",
    )
    assert found.address["street"] == "Avenida Paulista"
    assert found.address["city_code"] == "3550308"
    assert look_up(configured(actor, fake, shape), "11444777000161") is None


def test_addresses_are_read(actor: Any, fake: str) -> None:
    source = configured(actor, fake, "viacep", "cep")
    found = look_up(source, "01310100")
    assert found is not None
    assert dict(found.address) == {
        "postal_code": "01310100", "street": "Avenida Paulista", "district": "Bela Vista", "city": "São Paulo",
        "city_code": "3550308", "state": "SP",
    }  # fmt: skip
    assert look_up(source, "99999999") is None
    other = look_up(configured(actor, fake, "brasilapi_cep", "cep"), "01310100")
    assert other is not None
    assert other.address["street"] == "Avenida Paulista"


@pytest.mark.parametrize(
    ("answer", "code", "permanent", "wait"),
    [
        ((429, {}, {"Retry-After": "120"}), "busy", False, 120),
        ((429, {}, {"Retry-After": "Wed, 01 Jan 2031"}), "busy", False, 0),
        ((503, b"<html>", {}), "down", False, 0),
        ((403, {}, {}), "refused", True, 0),
        ((200, b"<html>oi", {}), "garbled", False, 0),
        ((200, b"[" * 100_000, {}), "garbled", False, 0),
        ((200, b"[1]", {}), "garbled", False, 0),
    ],
)  # fmt: skip
def test_failures_are_told_apart(
    actor: Any, fake: str, answer: Any, code: str, permanent: bool, wait: int
) -> None:
    Fake.script.append(answer)
    with pytest.raises(LookupFailed) as failure:
        look_up(configured(actor, fake), CNPJ)
    assert (failure.value.code, failure.value.permanent, failure.value.wait) == (code, permanent, wait)


def test_strange_answers_break_nothing(actor: Any, fake: str) -> None:
    source = configured(actor, fake)
    for body in ({}, {"razao_social": None}, {"razao_social": ["x"]}, {"message": "erro"}):
        Fake.script.append((200, body, {}))
        assert look_up(source, CNPJ) is None
    odd = {**COMPANY, "cnae_fiscal": None, "data_inicio_atividade": "ontem", "ddd_telefone_1": 12, "email": 5, "uf": "São Paulo", "cep": "x"}  # fmt: skip
    Fake.script.append((200, odd, {}))
    found = look_up(source, CNPJ)
    assert found is not None
    assert "cnae" not in found.fields
    assert found.emails == ()


def test_only_the_public_internet_is_asked(actor: Any, fake: str, settings: Any) -> None:
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset()
    with pytest.raises(LookupFailed) as failure:
        look_up(configured(actor, fake), CNPJ)
    assert failure.value.code == "address"
    assert Fake.seen == []


def test_a_key_is_sealed_sent_and_follows_no_redirect(actor: Any, fake: str) -> None:
    source = configured(actor, fake, key="s3cr3t")
    assert b"s3cr3t" not in bytes(source.sealed_key or b"")
    Fake.script.append((302, {}, {"Location": f"{fake}/other"}))
    with pytest.raises(LookupFailed):
        look_up(source, CNPJ)
    assert Fake.seen == [(f"/cnpj/v1/{CNPJ}", "Bearer s3cr3t")]
    entry = AuditEntry.objects.get(act="register.configured")
    assert "s3cr3t" not in str(entry.changes)
    kept = configured(actor, fake, version=source.version)
    assert kept.sealed_key is not None
    assert configured(actor, fake, key="").sealed_key is None
    for wrong in ({"shape": "viacep"}, {"url": "ftp://x"}, {"url": "https://a:b@x"}, {"per_minute": 0}):
        with pytest.raises(Invalid):
            configured(actor, **{"url": fake, **wrong})
    with pytest.raises(Conflict):
        configured(actor, fake, version=1)


def test_nothing_is_overwritten_unasked(actor: Any, fake: str) -> None:
    source = configured(actor, fake)
    padaria = company(actor, industry="Comércio")
    answer = suggest_found(actor=actor, party_id=padaria.id, source=source, answers=ask(source, [CNPJ]))
    assert (answer.known, answer.status) == (True, "ATIVA")
    own = Company.objects.get(party=padaria)
    assert (own.industry, own.legal_name, padaria.name) == ("Comércio", "", "Padaria")
    rows = {row.field: row for row in Suggestion.objects.filter(party=padaria)}
    assert (rows["industry"].before, rows["industry"].after) == ("Comércio", "Padaria e confeitaria")
    assert {"legal_name", "cnae", "size", "founded_on", "emails", "phones", "addresses", "name"} <= set(rows)
    update_company(actor=actor, party_id=padaria.id, changes={"industry": "Panificação"})
    fields = accept_found(
        actor=actor, suggestion_ids=[row.id for name, row in rows.items() if name != "name"]
    )
    own = Company.objects.get(party=padaria)
    assert own.industry == "Panificação"  # changed since: left alone
    assert "industry" not in fields
    assert (own.legal_name, own.cnae, own.size, str(own.founded_on)) == (
        "Padaria Sol Ltda",
        "1091102",
        "micro",
        "2005-10-03",
    )
    now = Party.objects.get(id=padaria.id)
    assert (now.name, now.email, now.phone, now.city, now.state) == (
        "Padaria", "contato@padariasol.com.br", "+551133334444", "Sao Paulo", "SP",
    )  # fmt: skip
    event = StoredEvent.objects.get(name="directory.customer_enriched")
    assert event.payload["source"] == "BrasilAPI"
    again = suggest_found(actor=actor, party_id=padaria.id, source=source, answers=ask(source, [CNPJ]))
    assert {row.field for row in Suggestion.objects.filter(party=padaria, state="open")} == {
        "name",
        "industry",
    }
    assert again.count == 2


def test_an_address_is_completed_by_its_cep(actor: Any, fake: str) -> None:
    source = configured(actor, fake, "viacep", "cep")
    sol = company(actor, addresses=[AddressData(postal_code="01310100", number="1000", city="SAO PAULO")])
    suggest_found(actor=actor, party_id=sol.id, source=source, answers=ask(source, ["01310100"]))
    rows = Suggestion.objects.filter(party=sol, rule="cep")
    assert {row.field for row in rows} == {
        "addresses.street", "addresses.district", "addresses.city_code", "addresses.state",
    }  # fmt: skip
    accept_found(actor=actor, suggestion_ids=[row.id for row in rows])
    row = PartyAddress.objects.get(party=sol)
    assert (row.street, row.number, row.city_code, row.state) == ("Avenida Paulista", "1000", "3550308", "SP")
    assert Party.objects.get(id=sol.id).state == "SP"


def test_the_pages(client_for: Any, admin: Any, member_with: Any, actor: Any, fake: str) -> None:
    client = client_for(admin)
    assert "nenhum" in client.get("/teste/data-quality/registers/").content.decode().lower()
    given = {"is_active": "on", "shape": "brasilapi", "url": fake, "per_minute": "20", "key": ""}
    assert client.get("/teste/data-quality/registers/cnpj/").status_code == 200
    assert (
        client.post("/teste/data-quality/registers/cnpj/", given, HTTP_HX_REQUEST="true").status_code == 204
    )
    padaria = company(actor)
    page = client.post(
        f"/teste/customers/{padaria.id}/register/ask/cnpj/", HTTP_HX_REQUEST="true"
    ).content.decode()
    assert "Padaria Sol Ltda" in page
    assert "ATIVA" in page
    wanted = Suggestion.objects.get(party=padaria, field="legal_name")
    address = f"/teste/customers/{padaria.id}/register/decide/"
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"accept": [str(wanted.id)]}, HTTP_HX_REQUEST="true").status_code == 204
    assert Company.objects.get(party=padaria).legal_name == "Padaria Sol Ltda"
    other = Suggestion.objects.get(party=padaria, field="cnae")
    client.post(address, {"accept": [str(other.id)], "dismiss": "1"}, HTTP_HX_REQUEST="true")
    assert Suggestion.objects.get(id=other.id).state == "dismissed"
    assert "Padaria" in client.get("/teste/data-quality/registers/").content.decode()
    assert "/register/" in client.get(f"/teste/customers/{padaria.id}/quality/").content.decode()
    Fake.script.append((503, {}, {}))
    failed = client.post(f"/teste/customers/{padaria.id}/register/ask/cnpj/", HTTP_HX_REQUEST="true")
    assert failed.status_code == 422
    reader = client_for(member_with("read_only"))
    assert reader.get("/teste/data-quality/registers/").status_code == 404
    assert reader.post(f"/teste/customers/{padaria.id}/register/ask/cnpj/").status_code == 404
    assert (
        client_for(member_with("salesperson")).get("/teste/data-quality/registers/cnpj/").status_code == 404
    )


def test_a_new_company_is_filled_for_a_person_to_check(
    client_for: Any, admin: Any, actor: Any, fake: str
) -> None:
    client = client_for(admin)
    assert 'name="fill"' not in client.get("/teste/companies/new/").content.decode()
    configured(actor, fake)
    assert 'name="fill"' in client.get("/teste/companies/new/").content.decode()
    typed = {"cnpj": "11.222.333/0001-81", "industry": "Digitado por mim", "fill": "1"}
    page = client.post("/teste/companies/new/", typed).content.decode()
    assert "Padaria Sol Ltda" in page
    assert "Digitado por mim" in page
    assert "Padaria e confeitaria" not in page
    assert not Company.objects.exists()
    assert client.post("/teste/companies/new/", {"cnpj": "1", "fill": "1"}).status_code == 422
    assert client.post("/teste/companies/new/", {"cnpj": "11444777000161", "fill": "1"}).status_code == 422


def test_many_in_the_background(actor: Any, admin: Any, fake: str) -> None:
    configured(actor, fake, per_minute=2)
    known, unknown = company(actor), company(actor, cnpj="11444777000161", name="Outra")
    with pytest.raises(Invalid):
        start_lookups(actor=actor, what="cep", party_ids=[known.id])
    run = start_lookups(actor=actor, what="cnpj", party_ids=[known.id, unknown.id])
    with pytest.raises(Invalid):
        start_lookups(actor=actor, what="cnpj", party_ids=[known.id])
    carry_on_lookups(run.id)
    run.refresh_from_db()
    assert (run.state, run.result) == ("done", {"found": 1, "nothing": 1})
    assert Suggestion.objects.filter(party=known, rule="cnpj").exists()
    assert Company.objects.get(party=known).legal_name == ""
    assert Notification.objects.filter(member=admin, kind="quality.lookups").exists()


def test_empty_fields_are_filled_in_one_go(
    client_for: Any, actor: Any, admin: Any, member_with: Any, api_for: Any, fake: str
) -> None:
    source = configured(actor, fake)
    first, second = company(actor), company(actor, cnpj="11444777000161", name="Outra")
    found = ask(source, [CNPJ])
    for party in (first, second):
        suggest_found(actor=actor, party_id=party.id, source=source, answers=found)
    Suggestion.objects.filter(party=second, field="emails").update(after="sem arroba")
    page = client_for(admin).get("/teste/data-quality/registers/").content.decode()
    assert "/teste/data-quality/registers/fill/" in page
    reader = client_for(member_with("read_only"))
    assert reader.post("/teste/data-quality/registers/fill/").status_code == 404
    answer = api_for(admin).post("/data-quality/suggestions/fill-empty")
    assert (answer.status_code, answer.json()["customers"]) == (202, 2)
    run = BackgroundRun.objects.get(id=answer.json()["run_id"])
    with pytest.raises(Invalid):
        start_filling(actor=actor)
    carry_on_filling(run.id)
    run.refresh_from_db()
    assert (run.state, run.done, run.result) == ("done", 2, {"filled": 1, "refused": 1})
    filled = Company.objects.select_related("party").get(party=first)
    assert (filled.legal_name, filled.party.name) == ("Padaria Sol Ltda", "Padaria")  # what is there stays
    assert list(Suggestion.objects.filter(party=first, state="open").values_list("field", flat=True)) == [
        "name"
    ]
    assert Company.objects.get(party=second).legal_name == ""
    with pytest.raises(Invalid):
        Suggestion.objects.filter(party=second).delete()
        start_filling(actor=actor)


def test_the_pace_is_kept_and_a_busy_register_left_alone(actor: Any, fake: str) -> None:
    configured(actor, fake, per_minute=1)
    rows = [company(actor, cnpj="", name=f"Sem {n}") for n in range(2)]
    one, two = company(actor), company(actor, cnpj="11444777000161", name="Outra")
    run = start_lookups(actor=actor, what="cnpj", party_ids=[rows[0].id, one.id, two.id])
    carry_on_lookups(run.id)  # the first has no CNPJ: nothing is asked
    assert Fake.seen == []
    Fake.script.append((429, {}, {"Retry-After": "600"}))
    carry_on_lookups(run.id)
    assert len(Fake.seen) == 1
    late = RegisterLookup.objects.get(party=one)
    assert (late.state, late.tries, late.error) == ("waiting", 1, "busy")
    assert late.not_before > timezone.now() + timedelta(seconds=500)
    carry_on_lookups(run.id)
    assert len(Fake.seen) == 2
    RegisterLookup.objects.update(not_before=timezone.now(), tries=4)
    Fake.script.append((503, {}, {}))
    carry_on_lookups(run.id)
    run.refresh_from_db()
    assert run.state == "done"
    assert run.result["failed"] == 1


def test_a_look_up_can_be_stopped(actor: Any, fake: str) -> None:
    configured(actor, fake)
    run = start_lookups(actor=actor, what="cnpj", party_ids=[company(actor).id])
    stop_lookups(actor=actor)
    carry_on_lookups(run.id)
    assert Fake.seen == []
    assert BackgroundRun.objects.get(id=run.id).state == "cancelled"


def test_look_ups_over_the_api(actor: Any, admin: Any, api_for: Any, member_with: Any) -> None:
    configured(actor, "https://brasilapi.com.br/api")
    one, other = company(actor), create_company(actor=actor, data=CompanyData(name="Sem CNPJ")).party
    api, path = api_for(admin), "/api/v1/data-quality/look-ups"
    told = api.get(path).json()
    assert (told["registers"], told["run"]) == ([{"what": "cnpj", "waiting": 1}], None)
    assert api.post(path, {"what": "cep"}).status_code == 404
    assert api.post(path, {"what": "cnpj", "customer_ids": [str(uuid4())]}).status_code == 422
    run = api.post(path, {"what": "cnpj", "customer_ids": [str(one.id), str(other.id)]})
    assert (run.status_code, run.json()["total"]) == (202, 2)
    assert api.post(path, {"what": "cnpj"}).status_code == 422, "one at a time"
    assert api.post(f"{path}/stop", {}).status_code == 204
    assert (api.get(path).json()["run"]["state"], api.post(f"{path}/stop", {}).status_code) == (
        "cancelled",
        404,
    )
    assert api_for(member_with("read_only")).get(path).status_code == 404
