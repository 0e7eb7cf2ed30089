"""Contacts of one customer that several people change at the same time."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.directory.data import EmailData, PersonData
from ponte.directory.models import PartyEmail
from ponte.directory.services import contacts as service
from ponte.directory.services.people import create_person

pytestmark = pytest.mark.usefixtures("workspace")
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "dialog-content"}


@pytest.fixture
def ana(actor: Any) -> Any:
    emails = [EmailData(address="a@x.com.br"), EmailData(address="z@x.com.br")]
    return create_person(actor=actor, data=PersonData(name="Ana", emails=emails)).party


@pytest.fixture
def another_adds(actor: Any, ana: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another person's new e-mail be saved while the request waits for the customer's row."""
    real = service.lock_party

    def lock(party_id: Any, **options: Any) -> Any:
        monkeypatch.setattr(service, "lock_party", real)
        row = PartyEmail.objects.get(address="a@x.com.br")
        service.set_emails(
            actor=actor,
            party_id=ana.id,
            emails=[
                EmailData(address=row.address, is_primary=True),
                EmailData(address="z@x.com.br"),
                EmailData(address="b@x.com.br"),
            ],
        )
        return real(party_id, **options)

    monkeypatch.setattr(service, "lock_party", lock)


def emails(ana: Any) -> set[str]:
    return set(PartyEmail.objects.filter(party=ana).values_list("address", flat=True))


@pytest.mark.usefixtures("another_adds")
def test_adding_keeps_what_another_added(client_for: Any, admin: Any, ana: Any) -> None:
    given = {"address": "c@x.com.br", "kind": "work", "validity": "unknown", "is_primary": "on"}
    answer = client_for(admin).post(f"/teste/customers/{ana.id}/contacts/emails/new/", given, **HTMX)
    assert answer.status_code in (200, 204)
    assert emails(ana) == {"a@x.com.br", "z@x.com.br", "b@x.com.br", "c@x.com.br"}
    assert PartyEmail.objects.get(party=ana, is_primary=True).address == "c@x.com.br"


@pytest.mark.usefixtures("another_adds")
def test_changing_keeps_what_another_added(client_for: Any, admin: Any, ana: Any) -> None:
    row = PartyEmail.objects.get(party=ana, address="z@x.com.br")
    given = {"address": "y@x.com.br", "kind": "work", "validity": "unknown"}
    client_for(admin).post(f"/teste/customers/{ana.id}/contacts/emails/{row.id}/", given, **HTMX)
    assert emails(ana) == {"a@x.com.br", "b@x.com.br", "y@x.com.br"}


@pytest.mark.usefixtures("another_adds")
def test_removing_keeps_what_another_added(client_for: Any, admin: Any, ana: Any) -> None:
    row = PartyEmail.objects.get(party=ana, address="z@x.com.br")
    url = f"/teste/customers/{ana.id}/contacts/emails/{row.id}/delete/"
    client_for(admin).post(url, **HTMX)
    assert emails(ana) == {"a@x.com.br", "b@x.com.br"}
    assert client_for(admin).post(url, **HTMX).status_code == 404
