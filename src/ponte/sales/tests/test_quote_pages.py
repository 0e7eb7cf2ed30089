"""Screens and API of quotes: what they show, refuse and cost."""

from __future__ import annotations

import json
import struct
import zlib
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ponte.core.errors import Denied, Invalid
from ponte.core.models import Notification, Role
from ponte.sales.document_links import link_path
from ponte.sales.documents.brand import load_brand, load_logo
from ponte.sales.documents.layouts import merged, unknown_fields
from ponte.sales.models import Quote, QuoteLayout
from ponte.sales.quote_data import AcceptanceData, QuoteLineData
from ponte.sales.services.document_bin import purge_quotes
from ponte.sales.services.document_comments import comment_quote
from ponte.sales.services.document_settings import delete_layout, save_brand, save_layout
from ponte.sales.services.quote_answers import accept_quote
from ponte.sales.services.quote_links import current_link
from ponte.sales.services.quote_reminders import remind_expiring
from ponte.sales.services.quote_sending import send_quote
from ponte.timeline.models import Interaction

pytestmark = pytest.mark.usefixtures("workspace")


def picture(width=2, height=2):
    """Return a PNG of one colour."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x10\x60\x50" * width for _row in range(height))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


def body(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content) if response.content else None


def cost(browser, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_the_list_finds_by_number_customer_and_state(browser, make_quote, make_party, actor):
    empty = browser.get("/teste/quotes/").content.decode()
    assert "Nenhuma proposta ainda" in empty
    quote = make_quote(make_party("Beatriz Lima"))
    make_quote(make_party("Carlos Dias"))
    send_quote(actor=actor, quote_id=quote.id)
    assert "Beatriz Lima" in browser.get("/teste/quotes/?q=beatriz").content.decode()
    sent = browser.get("/teste/quotes/?status=sent").content.decode()
    assert "Beatriz Lima" in sent
    assert "Carlos Dias" not in sent


def test_what_is_paid_once_has_a_total_and_no_first_year(browser, make_quote, actor):
    quote = make_quote()
    rent = make_quote(lines=[QuoteLineData(description="Aluguel", unit_price=Decimal(90), billing="monthly")])
    for one, word, other in ((quote, "Total", "Primeiro ano"), (rent, "Primeiro ano", None)):
        send_quote(actor=actor, quote_id=one.id)
        link = link_path(current_link(one))
        for page in (browser.get(f"/teste/quotes/{one.id}/"), Client().get(link)):
            sums = page.content.decode().partition("order-totals")[2].partition("</dl>")[0]
            assert word in sums
            assert other is None or (other not in sums and "Avulsa" not in sums)


def test_the_list_names_the_customer_beside_the_quote(browser, make_quote, make_party):
    make_quote(make_party("Beatriz Lima"), title="Café")
    assert browser.get("/teste/quotes/").content.decode().count(">Cliente<") >= 1


def test_pages_cost_the_same_however_much_there_is(browser, make_quote, make_party, actor):
    party = make_party()
    quote = make_quote(party)
    send_quote(actor=actor, quote_id=quote.id)
    paths = [f"/teste/quotes/{quote.id}/", "/teste/quotes/", f"/teste/customers/{party.id}/quotes/"]
    for path in paths:
        browser.get(path)
    before = [cost(browser, path) for path in paths]
    for _number in range(5):
        other = make_quote(party, lines=[QuoteLineData(description="x", unit_price=Decimal(1))] * 8)
        send_quote(actor=actor, quote_id=other.id)
        comment_quote(actor=actor, quote_id=quote.id, body="Olá")
    assert [cost(browser, path) for path in paths] == before
    assert max(before) <= 22


def test_the_editor_saves_and_puts_problems_beside_their_lines(browser, make_party, make_product):
    product = make_product()
    party = make_party()
    form = {
        "party": str(party.id), "title": "Reforma", "deposit_kind": "percent", "deposit": "30", "currency": "", "rate": "",
        "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0",
        "lines-0-product": str(product.id), "lines-0-quantity": "2", "lines-0-unit_price": "30,00", "lines-0-discount": "10",
        "lines-0-discount_kind": "percent", "lines-0-billing": "monthly", "lines-0-is_chosen": "on",
        "lines-1-description": "Brinde", "lines-1-unit_price": "5,00", "lines-1-discount": "200",
        "lines-1-discount_kind": "percent",
    }  # fmt: skip
    refused = browser.post("/teste/quotes/new/", form)
    assert refused.status_code == 422
    assert "no máximo 100%" in refused.content.decode()
    saved = browser.post("/teste/quotes/new/", form | {"lines-1-discount": "0"})
    assert saved.status_code == 302
    quote = Quote.objects.get()
    assert (quote.monthly, quote.one_off, quote.deposit) == (54, 5, 30)
    page = browser.get(f"/teste/quotes/{quote.id}/edit/").content.decode()
    assert "Brinde" in page
    assert browser.get(f"/teste/quotes/{quote.id}/pdf/").content.startswith(b"%PDF")


def test_margin_is_hidden_where_the_role_says_so(make_quote, make_product, member_with, client_for, api_for):
    rights = {name: dict.fromkeys(("view", "create", "edit"), "all") for name in ("customer", "quote")}
    role = Role.objects.create(
        name="x", rights={"objects": rights, "fields": {"quote": {"margin": "hidden"}}}
    )
    member = member_with(role)
    quote = make_quote(lines=[QuoteLineData(product_id=make_product().id)])
    page = client_for(member).get(f"/teste/quotes/{quote.id}/").content.decode()
    assert "Margem" not in page
    shown = body(api_for(member).get(f"/quotes/{quote.id}"))
    assert "margin" not in shown
    assert "unit_cost" not in shown["lines"][0]


def test_over_the_api_from_draft_to_link(api, make_party, make_product):
    party, product = make_party(), make_product()
    made = body(
        api.post(
            "/quotes",
            {
                "customer_id": str(party.id),
                "lines": [{"product_id": str(product.id), "quantity": 3, "discount": "5"}],
            },
        ),
        201,
    )
    assert (made["one_off"], made["status"], made["lines"][0]["discount_kind"]) == (
        "85.50",
        "draft",
        "percent",
    )
    path = f"/quotes/{made['id']}"
    line = {"id": made["lines"][0]["id"], "product_id": str(product.id), "quantity": 1}
    changed = body(api.patch(path, {"lines": [line], "title": "Novo"}, if_match='"1"'))
    assert (changed["one_off"], changed["title"], changed["version"]) == ("30.00", "Novo", 2)
    body(api.patch(path, {"title": "x"}, if_match='"1"'), 409)
    sent = body(api.post(f"{path}/send", {}))
    assert "/public/quotes/" in sent["link"]
    assert not sent["mailed"]
    body(api.patch(path, {"title": "x"}), 422)
    body(api.delete(path), 422)
    assert body(api.get("/quotes?status=sent"))["items"][0]["id"] == made["id"]
    file = api.get(f"{path}/editions/1/pdf")
    assert file.content.startswith(b"%PDF")
    body(api.post(f"{path}/comments", {"body": "Olá"}), 201)
    assert body(api.get(f"{path}/comments"))[0]["body"] == "Olá"
    assert body(api.post(f"{path}/revise", {}))["edition"] == 2
    assert body(api.post(f"{path}/copy", {}), 201)["status"] == "draft"
    body(api.post(f"{path}/withdraw", {}))
    problem = body(api.post("/quotes", {"customer_id": str(uuid4())}), 422)
    assert problem["errors"][0]["field"] == "customer_id"


def test_api_scopes_and_foreign_ids(api_for, admin, make_quote):
    quote = make_quote()
    reader = api_for(admin, scopes=["quotes:read"])
    body(reader.get(f"/quotes/{quote.id}"))
    body(reader.post(f"/quotes/{quote.id}/send", {}), 403)
    body(api_for(admin, scopes=["orders:read"]).get("/quotes"), 403)
    body(reader.get(f"/quotes/{uuid4()}"), 404)
    body(reader.get(f"/quotes/{quote.id}/editions/7/pdf"), 404)


def test_the_timeline_and_the_salesperson_hear_of_it(make_quote, member_with, run_jobs, actor):
    from ponte.core.actors import Actor

    seller = member_with("salesperson")
    quote = make_quote(owner_id=seller.id)
    send_quote(actor=actor, quote_id=quote.id)
    customer = Actor(member=None, kind="system", label="Customer")
    comment_quote(actor=customer, quote_id=quote.id, body="Quando?", author="Ana", by_customer=True)
    data = AcceptanceData(name="Ana Souza", cpf="52998224725", agreed=True)
    accept_quote(actor=customer, quote_id=quote.id, data=data)
    run_jobs()
    kinds = set(Interaction.objects.filter(party=quote.party).values_list("kind", flat=True))
    assert {"quote_sent", "quote_commented", "quote_accepted", "order_placed"} <= kinds
    titles = list(Notification.objects.filter(member=seller).values_list("title", flat=True))
    assert any("aceitou a proposta" in title for title in titles)


def test_reminders_go_out_once_an_edition(make_quote, actor, member_with):
    from datetime import timedelta

    from django.utils import timezone

    seller = member_with("salesperson")
    soon = make_quote(owner_id=seller.id, valid_until=timezone.localdate() + timedelta(days=2))
    later = make_quote(valid_until=timezone.localdate() + timedelta(days=9))
    for quote in (soon, later):
        send_quote(actor=actor, quote_id=quote.id)
    assert remind_expiring() == 1
    assert remind_expiring() == 0
    assert Notification.objects.get(member=seller).kind == "quote.expiring"


def test_only_what_was_never_sent_leaves_the_bin(browser, make_quote):
    from django.utils import timezone

    quote = make_quote()
    browser.post(f"/teste/quotes/{quote.id}/delete/")
    assert browser.get(f"/teste/quotes/{quote.id}/").status_code == 404
    assert purge_quotes(before=timezone.now()) == 1
    assert not Quote.objects.exists()


def test_layouts_take_known_blocks_and_fields_only(actor, member_with):
    from ponte.core.actors import Actor

    values = {
        "name": "Padrão",
        "blocks": ["items", "totals"],
        "intro": "Olá {{customer.name}}",
        "is_default": True,
    }
    layout = save_layout(actor=actor, values=values)
    other = save_layout(actor=actor, values={**values, "name": "Outro"})
    layout.refresh_from_db()
    assert not layout.is_default
    assert other.is_default
    for wrong, field in (
        ({"blocks": ["intro"]}, "blocks"),
        ({"blocks": ["items", "#eval"]}, "blocks"),
        ({"intro": "{{secret.key}}"}, "intro"),
        ({"colour": "red"}, "colour"),
        ({"language": "xx"}, "language"),
    ):
        with pytest.raises(Invalid) as refusal:
            save_layout(actor=actor, values={**values, **wrong})
        assert [one.field for one in refusal.value.problems] == [field]
    with pytest.raises(Denied):
        save_layout(actor=Actor.for_member(member_with("salesperson")), values=values)
    delete_layout(actor=actor, layout_id=layout.id)
    assert QuoteLayout.objects.count() == 1
    assert unknown_fields("{{ a.b }} {{customer.name}} {{a.b}}") == ["a.b"]
    assert merged("Olá {{ customer.name }}{{x.y}}", {"customer.name": "{{today}}"}) == "Olá {{today}}{{x.y}}"


def test_brand_checks_pix_cnpj_and_logo(actor, make_quote):
    good = {
        "name": "Loja",
        "cnpj": "11.222.333/0001-81",
        "pix_key": "(11) 91234-5678",
        "pix_name": "Loja",
        "pix_city": "SP",
    }
    save_brand(actor=actor, values=good, logo=picture())
    assert (load_brand().pix_key, load_brand().cnpj) == ("+5511912345678", "11222333000181")
    assert load_logo()[0] == "image/png"
    send_quote(actor=actor, quote_id=make_quote().id)
    for wrong, field in (
        ({"cnpj": "1"}, "cnpj"),
        ({"pix_key": "x"}, "pix_key"),
        ({"pix_city": "😀"}, "pix_city"),
    ):
        with pytest.raises(Invalid) as refusal:
            save_brand(actor=actor, values={**good, **wrong})
        assert [one.field for one in refusal.value.problems] == [field]
    for broken in (b"<svg/>", b"\x89PNG\r\n\x1a\nbroken", picture() + b"x" * 400_000):
        with pytest.raises(Invalid) as refusal:
            save_brand(actor=actor, values=good, logo=broken)
        assert [one.field for one in refusal.value.problems] == ["logo"]
    save_brand(actor=actor, values=good, drop_logo=True)
    assert load_logo() is None


def test_settings_pages(browser, actor):
    layout = save_layout(actor=actor, values={"name": "Padrão", "blocks": ["items"]})
    assert "Padrão" in browser.get("/teste/settings/documents/").content.decode()
    assert browser.get("/teste/settings/documents/brand/").status_code == 200
    assert browser.get(f"/teste/settings/documents/layouts/{layout.id}/preview/").content.startswith(b"%PDF")
    form = {"name": "Novo", "language": "pt-br", "colour": "#112233", "blocks": ["items"]}
    assert browser.post("/teste/settings/documents/layouts/new/", form).status_code == 302
    assert QuoteLayout.objects.filter(name="Novo").exists()
