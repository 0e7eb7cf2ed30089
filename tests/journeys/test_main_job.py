"""The main job: a file of customers comes in, one of them is found, seen whole, and worked with."""

from __future__ import annotations

import csv
import io
import random
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

HEADERS = ["Nome", "E-mail", "Celular", "CPF", "Cidade", "UF", "Data de nascimento"]


def test_main_job(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    surname = _surname()
    phone = f"9{random.randrange(10**7, 10**8)}"
    file = _write_file(tmp_path / "clientes.csv", surname, phone)
    visitor.log_in()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Marina")
    visitor.look("home")

    _import_file(visitor, file)
    _find(visitor, surname, phone)

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Antônia {surname}")
    expect(page.locator("body")).to_contain_text(f"(31) {phone[:5]}-{phone[5:]}")
    expect(page.locator("body")).to_contain_text("14/03/1985")
    expect(page.locator("#timeline-entries")).to_contain_text("Marina Alves")
    visitor.look("customer")
    _write_note(page)
    _edit_property(visitor)
    _plan_and_do(visitor)
    visitor.look("customer-after")


def _import_file(visitor: Visitor, file: Path) -> None:
    page = visitor.page
    visitor.go("/demo/import/")
    page.get_by_role("link", name="Importar um arquivo").first.click()
    page.set_input_files("input[type=file]", file)
    visitor.look("import-file")
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_label("O que há no arquivo?")).to_have_value("people")

    for header, field in zip(
        HEADERS,
        ["Nome", "E-mail", "Telefone", "CPF", "Cidade", "Estado", "Data de nascimento"],
        strict=True,
    ):
        choice = page.get_by_role("combobox", name=f"“{header}”")
        expect(choice.locator("option:checked")).to_have_text(field)
    preview = page.locator("#import-preview")
    expect(preview.locator(".badge", has_text="Novo")).to_have_count(4)
    expect(preview.locator(".badge", has_text="Recusada")).to_have_count(1)
    visitor.look("import-columns")
    page.get_by_role("button", name="Iniciar importação").click()

    expect(page.get_by_role("heading", name="Linhas recusadas")).to_be_visible(timeout=60_000)
    report = page.locator(".stats")
    expect(report.locator(".stat", has_text="Criados")).to_contain_text("4")
    expect(report.locator(".stat", has_text="Recusadas")).to_contain_text("1")
    visitor.look("import-report")
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixar para corrigir").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][0].startswith("Otávio")
    assert "CPF" in rows[1][-1]


def _find(visitor: Visitor, surname: str, phone: str) -> None:
    """Search by part of the name without its accents, then by the phone's digits; open the hit."""
    page = visitor.page
    visitor.go("/demo/search/")
    box = page.locator("#search-q")
    box.press_sequentially(f"antonia {surname[:6].lower()}")
    hit = page.locator("#search-results .row-item", has_text=f"Antônia {surname}")
    expect(hit).to_have_count(1)
    box.fill(phone)
    expect(hit).to_have_count(1)
    visitor.look("search")
    hit.click()


def _write_note(page: Page) -> None:
    note = "Quer receber o catálogo de inverno antes de sexta."
    text = page.get_by_role("textbox", name="O que aconteceu")
    text.fill(note)
    text.press("Control+Enter")
    expect(page.locator("#timeline-entries").get_by_text(note)).to_be_visible()
    expect(page.get_by_role("textbox", name="O que aconteceu")).to_have_value("")


def _edit_property(visitor: Visitor) -> None:
    page = visitor.page
    visitor.turn_to("Dados")
    place = page.locator("#property-job_title")
    place.click()
    place.locator("input:not([type=hidden])").fill("Arquiteta")
    place.locator("input:not([type=hidden])").press("Enter")
    expect(page.locator("#property-job_title:not(.is-editing)")).to_contain_text("Arquiteta")


def _plan_and_do(visitor: Visitor) -> None:
    page = visitor.page
    visitor.turn_to("Relacionados")
    panel = page.locator("#panel-tasks")
    panel.scroll_into_view_if_needed()  # loaded when it is seen
    panel.get_by_role("link", name="Nova tarefa").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("O que precisa ser feito").fill("Ligar sobre o catálogo")
    visitor.look("task-dialog")
    dialog.get_by_role("button", name="Salvar").click()
    row = panel.locator(".task-row", has_text="Ligar sobre o catálogo")
    expect(row).to_be_visible()
    row.get_by_role("checkbox").check()
    expect(row).to_have_class(re.compile("is-done"))
    visitor.turn_to("Atividade")
    expect(page.locator("#timeline-entries")).to_contain_text("Ligar sobre o catálogo")


def _write_file(path: Path, surname: str, phone: str) -> Path:
    """Write what an old shop system exports: Latin-1, semicolons, Portuguese headers, one wrong CPF."""
    mail = f"{phone}@exemplo.com.br"
    lines = [
        ";".join(HEADERS),
        f"Antônia {surname};antonia.{mail};(31) {phone[:5]}-{phone[5:]};{_cpf()};Belo Horizonte;MG;14/03/1985",
        f"João {surname};joao.{mail};{_mobile()};{_cpf()};São Paulo;SP;02/11/1990",
        f"Conceição {surname};;{_mobile()};{_cpf()};Florianópolis;SC;30/06/1972",
        f"Otávio {surname};otavio.{mail};;111.222.333-44;Recife;PE;01/01/1980",
        f"Íris {surname};iris.{mail};{_mobile()};;Maringá;PR;",
    ]
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("latin-1"))
    return path


def _surname() -> str:
    """Return a surname nobody else has, so that the journey can run again on the same product."""
    syllables = ["ba", "co", "di", "fa", "lu", "me", "no", "pi", "ra", "sa", "te", "vi"]
    return "".join(random.choices(syllables, k=4)).title() + "ção"


def _mobile() -> str:
    return f"(11) 9{random.randrange(1000, 9999)}-{random.randrange(1000, 9999)}"


def _cpf() -> str:
    digits = [random.randrange(10) for _ in range(9)]
    for length in (10, 11):
        total = sum(weight * digit for weight, digit in zip(range(length, 1, -1), digits, strict=False))
        digits.append((total * 10) % 11 % 10)
    text = "".join(map(str, digits))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"
