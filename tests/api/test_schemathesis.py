"""Every operation of the API against inputs nobody would think of: no 500, answers as documented."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ponte.config.api import api

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
DEEP = bool(os.environ.get("SCHEMATHESIS_DEEP"))  # hundreds of systematic border cases per operation: minutes
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_UUID = re.compile(r"[0-9a-fA-F-]{36}")

schema = schemathesis.openapi.from_dict(
    dict(api.get_openapi_schema(path_prefix="/api/v1/")),
    config=schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": DEEP}}}),
)
schema.app = get_wsgi_application()


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Iterator[None]:
    """A WSGI request closes its connection at its end; here that would end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def records(admin: Any, actor: Any) -> dict[str, UUID]:
    """Make one record of each kind, so that generated calls reach further than "no such record"."""
    from ponte.commerce.data import LineData, OrderData, PaymentData, ProductData
    from ponte.commerce.models import Payment
    from ponte.commerce.services.categories import create_category
    from ponte.commerce.services.orders import create_order
    from ponte.commerce.services.products import create_product
    from ponte.directory.data import CompanyData, PersonData
    from ponte.directory.services.companies import create_company
    from ponte.directory.services.people import create_person
    from ponte.timeline.services.interactions import record_interaction
    from ponte.timeline.services.tasks import create_task

    person = create_person(actor=actor, data=PersonData(name="Ana Souza"))
    company = create_company(actor=actor, data=CompanyData(name="Padaria Sol"))
    product = create_product(actor=actor, data=ProductData(name="Café", price=Decimal(30)))
    order = create_order(
        actor=actor,
        data=OrderData(
            party_id=person.pk,
            lines=[LineData(product_id=product.id, quantity=Decimal(5))],
            payments=[PaymentData(kind="pix", value=Decimal(10))],
        ),
    )
    happened = datetime(2026, 1, 5, tzinfo=UTC)
    interaction = record_interaction(
        actor=actor, party_id=person.pk, kind="note", body="Oi", occurred_at=happened
    )
    return {
        "person_id": person.pk,
        "company_id": company.pk,
        "party_id": person.pk,
        "customer_id": person.pk,
        "product_id": product.id,
        "category_id": create_category(actor=actor, name="Casa").id,
        "order_id": order.id,
        "payment_id": Payment.objects.get().id,
        "interaction_id": interaction.id,
        "task_id": create_task(actor=actor, title="Ligar", party_id=person.pk).id,
    }


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_input_breaks_an_operation(
    case: schemathesis.Case,
    records: dict[str, UUID],
    admin: Any,
    api_for: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Call the operation with generated input as an administrator and check the answer against the schema."""
    from django.conf import settings as django_settings

    monkeypatch.setattr(django_settings, "PONTE_API_RATE", 10**9)
    for name, value in case.path_parameters.items():
        if name in records and _UUID.fullmatch(str(value)):
            case.path_parameters[name] = str(records[name])
    token = api_for(admin).secret
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"}, base_url="http://localhost", checks=CHECKS
    )
