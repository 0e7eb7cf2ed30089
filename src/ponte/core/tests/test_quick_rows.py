"""Rows, times and queries that take a short way give what Django's own way gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, models
from django.db.models import Count, F
from django.db.models.functions import Upper

from ponte.core.arrays import AnyOf, uuid_array
from ponte.core.ids import uuid7
from ponte.core.models import Member, Notification, Role
from ponte.core.prepared import Prepared
from ponte.core.rows import Row, UtcLoader

pytestmark = pytest.mark.usefixtures("workspace")


def values_of(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in row.__dict__.items() if name != "_state"}


def test_a_row_read_is_the_row_django_would_read(admin: Member) -> None:
    query = Member.objects.select_related("role", "team").filter(id=admin.id)
    quick = query.get()
    fields = [field.attname for field in Member._meta.concrete_fields]
    slow = super(Row, Member).from_db("default", fields, [getattr(quick, name) for name in fields])
    assert values_of(quick) == values_of(slow)
    assert (quick._state.adding, quick._state.db) == (False, "default")
    assert quick == slow
    assert quick.role.pk == admin.role_id
    with pytest.raises(ValueError, match="zip"):
        Member.from_db("default", ["id", "name"], [admin.id])


def test_columns_not_read_come_when_asked_for(admin: Member) -> None:
    row = Member.objects.only("name").get(id=admin.id)
    assert row.get_deferred_fields() >= {"email", "created_at"}
    assert row.email == admin.email
    row.name = "Outro nome"
    row.save()
    assert Member.objects.get(id=admin.id).email == admin.email


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 26, 2, 0, 45, 982975, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_times_are_read_as_they_are(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::timestamptz, %s::timestamptz + interval '0.1 second' - interval '0.1 second'",
            [moment] * 2,
        )
        assert cursor.fetchone() == (moment, moment)
    assert type(UtcLoader(0).load(b"2026-11-26 02:00:45.9+00")) is datetime


def test_a_time_no_datetime_can_hold_is_refused() -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"(?i)large|infinity|range|BC"):
        cursor.execute("SELECT 'infinity'::timestamptz")
        cursor.fetchone()


def test_prepared_gives_what_its_queryset_gives(admin: Member, member_with: Any) -> None:
    teamless = member_with("salesperson")
    query = Prepared[Member](
        lambda user_id: (
            Member.objects.select_related("role", "team")
            .filter(user_id=user_id)
            .annotate(loud=Upper("name"), notes=Count("notifications"))[:1]
        ),
        UUID,
    )
    for member in (admin, teamless, admin):
        found = query.first(member.user_id)
        assert found is not None
        assert values_of(found)["loud"] == member.name.upper()
        assert found == member
        assert found.role == member.role
        assert found.team == member.team
        assert found.role.rights == member.role.rights  # JSON, decoded
    assert query.first(uuid4()) is None


def test_prepared_values_and_lists(admin: Member) -> None:
    roles = list(Role.objects.order_by("id"))
    pairs = Prepared[tuple[UUID, str]](
        lambda ids: Role.objects.filter(AnyOf("id", ids)).order_by("id").values_list("id", "name"), list
    )
    assert pairs.rows([role.id for role in roles]) == [(role.id, role.name) for role in roles]
    assert pairs.rows([]) == []
    names = Prepared[str](lambda key: Role.objects.filter(key=key).values_list("name", flat=True), str)
    assert names.rows("administrator") == [admin.role.name]
    assert names.rows("' OR 1=1 --") == []
    one, two = uuid4(), uuid4()
    assert uuid_array([one, two]) == f"{{{one},{two}}}"


def test_prepared_looks_at_its_parameters_only(admin: Member, inside: Any, other_workspace: Any) -> None:
    unread = Prepared[UUID](
        lambda member_id, since: Notification.objects.filter(
            member_id=member_id, created_at__gt=since, read_at=None
        ).values_list("id", flat=True),
        UUID,
        datetime,
    )
    made = Notification.objects.create(id=uuid7(), member=admin, kind="x", title="x")
    yesterday = made.created_at - timedelta(days=1)
    assert unread.rows(admin.id, yesterday) == [made.id]
    assert unread.rows(admin.id, made.created_at) == []
    with inside(other_workspace):
        assert unread.rows(admin.id, yesterday) == []  # the same statement, another workspace's tables


def test_prepared_refuses_what_it_cannot_keep(admin: Member) -> None:
    query = Prepared[Member](lambda user_id: Member.objects.filter(user_id=user_id), UUID)
    with pytest.raises(TypeError, match="UUID expected"):
        query.rows(str(admin.user_id))
    with pytest.raises(ValueError, match="zip"):
        query.rows()
    lost = Prepared[Member](lambda user_id: Member.objects.filter(name=F("name")), UUID)
    with pytest.raises(ValueError, match="does not reach"):
        lost.rows(admin.user_id)
