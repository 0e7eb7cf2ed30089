"""Definitions of custom fields are kept in the process, and never older than the database's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists.filters import NumberFilter
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import all_fields, forget_fields, list_fields


def define(key: str) -> CustomField:
    return CustomField.objects.create(object="person", key=key, slot=key, label=key.title(), kind="text")


def labels() -> list[str]:
    """As the next request finds them."""
    forget_fields()
    return [field.label for field in list_fields("person")]


def test_the_next_request_looks_and_reads_nothing(workspace: Any) -> None:
    define("species")
    first = labels() and all_fields()
    forget_fields()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert all_fields() is first
    assert len(asked) == 1


def test_whatever_changes_is_seen(workspace: Any) -> None:
    field = define("species")
    assert labels() == ["Species"]
    # twice in a transaction, past every service
    for label in ("Espécie", "Animal"):
        CustomField.objects.filter(id=field.id).update(label=label)
        assert labels() == [label]
    define("breed")
    assert sorted(labels()) == ["Animal", "Breed"]
    CustomField.objects.filter(id=field.id).delete()
    assert labels() == ["Breed"]


def test_what_was_taken_back_is_forgotten(workspace: Any) -> None:
    with transaction.atomic():
        define("species")
        assert labels() == ["Species"]
        transaction.set_rollback(True)
    assert labels() == []


def test_workspaces_do_not_share(workspace: Any, other_workspace: Any, inside: Callable[[Any], Any]) -> None:
    define("species")
    assert labels() == ["Species"]
    with inside(other_workspace):
        assert labels() == []
    assert labels() == ["Species"]


def test_what_is_made_of_them_follows_the_currency(workspace: Any, admin: Any) -> None:
    CustomField.objects.create(object="person", key="worth", slot="worth", label="Valor", kind="money")
    for currency, unit in (("BRL", "R$"), ("USD", "USD"), ("BRL", "R$")):
        current_workspace().currency = currency
        admin.__dict__.pop("_custom_in_lists", None)  # as in the next request
        forget_fields()
        (money,) = more_of("person")(admin).filters
        assert isinstance(money, NumberFilter)
        assert money.unit == unit
