"""Quotes from files: history that triggers nothing, brought in once, told why not, taken back with their lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.commerce.data import BulkRow
from ponte.commerce.services.price_items import ItemData, set_price_items
from ponte.commerce.services.price_lists import PriceListData, save_price_list
from ponte.core.actors import Actor
from ponte.core.models import AuditEntry, Role, StoredEvent
from ponte.directory.data import EmailData
from ponte.sales.models import Opportunity, Quote, QuoteLine
from ponte.sales.quote_data import QuoteLineData
from ponte.sales.services.bulk_quote_lines import upsert_quote_lines
from ponte.sales.services.bulk_quotes import upsert_quotes
from ponte.sales.services.quote_reminders import remind_expiring
from ponte.sales.services.quote_sending import revise_quote, send_quote
from ponte.sales.services.quotes import update_quote
from ponte.timeline.models import Interaction
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.services.import_undo import undo_import

pytestmark = pytest.mark.usefixtures("workspace")
FILE = (
    "Nº da proposta;CPF;E-mail;Cliente;Título;Situação;Data da proposta;Aceita em;Validade;Valor total;Mensalidade;Motivo da perda;Vendedor\n"
    "2024/017;52998224725;;;Café 😀;Aprovada;01/03/2024;15/03/2024;31/03/2024;R$ 1.234,56;;;Alice Administradora\n"
    "88;;bia@x.example;;;Enviada;;;31/12/2027;900;100;;\n"
    "89;;bia@x.example;;Adiada;Recusada;02/02/2024;;;500;;Sem verba;\n"
    "90;;bia@x.example;;Passou;Vencida;02/02/2024;;;10;;;\n"
    "91;;;Bia Lima;Em texto;Rascunho;;;;10;;;\n"
    "92;;ninguem@x.example;;Fantasma;Enviada;;;;10;;;\n"
    "93;;bia@x.example;;Fulano;Enviada;;;;10;;;Fulano de Tal\n"
    "94;;bia@x.example;;Datas;Vencida;;;31/12/2027;10;;;\n"
    "95;;bia@x.example;;Palavra;Talvez;;;;10;;;\n"
    "96;;bia@x.example;;Menos;Enviada;;;;-10;;;\n"
    "97;;bia@x.example;;Futuro;Enviada;01/01/2199;;;10;;;\n"
    ";;bia@x.example;;Sem número;Enviada;;;;10;;;\n"
)
LINES = (
    "Proposta;Item;SKU;Descrição;Qtd;Preço unitário;Desconto (%);Cobrança\n"
    "2024/017;1;CAF;;10;100;10;\n"
    "2024/017;2;;Suporte;1;50,50;;Mensal\n"
    "89;1;CAF;;1;90;;\n"
    "88;1;NADA;;1;90;;\n"
    "77;1;;Sem proposta;1;90;;\n"
)


@pytest.fixture
def people(make_party):
    ana = make_party("Ana Souza", cpf="529.982.247-25")
    return ana, make_party("Bia Lima", emails=[EmailData(address="bia@x.example")])


@pytest.fixture
def bring(actor, tmp_path):
    def act(text=FILE, target="quotes", *, by=None):
        path = tmp_path / "propostas.csv"
        path.write_text(text, encoding="utf-8")
        return run_import_file(actor=by or actor, target=target, path=path, source="outro")

    return act


@pytest.fixture
def coffee(make_product):
    return make_product("Café em grãos", sku="CAF", price="120", cost=Decimal(60))


def quote(number):
    return Quote.objects.get(number=number)


def take_back(actor, run):
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)


def test_quotes_come_in_once_as_history_and_what_cant_says_why(people, bring, actor, mailoutbox):
    run = bring()
    assert (run.created, run.rejected) == (5, 7), list(run.rejections.values())
    won, sent, lost = quote("2024/017"), quote("88"), quote("89")
    assert (won.party, won.title, won.status, won.owner) == (people[0], "Café 😀", "accepted", actor.member)
    days = [timezone.localdate(one) for one in (won.created_at, won.sent_at, won.answered_at)]
    assert days == [date(2024, 3, 1), date(2024, 3, 1), date(2024, 3, 15)]
    assert (won.one_off, won.first_year, won.valid_until) == (
        Decimal("1234.56"),
        Decimal("1234.56"),
        date(2024, 3, 31),
    )
    assert (sent.title, sent.status, sent.sent_at, sent.was_given) == ("Proposta 88", "sent", None, True)
    assert (sent.one_off, sent.monthly, sent.first_year) == (900, 100, 2100)
    assert (lost.status, lost.decline_reason, lost.answered_at, lost.valid_until) == (
        "declined", "Sem verba", None, date(2024, 2, 17)
    )  # fmt: skip
    assert quote("90").is_expired(timezone.localdate())
    assert (quote("91").status, quote("91").party) == ("draft", people[1])
    # nothing follows from it
    assert set(StoredEvent.objects.filter(name__startswith="sales.").values_list("name", flat=True)) == {
        "sales.quotes_imported"
    }
    assert not won.documents.exists()
    assert not won.links.exists()
    assert won.order is None
    assert not mailoutbox
    assert not Interaction.objects.filter(kind__startswith="quote").exists()
    again = bring()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 5)


def test_lines_make_the_total_by_number_and_sku(people, bring, coffee, actor):
    bring()
    run = bring(LINES, "quote_lines")
    assert (run.created, run.rejected) == (3, 2), list(run.rejections.values())
    won, lost = quote("2024/017"), quote("89")
    assert [(line.description, line.total) for line in won.lines.order_by("position")] == [
        ("Café em grãos", 900), ("Suporte", Decimal("50.50"))
    ]  # fmt: skip
    assert (won.one_off, won.monthly, won.first_year, won.top_discount) == (900, Decimal("50.50"), 1506, 10)
    # what was asked on the day of an answered quote nobody knows
    assert lost.lines.get().list_price is None
    assert lost.top_discount == 0
    assert bring(LINES, "quote_lines").unchanged == 3
    changed = bring(LINES.replace("10;100;10", "5;100;10"), "quote_lines")
    won.refresh_from_db()
    assert (changed.updated, won.one_off) == (1, 450)
    assert bring().unchanged == 5  # the file's own total no longer counts
    take_back(actor, changed)
    won.refresh_from_db()
    assert won.one_off == 900
    # offered anew it is compared with today's prices
    revise_quote(actor=actor, quote_id=lost.id)
    lost.refresh_from_db()
    assert (lost.lines.get().list_price, lost.top_discount, lost.margin) == (120, 25, 30)
    assert bring(LINES, "quote_lines").rejected == 3


def test_lines_of_open_quotes_take_their_customer_s_own_list(people, bring, coffee, actor):
    people_only = {"all": [{"field": "name", "op": "contains", "value": "Bia"}]}
    row = save_price_list(actor=actor, data=PriceListData(name="Da Bia", where=people_only))
    items = [ItemData(product_id=coffee.id, min_quantity=Decimal(5), price=Decimal(99))]
    set_price_items(actor=actor, price_list_id=row.id, items=items)
    bring(FILE.replace("91;;;Bia Lima", "91;52998224725;;"))
    bring(
        "Proposta;Item;SKU;Qtd;Preço unitário\n88;1;CAF;5;\n88;2;CAF;4;\n91;1;CAF;5;\n89;1;CAF;5;100\n",
        "quote_lines",
    )
    told = {
        (line.quote.number, line.quantity): (
            line.unit_price,
            line.list_price,
            (line.price_source or {}).get("list"),
        )
        for line in QuoteLine.objects.select_related("quote")
    }
    assert told == {
        ("88", 5): (99, 99, "Da Bia"),
        ("88", 4): (120, 120, None),
        ("91", 5): (120, 120, None),
        ("89", 5): (100, None, None),
    }


def test_an_import_is_taken_back_but_for_what_lives_on(people, bring, coffee, actor):
    run = bring()
    lines = bring(LINES, "quote_lines")
    take_back(actor, lines)
    won = quote("2024/017")
    assert (won.lines.count(), won.one_off) == (0, Decimal("1234.56"))
    second = bring(FILE.replace("1.234,56", "2.000,00"))
    won.refresh_from_db()
    assert (second.updated, won.first_year, won.version) == (1, 2000, 4)
    take_back(actor, second)
    won.refresh_from_db()
    assert (won.first_year, won.brought_total) == (Decimal("1234.56"), Decimal("1234.56"))
    draft = quote("91")
    line = QuoteLineData(description="Curso", unit_price=Decimal(10))
    day = timezone.localdate() + timedelta(days=9)
    update_quote(actor=actor, quote_id=draft.id, changes={"valid_until": day}, lines=[line])
    send_quote(actor=actor, quote_id=draft.id)
    take_back(actor, run)
    assert set(Quote.objects.filter(deleted_at=None).values_list("number", flat=True)) == {"91"}
    refused = bring(FILE.replace("Em texto", "Outro"))
    assert (refused.created, refused.rejected) == (4, 8)
    assert AuditEntry.objects.filter(act="quote.imported").count() == 3


def test_the_opportunity_may_say_whose_quote_it_is(people, bring, make_opportunity):
    deal = make_opportunity(people[1], title="Copa")
    Opportunity.objects.filter(id=deal.id).update(source="outro", external_id="D1")
    head = "Nº da proposta;Id do negócio;CPF;Valor;Moeda;Câmbio\n"
    run = bring(head + "1;D1;;10;;\n2;D1;52998224725;10;;\n3;D9;;10;;\n4;D1;;10;USD;\n5;D1;;10;USD;5,5\n")
    assert (run.created, run.rejected) == (2, 3), list(run.rejections.values())
    assert (quote("1").party, quote("1").opportunity) == (people[1], deal)
    deal.refresh_from_db()
    assert deal.status == "open"
    assert (quote("5").currency, quote("5").rate) == ("USD", Decimal("5.5"))


def test_a_quote_from_a_file_has_a_page_and_is_reminded_of_without_mail(
    people, bring, client_for, admin, mailoutbox
):
    soon = timezone.localdate() + timedelta(days=2)
    bring(FILE.replace("31/12/2027;900", f"{soon:%d/%m/%Y};900"))
    browser = client_for(admin)
    won = browser.get(f"/teste/quotes/{quote('2024/017').id}/").content.decode()
    assert "veio de um arquivo" in won
    assert "R$ 1.234,56" in won.replace("\xa0", " ")
    assert "nova edição" in browser.get(f"/teste/quotes/{quote('88').id}/").content.decode()
    assert remind_expiring() == 1
    assert not mailoutbox


def test_what_isnt_theirs_stays_as_it_is(people, bring, member_with):
    bring()
    own = {"customer": {"view": "all"}, "quote": dict.fromkeys(("view", "create", "edit", "delete"), "own")}
    role = Role.objects.create(name="Meus", rights={"objects": own, "areas": ["import"]})
    by = Actor.for_member(member_with(role))
    assert bring(FILE.replace("R$ 1.234,56", "1"), by=by).created == 0
    assert bring("Proposta;Item;Descrição;Preço\n88;1;Intruso;1\n", "quote_lines", by=by).rejected == 1
    assert (quote("2024/017").one_off, quote("88").lines.count()) == (Decimal("1234.56"), 0)


def test_more_rows_cost_no_more_queries(people, actor, coffee):
    def cost(count, mark):
        values = {"party_id": people[1].id, "owner_id": actor.member_id, "created_at": timezone.now()}
        numbers = [f"{mark}{number}" for number in range(count)]
        rows = [BulkRow(external_id=one, values=values) for one in numbers]
        line = {"product_id": coffee.id, "quantity": Decimal(2)}
        lines = [BulkRow(external_id="1", values=line, parent=one) for one in numbers]
        with CaptureQueriesContext(connection) as queries:
            made = upsert_quotes(actor=actor, rows=rows, source="x")
            made += upsert_quote_lines(actor=actor, rows=lines, source="x")
        assert {one.outcome for one in made} == {"created"}
        return len(queries)

    assert cost(2, "a") == cost(40, "b")
