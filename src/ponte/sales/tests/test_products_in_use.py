"""A product that was offered stays: what was offered says what it was."""

from __future__ import annotations

import pytest

from ponte.commerce.models import Product
from ponte.commerce.selectors.products import used_products
from ponte.commerce.services.products import delete_product
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry
from ponte.sales.data import OpportunityLineData
from ponte.sales.services.opportunity_lines import set_lines

pytestmark = pytest.mark.usefixtures("workspace")


def test_a_product_of_an_opportunity_cannot_be_deleted_and_the_refusal_says_what_to_do(
    actor, make_opportunity, make_product
):
    offered, other = make_product(), make_product(name="Filtro de papel")
    set_lines(
        actor=actor,
        opportunity_id=make_opportunity().id,
        lines=[OpportunityLineData(product_id=offered.id)],
    )
    assert used_products([offered.id, other.id]) == {offered.id}
    with pytest.raises(Invalid) as refusal:
        delete_product(actor=actor, product_id=offered.id)
    assert refusal.value.problems[0].code == "in_use"
    assert "Desative-o" in str(refusal.value.problems[0].message)
    assert Product.objects.filter(id=offered.id).exists()
    assert not AuditEntry.objects.filter(act="product.deleted").exists()

    delete_product(actor=actor, product_id=other.id)
    assert not Product.objects.filter(id=other.id).exists()
