"""Public registers: an administrator chooses one, a company is filled from its CNPJ and another one reviewed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import randint
from typing import Any

import pytest
from playwright.sync_api import expect

# the fields of https://brasilapi.com.br/docs, values invented
COMPANY = {
    "razao_social": "TORREFACAO BOA VISTA LTDA", "nome_fantasia": "TORREFAÇÃO BOA VISTA", "cep": "01310100", "uf": "SP",
    "municipio": "SAO PAULO", "bairro": "BELA VISTA", "descricao_tipo_de_logradouro": "AVENIDA", "logradouro": "PAULISTA",
    "numero": "1000", "complemento": "", "cnae_fiscal": 1091102, "cnae_fiscal_descricao": "Padaria e confeitaria",
    "natureza_juridica": "Sociedade Empresária Limitada", "porte": "MICRO EMPRESA", "opcao_pelo_mei": False,
    "data_inicio_atividade": "2005-10-03", "ddd_telefone_1": "1133334444", "ddd_telefone_2": "",
    "email": "CONTATO@BOAVISTA.COM.BR", "descricao_situacao_cadastral": "ATIVA", "capital_social": 1000, "qsa": [],
}  # fmt: skip


class Register(BaseHTTPRequestHandler):
    """Knows every company; all have the same name."""

    def do_GET(self) -> None:
        content = json.dumps({"cnpj": self.path.rsplit("/", 1)[-1], **COMPANY}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def register() -> Iterator[str]:
    """Run a register on this machine; return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_registers(visitor: Any, register: str) -> None:
    """Choose a register, fill a new company from its CNPJ, then compare a stored one with what the register says."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/data-quality/registers/")
    page.get_by_role("link", name="Cadastro de CNPJ").click()
    page.locator("#dialog-content input[name=url]").fill(register)
    visitor.look("source")
    page.locator("#dialog-content button[type=submit]").click()
    expect(page.get_by_text("consultas por minuto").first).to_be_visible()
    visitor.look("registers")

    visitor.go("/demo/companies/new/")
    page.locator("input[name=cnpj]").fill(_cnpj())
    page.get_by_role("button", name="Preencher pelo CNPJ").click()
    expect(page.locator("input[name=legal_name]")).to_have_value("Torrefacao Boa Vista Ltda")
    visitor.look("filled")

    visitor.go("/demo/companies/new/")
    page.locator("input[name=cnpj]").fill(_cnpj())
    page.locator("input[name=name]").fill("Boa Vista Cafés")
    page.locator("form:has(input[name=name]) button[type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text("Boa Vista Cafés")
    page.wait_for_load_state("load")
    visitor.turn_to("Relacionados")
    page.locator("#panel-quality summary").click()
    page.get_by_role("link", name="Consultar o cadastro público").click()
    page.get_by_role("button", name="Consultar o CNPJ").click()
    dialog = page.locator("#dialog-content")
    expect(dialog.get_by_text("ATIVA")).to_be_visible()
    visitor.look("review")
    dialog.get_by_role("button", name="Aceitar marcados").click()
    expect(page.locator(".toast").last).to_be_visible()
    visitor.go("/demo/data-quality/registers/")
    visitor.look("waiting")


def _cnpj() -> str:
    """Return a valid CNPJ nobody has."""
    base = f"{randint(10_000_000, 99_999_999)}0001"
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        rest = sum(int(digit) * weight for digit, weight in zip(base, weights, strict=True)) % 11
        base += str(0 if rest < 2 else 11 - rest)
    return base
