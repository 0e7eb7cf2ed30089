"""Many customers at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.actors import Actor
from ponte.core.models import AuditEntry, Role, StoredEvent
from ponte.core.services.subject_keys import open_for
from ponte.core.setbased import insert_missing
from ponte.directory.data import AddressData, CompanyData, EmailData, ExternalId, PersonData, PhoneData
from ponte.directory.models import Affiliation, IdentityClaim, Party, PartyEmail, PartyFacts, StageChange
from ponte.directory.selectors.identities import resolve
from ponte.directory.services import bulk_updates
from ponte.directory.services.bulk import bulk_upsert_companies, bulk_upsert_people
from ponte.directory.services.people import create_person, update_person

pytestmark = pytest.mark.usefixtures("workspace")


def olist(number: int, unique: str, **values: Any) -> PersonData:
    ids = [ExternalId(source="olist", id=unique), ExternalId(source="olist-order", id=str(number))]
    return PersonData(external_ids=ids, **values)


def outcomes(results: Any) -> list[str]:
    return [result.outcome for result in results]


def test_twice_changes_nothing(actor: Any) -> None:
    rows = [
        olist(
            1, "57b2a98a409812fe", addresses=[AddressData(city="Timóteo", state="MG", postal_code="35182")]
        ),
        olist(2, "2a46fb94aef5cbee", emails=[EmailData(address="x@y.com.br")], tags=["Marketplace"]),
        olist(3, "57b2a98a409812fe"),
    ]
    first = bulk_upsert_people(actor=actor, rows=rows, source="olist")
    assert outcomes(first) == ["created", "created", "updated"]
    assert first[0].party_id == first[2].party_id
    party = Party.objects.get(id=first[0].party_id)
    assert (party.label[-8:], party.city, party.state, party.source) == ("57b2a98a", "Timóteo", "MG", "olist")
    assert resolve("external", "olist-order:3") == party.id
    assert PartyFacts.objects.count() == StageChange.objects.count() == 2
    before = (
        AuditEntry.objects.count(),
        StoredEvent.objects.count(),
        list(Party.objects.order_by("id").values_list("version")),
    )
    again = bulk_upsert_people(actor=actor, rows=rows, source="olist")
    assert outcomes(again) == ["unchanged"] * 3
    assert before == (
        AuditEntry.objects.count(),
        StoredEvent.objects.count(),
        list(Party.objects.order_by("id").values_list("version")),
    )


def test_policies(actor: Any) -> None:
    create_person(actor=actor, data=PersonData(name="Ana", cpf="52998224725", occupation="Padeira"))
    row = PersonData(name="Ana Maria", cpf="52998224725", occupation="", nationality="Brasileira")
    for policy, outcome, name, nationality in (
        ("skip", "skipped", "Ana", ""),
        ("fill", "updated", "Ana", "Brasileira"),
        ("update", "updated", "Ana Maria", "Brasileira"),
    ):
        assert outcomes(bulk_upsert_people(actor=actor, rows=[row], policy=policy)) == [outcome]
        party = Party.objects.get()
        assert (party.name, party.person.occupation, party.person.nationality) == (
            name,
            "Padeira",
            nationality,
        )


def test_rows_are_refused_by_themselves_and_say_why(actor: Any, member_with: Any) -> None:
    rows = [
        PersonData(name="Certa"),
        PersonData(),
        PersonData(name="x", cpf="123", emails=[EmailData(address="nope")]),
        PersonData(name="x", owner_id=actor.member.role_id),
        PersonData(name="x", company_id=actor.member.role_id),
    ]
    results = bulk_upsert_people(actor=actor, rows=rows)
    assert outcomes(results) == ["created", "rejected", "rejected", "rejected", "rejected"]
    assert [[p.field for p in r.problems] for r in results[1:]] == [
        ["name"],
        ["cpf", "emails[0]"],
        ["owner_id"],
        ["company_id"],
    ]
    assert all(p.message for r in results for p in r.problems)


def test_a_shared_phone_alone_makes_nobody_the_same(actor: Any) -> None:
    home = [PhoneData(number="1133334444")]
    create_person(actor=actor, data=PersonData(name="Ana", phones=home))
    results = bulk_upsert_people(
        actor=actor, rows=[PersonData(name="Beto", phones=home), PersonData(name="ANA", phones=home)]
    )
    assert outcomes(results) == ["created", "unchanged"] or outcomes(results) == ["created", "updated"]
    assert results[0].disputes == 1
    assert IdentityClaim.objects.count() == 1


def test_companies_people_and_roles(actor: Any) -> None:
    [made] = bulk_upsert_companies(
        actor=actor,
        rows=[CompanyData(legal_name="Loja Ltda", cnpj="11.222.333/0001-81", annual_revenue="1000")],
    )
    row = PersonData(
        name="Ana", emails=[EmailData(address="a@x.com.br")], company_id=made.party_id, company_role="Dona"
    )
    bulk_upsert_people(actor=actor, rows=[row])
    bulk_upsert_people(actor=actor, rows=[row])
    assert Affiliation.objects.get().role == "Dona"


def test_others_records_and_locked_fields_are_refused(actor: Any, member_with: Any) -> None:
    create_person(actor=actor, data=PersonData(name="Ana", cpf="52998224725"))
    rights = {
        "objects": {"customer": {"view": "own", "create": "own", "edit": "own"}},
        "fields": {"customer": {"birthday": "read"}},
    }
    seller = Actor.for_member(member_with(Role.objects.create(name="R", rights=rights)))
    results = bulk_upsert_people(
        actor=seller,
        rows=[
            PersonData(name="Mudada", cpf="52998224725"),
            PersonData(name="Nova", birthday="1990-01-01"),
            PersonData(name="Boa"),
        ],
        default_owner_id=seller.member_id,
    )
    assert outcomes(results) == ["rejected", "rejected", "created"]
    assert results[0].party_id is None
    assert Party.objects.filter(name="Mudada").count() == 0


def test_what_changes_while_the_chunk_waits_stays(actor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person = create_person(actor=actor, data=PersonData(name="Ana", cpf="52998224725"))
    real = bulk_updates.lock_parties

    def lock(party_ids: Any, **options: Any) -> Any:
        update_person(actor=actor, party_id=person.pk, changes={"job_title": "Diretora"})
        return real(party_ids, **options)

    monkeypatch.setattr(bulk_updates, "lock_parties", lock)
    row = PersonData(name="Ana", cpf="52998224725", occupation="Padeira")
    assert outcomes(bulk_upsert_people(actor=actor, rows=[row])) == ["updated"]
    person.refresh_from_db()
    assert (person.job_title, person.occupation) == ("Diretora", "Padeira")


def test_updates_leave_a_sealed_trace_and_tell_owners_and_stages(actor: Any, member_with: Any) -> None:
    other = member_with("salesperson")
    cpfs = ("52998224725", "11144477735")
    rows = [PersonData(name=f"Ana {cpf[0]}", cpf=cpf, occupation="Padeira") for cpf in cpfs]
    ids = [result.party_id for result in bulk_upsert_people(actor=actor, rows=rows, source="erp")]
    assert not AuditEntry.objects.filter(object_id__in=ids).exists()
    changed = [
        replace(
            row,
            occupation="Médica",
            owner_id=other.id,
            stage="sql",
            tags=["VIP"],
            emails=[EmailData(address=f"{row.cpf}@x.com.br")],
        )
        for row in rows
    ]
    assert outcomes(bulk_upsert_people(actor=actor, rows=changed)) == ["updated", "updated"]
    for party_id, row in zip(ids, changed, strict=True):
        entry = AuditEntry.objects.get(object_id=party_id)
        assert (entry.act, entry.object_type, entry.subject_id) == ("person.updated", "customer", party_id)
        assert entry.changes == {
            "owner": [None, str(other.id)],
            "stage": ["lead", "sql"],
            "tags": [None, ["VIP"]],
        }
        assert party_id
        assert entry.sealed
        opened = open_for(party_id, entry.sealed)
        assert opened == {"occupation": ["Padeira", "Médica"], "emails": [[], [row.emails[0].address]]}
    [moved] = StoredEvent.objects.filter(name="directory.stages_changed")
    assert moved.payload["to_stage"] == "sql"
    assert moved.payload["from_stages"] == ["lead", "lead"]
    assert set(moved.payload["party_ids"]) == {str(party_id) for party_id in ids}
    [given] = StoredEvent.objects.filter(name="directory.owner_changed")
    assert given.payload["owner_id"] == str(other.id)
    again = bulk_upsert_people(actor=actor, rows=changed)
    assert outcomes(again) == ["unchanged", "unchanged"]
    assert AuditEntry.objects.filter(object_id__in=ids).count() == 2


def test_statements_do_not_grow(actor: Any) -> None:
    def count(first: int, number: int, **values: Any) -> int:
        rows = [
            olist(
                i,
                f"u{i:08}",
                name=f"P {i}",
                emails=[EmailData(address=f"p{i}@x.com.br")],
                phones=[PhoneData(number=f"119{i:08}")],
                addresses=[AddressData(city="A")],
                tags=["x"],
                **values,
            )
            for i in range(first, first + number)
        ]
        with CaptureQueriesContext(connection) as seen:
            results = bulk_upsert_people(actor=actor, rows=rows, source="olist")
        assert all(r.outcome != "rejected" for r in results), results
        return len(seen)

    count(10_000_000, 1)
    fresh = [count(20_000_000, 3), count(30_000_000, 300)]
    assert (
        fresh[0] + 2 == fresh[1]
    )  # from 200 marks of identity on they are copied, between the two ends of a savepoint
    known = [count(20_000_000, 3), count(30_000_000, 300)]
    assert known[0] == known[1]
    changed = [count(20_000_000, 3, occupation="x"), count(30_000_000, 300, occupation="x")]
    assert changed[0] == changed[1]


def test_missing_rows_are_inserted_and_those_there_stay(actor: Any) -> None:
    """What ``bulk_create(ignore_conflicts=True)`` does, in one statement: nasty texts, empty values and all."""
    nasty = 'tab\t "aspas" \\ {a,b} NULL 🌷'
    ana = create_person(actor=actor, data=PersonData(name="Ana", emails=[EmailData(address="a@x.com.br")])).party  # fmt: skip
    known = PartyEmail.objects.get()
    fresh = [
        PartyEmail(party=ana, address="a@x.com.br", kind="work"),
        PartyEmail(party=ana, address=nasty, kind="work"),
        PartyEmail(party=ana, address="c@x.com.br"),
    ]
    insert_missing(PartyEmail, fresh)
    insert_missing(PartyEmail, [])
    rows = {row.address: row for row in PartyEmail.objects.filter(party=ana)}
    assert rows.keys() == {"a@x.com.br", nasty, "c@x.com.br"}
    assert (rows["a@x.com.br"].id, rows["a@x.com.br"].kind) == (known.id, known.kind)
    assert (rows[nasty].id, rows[nasty].kind, rows["c@x.com.br"].opted_out_at) == (fresh[1].id, "work", None)


def test_an_update_writes_what_changed_and_leaves_the_rest(actor: Any) -> None:
    """Of two customers of a chunk each keeps what only the other's row tells."""
    rows = [
        olist(
            1,
            "57b2a98a409812fe",
            name="Ana",
            occupation="médica",
            social_name="Aninha",
            description="Mora longe",
        ),
        olist(2, "2a46fb94aef5cbee", name="Bia", occupation="dentista"),
    ]
    ids = [result.party_id for result in bulk_upsert_people(actor=actor, rows=rows, source="olist")]
    later = [olist(1, "57b2a98a409812fe", name="Ana", occupation="cirurgiã"), olist(2, "2a46fb94aef5cbee", name="Bia", alert="Alérgica a flores")]  # fmt: skip
    results = bulk_upsert_people(actor=actor, rows=later, source="olist")
    assert (outcomes(results), [result.party_id for result in results]) == (["updated", "updated"], ids)
    first, second = (Party.objects.select_related("person").get(id=one) for one in ids)
    assert (first.name, first.person.occupation, first.person.social_name, first.description) == ("Ana", "cirurgiã", "Aninha", "Mora longe")  # fmt: skip
    assert (second.name, second.person.occupation, second.alert) == ("Bia", "dentista", "Alérgica a flores")
    assert first.version == second.version == 2
