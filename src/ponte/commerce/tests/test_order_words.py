"""Orders are found by the words of their custom fields, by whoever may read them."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.commerce.models import Order, OrderWords
from ponte.commerce.registrations import search_orders
from ponte.commerce.services.orders import update_order
from ponte.core.models import Member, Role
from ponte.directory.data import ExternalId
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.custom_fields.searching import reindex_slot
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.search import SearchTerms
from ponte.workplace.services.custom_fields import create_field, field_data, update_field
from ponte.workplace.services.import_undo import undo_import

pytestmark = pytest.mark.urls("ponte.config.workspace_urls")


def found(member: Member, text: str) -> list[str]:
    terms = SearchTerms.of(text)
    assert terms is not None
    return [hit.title.rpartition(" ")[2] for hit in search_orders(member, terms, 5)]


def test_words_of_orders(actor: Any, admin: Any, member_with: Any, make_order: Any) -> None:
    field = create_field(
        actor=actor, object_name="order", data=FieldData(label="Obra", kind="text", is_searched=True)
    )
    order = make_order(number="A1", custom={"obra": "Edifício Girassol"})
    plain = make_order(number="A2")
    assert found(admin, "girass") == ["A1"]
    assert found(admin, "A") == ["A1", "A2"]  # by number first, and none twice
    update_order(actor=actor, order_id=plain.id, changes={"custom": {"obra": "Torre Sul"}})
    update_order(actor=actor, order_id=order.id, changes={"custom": {"obra": ""}})
    assert (found(admin, "torre"), found(admin, "girassol")) == (["A2"], [])
    assert OrderWords.objects.count() == 1
    blind = member_with("manager")
    assert found(blind, "torre") == ["A2"]
    rights = {**blind.role.rights, "fields": {"order": {"custom.obra": "hidden"}}}
    Role.objects.filter(id=blind.role_id).update(rights=rights)
    assert found(Member.objects.select_related("role", "team").get(id=blind.id), "torre") == []
    field.refresh_from_db()
    update_field(actor=actor, field_id=field.id, data=field_data(field, is_searched=False))
    reindex_slot("order", field.slot)
    assert found(admin, "torre") == []


def test_words_of_imported_orders_come_and_go(
    actor: Any, admin: Any, make_party: Any, make_order: Any, tmp_path: Any
) -> None:
    create_field(
        actor=actor, object_name="order", data=FieldData(label="Obra", kind="text", is_searched=True)
    )
    party = make_party(external_ids=(ExternalId(source="erp", id="7"),))
    order = make_order(party, number="B1", external_id="1", source="erp", custom={"obra": "Ipê"})
    path = tmp_path / "pedidos.csv"
    path.write_text(
        "id do pedido;código do cliente;data do pedido;obra\n1;7;2026-03-10 10:00;Jatobá\n", encoding="utf-8"
    )
    run = run_import_file(actor=actor, target="orders", path=path, source="erp")
    assert run.updated == 1, list(run.rejections.values())
    assert (found(admin, "jatobá"), found(admin, "ipê")) == (["B1"], [])
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    assert (found(admin, "jatobá"), found(admin, "ipê")) == ([], ["B1"])
    assert Order.objects.get(id=order.id).custom
