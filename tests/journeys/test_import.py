"""A file comes in, its columns are found, what it will do is shown, it runs, its refused rows are told; then it is undone."""

from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_import(visitor: Visitor, tmp_path: Path) -> None:
    number = random.randrange(10**6)
    file = tmp_path / f"clientes-{number}.csv"
    file.write_text(
        "Código;Nome;E-mail;Telefone;Cidade;UF;Empresa\n"
        f"{number}1;Zélia Prado {number};zelia{number}@exemplo.com.br;(11) 98765-4321;Recife;PE;Padaria {number}\n"
        f"{number}2;Yuri Prado {number};yuri{number}@exemplo.com.br;;Olinda;PE;Padaria {number}\n"
        f"{number}3;Xisto Prado {number};isto não é e-mail;;Olinda;PE;\n",
        encoding="cp1252",
    )
    visitor.log_in()
    _upload(visitor, file)
    _check_and_run(visitor, number)
    report = visitor.page.url
    _decide(visitor, tmp_path, number)
    visitor.page.goto(report)
    _undo(visitor, number)


def test_several_tables(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    number = random.randrange(10**6)
    file = tmp_path / f"export-{number}.zip"
    with zipfile.ZipFile(file, "w") as archive:
        heads = "id do pedido;código do cliente;data do pedido;status"
        archive.writestr("pedidos.csv", f"{heads}\n{number};{number}1;2026-01-05 10:00;pago\n")
        archive.writestr("clientes.csv", f"Código;Nome\n{number}1;Wanda Zip {number}\n")
        archive.writestr(
            "propostas.csv",
            "Nº da proposta;Código do cliente;Título;Situação;Data da proposta;Valor total\n"
            f"P{number};{number}1;Cozinha nova;Aprovada;10/02/2024;1.500,00\n",
        )
        archive.writestr(
            "itens das propostas.csv",
            f"Proposta;Item;Descrição;Quantidade;Preço unitário\nP{number};1;Bancada;2;700,00\n",
        )
        archive.writestr("leia-me.txt", "Exportado ontem.\n")
    visitor.log_in()
    visitor.go("/demo/import/new/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"export-{number}.zip")
    expect(page.get_by_text("leia-me.txt")).to_be_visible()
    expect(page.get_by_label("O que “clientes.csv” contém")).to_have_value("people")
    expect(page.get_by_label("O que “pedidos.csv” contém")).to_have_value("orders")
    expect(page.get_by_label("O que “propostas.csv” contém")).to_have_value("quotes")
    expect(page.get_by_label("O que “itens das propostas.csv” contém")).to_have_value("quote_lines")
    visitor.look("tables")
    page.get_by_role("button", name="Importar tudo").click()
    expect(page.locator(".row-item").get_by_text("Concluída")).to_have_count(4)
    expect(page.locator(".stat", has_text="Criados")).to_contain_text("4")
    visitor.look("done")
    whole = page.url
    page.get_by_role("link", name="pedidos.csv").click()
    expect(page.locator(".stat", has_text="Criados")).to_contain_text("1")
    visitor.go(f"/demo/quotes/?q=P{number}")
    page.get_by_role("link", name="Cozinha nova").click()
    expect(page.get_by_text("Esta proposta veio de um arquivo")).to_be_visible()
    expect(page.get_by_text(re.compile(r"O arquivo de origem diz R\$\s1.500,00"))).to_be_visible()
    visitor.look("quote-from-file")
    page.goto(whole)
    _undo_everything(visitor, number)


def _undo_everything(visitor: Visitor, number: int) -> None:
    """Take the whole archive back: first it is told what becomes of each table, then the report sums it up."""
    page = visitor.page
    page.get_by_role("link", name="Desfazer tudo").click()
    row = page.get_by_role("row", name=re.compile("clientes.csv"))
    expect(row).to_contain_text("1")
    visitor.look("undo-all")
    page.get_by_role("button", name="Desfazer tudo").click()
    expect(page.locator(".row-item").get_by_text("Desfeita")).to_have_count(4)
    expect(page.locator(".stat", has_text="Removidos")).to_contain_text("4")
    visitor.look("undone-all")
    visitor.go("/demo/import/")
    line = page.locator(".row-item", has_text=f"export-{number}.zip")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("Desfeita")
    visitor.look("history")


def _decide(visitor: Visitor, folder: Path, number: int) -> None:
    """Send people again and be asked: one is updated, the other left."""
    page = visitor.page
    file = folder / f"de-novo-{number}.csv"
    file.write_text(
        "Código;Nome;Cidade;Apelido\n"
        f"{number}1;Zélia Maria Prado {number};Caruaru;Zé\n"
        f"{number}2;Yuri José Prado {number};Olinda;Yu\n"
    )
    _upload(visitor, file, look=False)
    place = page.get_by_label("Para onde vai “Apelido”")
    expect(place.locator("option", has_text="Novo: Apelido (Texto)")).to_have_count(1)
    page.get_by_label("Quando o registro já existe").select_option("ask")
    page.get_by_text("Como um cadastro existente é reconhecido").click()
    page.get_by_label("Primeiro por").select_option("external")
    expect(page.locator("#import-preview").get_by_text("A decidir").first).to_be_visible()
    visitor.look("ask")
    page.get_by_role("button", name="Iniciar importação").click()
    page.get_by_role("link", name="Decidir").click()
    row = page.get_by_role("article", name=f"Zélia Prado {number}")
    expect(row).to_contain_text(f"Zélia Maria Prado {number}")
    visitor.look("decide")
    row.get_by_role("button", name="Atualizar").click()
    expect(page.get_by_role("article", name=re.compile("Zélia"))).to_have_count(0)
    page.get_by_role("article", name=f"Yuri Prado {number}").get_by_role(
        "button", name="Deixar como está"
    ).click()
    expect(page.locator(".stat", has_text="Atualizados")).to_contain_text("1")
    page.get_by_role("link", name="Desfazer importação").click()  # or she would count as changed since
    page.get_by_role("button", name="Desfazer importação").click()
    expect(page.get_by_role("heading", name="Desfeita")).to_be_visible()


def _upload(visitor: Visitor, file: Path, *, look: bool = True) -> None:
    page = visitor.page
    visitor.go("/demo/import/new/")
    if look:
        visitor.look("upload")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(file.name)
    expect(page.get_by_label("O que há no arquivo?")).to_have_value("people")


def _check_and_run(visitor: Visitor, number: int) -> None:
    page = visitor.page
    expect(page.get_by_label("Para onde vai “E-mail”")).to_have_value("email")
    preview = page.locator("#import-preview")
    expect(preview).to_contain_text(f"Zélia Prado {number}")
    expect(preview.get_by_text("Recusada")).to_be_visible()
    visitor.look("columns")
    page.get_by_role("button", name="Iniciar importação").click()
    expect(page.get_by_role("heading", name="Linhas recusadas")).to_be_visible()
    expect(page.locator(".stat", has_text="Criados")).to_contain_text("2")
    visitor.look("report")


def _undo(visitor: Visitor, number: int) -> None:
    page = visitor.page
    page.get_by_role("link", name="Desfazer importação").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Desfazer importação")
    expect(page.locator(".stat", has_text="Removidos")).to_contain_text(
        "3"
    )  # with the company they came with
    visitor.look("undo")
    page.get_by_role("button", name="Desfazer importação").click()
    expect(page.get_by_role("heading", name="Desfeita")).to_be_visible()
    expect(page.locator(".stat", has_text="Removidos")).to_contain_text("3")
    visitor.look("undone")
    expect(page.get_by_role("link", name="Desfazer importação")).to_have_count(0)
    visitor.go(f"/demo/people/?q=Prado+{number}")
    expect(page.get_by_text(re.compile(rf"Zélia Prado {number}"))).to_have_count(0)
