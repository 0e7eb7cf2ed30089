"""Merging customers across modules: nothing is lost, and undoing restores every row as it was."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from ponte.commerce.data import LineData, OrderData
from ponte.commerce.models import Order
from ponte.commerce.services.orders import create_order
from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.models import Attachment, AuditEntry, StoredEvent
from ponte.core.services.subject_keys import open_for
from ponte.directory.data import (
    AddressData,
    CompanyData,
    EmailData,
    ExternalId,
    HandleData,
    PersonData,
    PhoneData,
)
from ponte.directory.models import (
    Affiliation,
    Company,
    IdentityClaim,
    Merge,
    Party,
    PartyEmail,
    PartyFacts,
    Relation,
)
from ponte.directory.policies import get_party
from ponte.directory.selectors.identities import resolve
from ponte.directory.selectors.merges import merged_ids, survivor_of
from ponte.directory.services.affiliations import add_relation, start_affiliation
from ponte.directory.services.companies import create_company
from ponte.directory.services.contacts import add_contact
from ponte.directory.services.deletion import delete_parties, restore_parties
from ponte.directory.services.merge_closing import close_merges
from ponte.directory.services.merging import merge_customers, move_stragglers, unmerge_customers
from ponte.directory.services.people import create_person, update_person
from ponte.directory.services.stages import change_stage
from ponte.directory.services.tags import change_tags
from ponte.privacy.models import Suppression
from ponte.timeline.models import Interaction, InteractionParticipant, Task
from ponte.timeline.services.dates import add_date
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.invitees import Invitee
from ponte.timeline.services.meetings import create_meeting
from ponte.timeline.services.tasks import create_task
from ponte.workplace.models import Favourite, RecentRecord
from ponte.workplace.selectors.custom_fields import list_fields

pytestmark = [pytest.mark.usefixtures("workspace")]

LEFT_OUT = {"version", "updated_at", "search"}
WATCHED = ("directory", "timeline", "commerce")
NOT_WATCHED = {"Merge", "MergeStep", "OrderCounter", "MatchKeys", "DuplicatePair", "CommonKey", "NameShare"}


def snapshot() -> dict[str, dict[str, Any]]:
    """Return every row that can hang on a customer, without what an edit always moves."""
    models = [
        m
        for label in WATCHED
        for m in apps.get_app_config(label).get_models()
        if m.__name__ not in NOT_WATCHED
    ]
    shot = {}
    for model in [*models, Attachment, Favourite, RecentRecord]:
        names = [f.attname for f in model._meta.concrete_fields if f.name not in LEFT_OUT]
        shot[model._meta.label] = {
            str(row["pk"]): {n: row[n] for n in names} for row in model._base_manager.values("pk", *names)
        }
    shot["search"] = dict(Party.objects.order_by().values_list("id", "findable__lexemes"))
    return shot


class Town:
    """People and companies that share a lot, made from a seed."""

    def __init__(self, actor: Any, seed: int) -> None:
        self.actor, self.random = actor, random.Random(seed)
        self.companies = [self.company(n) for n in range(3)]
        self.people = [self.person(n) for n in range(4)]
        for party_id in [*self.people, *self.companies]:
            self.busy(party_id)

    def some(self, values: list[Any], most: int) -> list[Any]:
        return self.random.sample(values, self.random.randint(0, min(most, len(values))))

    def contacts(self) -> dict[str, Any]:
        emails = [EmailData(address=f"e{n}@x.com.br", opted_out=self.random.random() < 0.3) for n in range(5)]
        phones = [PhoneData(number=f"1191234567{n}") for n in range(5)]
        addresses = [
            AddressData(city=city, state="MG", street="Rua A", number=str(n))
            for n, city in enumerate(("Betim", "Ouro Preto"))
        ]
        handles = [HandleData(network="instagram", handle=name) for name in ("ana", "bia")]
        return {
            "emails": self.some(emails, 3), "phones": self.some(phones, 3), "addresses": self.some(addresses, 2),
            "handles": self.some(handles, 2), "tags": self.some(["vip", "feira", "novo"], 3),
            "description": self.random.choice(["", "gosta de café", "só à tarde"]),
        }  # fmt: skip

    def person(self, number: int) -> Any:
        data = PersonData(
            name=f"Pessoa {number}", birthday=self.random.choice([None, "1980-02-01"]), job_title=self.random.choice(["", "Dona"]),
            external_ids=[ExternalId(source="erp", id=f"p{number}")], **self.contacts(),
        )  # fmt: skip
        person = create_person(actor=self.actor, data=data)
        for company_id in self.some(self.companies, 2):
            start_affiliation(actor=self.actor, person_id=person.id, company_id=company_id, role="Sócia")
        return person.id

    def company(self, number: int) -> Any:
        return create_company(
            actor=self.actor, data=CompanyData(name=f"Empresa {number}", **self.contacts())
        ).id

    def busy(self, party_id: Any) -> None:
        moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
        others = [p for p in [*self.people, *self.companies] if p != party_id]
        for _ in range(self.random.randint(0, 3)):
            moment += timedelta(days=self.random.randint(1, 30))
            row = record_interaction(
                actor=self.actor, party_id=party_id, kind="note", body="oi", occurred_at=moment
            )
            for other in self.some(others, 2):
                InteractionParticipant.objects.create(interaction=row, party_id=other, occurred_at=moment)
        for _ in range(self.random.randint(0, 2)):
            create_task(actor=self.actor, title="Ligar", party_id=party_id)
            price = Decimal(self.random.randint(1, 99))
            create_order(
                actor=self.actor,
                data=OrderData(party_id=party_id, lines=[LineData(description="x", unit_price=price)]),
            )
        create_meeting(
            actor=self.actor,
            title="Visita",
            party_id=party_id,
            starts_at=moment,
            invitees=[Invitee(party_id=other) for other in self.some(others, 2)],
        )
        add_date(actor=self.actor, party_id=party_id, kind="renewal", day=date(2027, 3, 1), label="Contrato")
        for other in self.some(others, 2):
            add_relation(actor=self.actor, origin_id=party_id, target_id=other, kind="partner")
        if self.random.random() < 0.5:
            change_stage(
                actor=self.actor, party_id=party_id, stage=self.random.choice(["mql", "customer", "lost"])
            )
        if self.random.random() < 0.5:
            Favourite.objects.create(member=self.actor.member, object="customer", object_id=party_id)
        if party_id in self.companies and self.random.random() < 0.5:
            Company.objects.filter(pk=party_id).update(
                parent_id=self.random.choice([c for c in self.companies if c != party_id])
            )
        Attachment.objects.create(
            object_type="customer", object_id=party_id, party_id=party_id, name="a.pdf", content_type="x", size=1,
            sha256="0" * 64, storage_key=str(party_id),
        )  # fmt: skip


@pytest.mark.urls("ponte.config.workspace_urls")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["people", "companies"])
def test_merging_loses_nothing_and_undoing_restores_every_row(
    actor: Any, run_jobs: Any, kind: str, seed: int
) -> None:
    town = Town(actor, seed)
    run_jobs()
    chosen = getattr(town, kind)[: 2 + seed % 2]
    before = snapshot()
    rows = {label: len(found) for label, found in before.items()}
    merge = merge_customers(actor=actor, survivor_id=chosen[0], loser_ids=chosen[1:])
    run_jobs()
    merged = snapshot()
    assert {label: len(found) for label, found in merged.items()} == rows
    for label, column in (
        ("timeline.Interaction", "party_id"),
        ("commerce.Order", "party_id"),
        ("timeline.Task", "party_id"),
        ("timeline.Meeting", "party_id"),
        ("timeline.PartyDate", "party_id"),
        ("directory.Identity", "party_id"),
    ):
        assert not [r for r in merged[label].values() if r[column] in chosen[1:]], label
    facts = PartyFacts.objects.get(party_id=chosen[0])
    assert facts.orders_count == Order.objects.filter(party_id=chosen[0]).count()
    assert facts.open_tasks == Task.objects.filter(party_id=chosen[0]).count()
    assert PartyEmail.objects.filter(party_id=chosen[0], is_primary=True).count() <= 1
    undone = unmerge_customers(actor=actor, merge_id=merge.id)
    run_jobs()
    assert undone.remainders == []
    after = snapshot()
    for label in before:
        assert after[label] == before[label], label


def pair(actor: Any) -> tuple[Any, Any]:
    ana = create_person(
        actor=actor,
        data=PersonData(
            name="Ana Souza",
            emails=[EmailData(address="ana@x.com.br")],
            tags=["vip"],
            external_ids=[ExternalId(source="erp", id="1")],
        ),
    )
    other = create_person(
        actor=actor,
        data=PersonData(
            name="Ana P. Souza", birthday="1980-02-01", cpf="52998224725", phones=[PhoneData(number="11912345678")],
            emails=[EmailData(address="ana@x.com.br", opted_out=True), EmailData(address="ap@x.com.br")],
            external_ids=[ExternalId(source="erp", id="2")],
        ),
    )  # fmt: skip
    return ana, other


def test_the_loser_leads_to_the_survivor(actor: Any, admin: Any, client_for: Any, api_for: Any) -> None:
    ana, other = pair(actor)
    merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    assert (
        resolve("external", "erp:2")
        == resolve("phone", "11912345678")
        == resolve("cpf", "52998224725")
        == ana.id
    )
    assert get_party(admin, other.id).id == ana.id
    with pytest.raises(Missing):
        get_party(admin, other.id, "edit")
    page = client_for(admin).get(f"/teste/customers/{other.id}/")
    assert (page.status_code, page["Location"]) == (302, f"/teste/customers/{ana.id}/")
    answer = api_for(admin).get(f"/people/{other.id}")
    assert (answer.status_code, answer.json()["id"]) == (200, str(ana.id))
    assert merged_ids(ana.id) == [other.id]
    assert not IdentityClaim.objects.filter(status="open").exists()
    with pytest.raises(Missing):  # no part of the bin
        restore_parties(actor=actor, party_ids=[other.id])
    assert client_for(admin).get("/teste/bin/").content.decode().count("Ana P.") == 0


def test_values_are_filled_and_chosen(actor: Any) -> None:
    ana, other = pair(actor)
    merge_customers(
        actor=actor, survivor_id=ana.id, loser_ids=[other.id], choices={"name": other.id, "email": other.id}
    )
    party = Party.objects.select_related("person").get(id=ana.id)
    assert (party.name, party.person.cpf, str(party.person.birthday)) == (
        "Ana P. Souza",
        "52998224725",
        "1980-02-01",
    )
    assert (party.phone, party.email) == ("+5511912345678", "ana@x.com.br")
    shared = PartyEmail.objects.get(party_id=ana.id, address="ana@x.com.br")
    assert shared.opted_out  # the stricter of the two
    assert {e.address for e in party.emails.all()} == {"ana@x.com.br", "ap@x.com.br"}


def test_custom_fields_are_filled_and_given_back(actor: Any) -> None:
    ana, other = pair(actor)
    Party.objects.filter(id=ana.id).update(custom={"a": "1"})
    Party.objects.filter(id=other.id).update(custom={"a": "2", "b": ["x"]})
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    assert Party.objects.get(id=ana.id).custom == {"a": "1", "b": ["x"]}
    assert Party.objects.get(id=other.id).custom == {}
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert Party.objects.get(id=ana.id).custom == {"a": "1"}
    assert Party.objects.get(id=other.id).custom == {"a": "2", "b": ["x"]}


def test_what_changed_since_is_kept_and_told(actor: Any) -> None:
    ana, other = pair(actor)
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id], choices={"name": other.id})
    update_person(actor=actor, party_id=ana.id, changes={"birthday": "1981-03-02"})
    task = create_task(actor=actor, title="Depois", party_id=ana.id)
    PartyEmail.objects.filter(address="ap@x.com.br").delete()
    undone = unmerge_customers(actor=actor, merge_id=merge.id)
    told = {(r.model, r.field): r.count for r in undone.remainders}
    assert told == {("directory.person", "birthday"): 1, ("directory.partyemail", "party"): 1}
    ana_now = Party.objects.select_related("person").get(id=ana.id)
    assert (ana_now.name, str(ana_now.person.birthday)) == ("Ana Souza", "1981-03-02")
    task.refresh_from_db()
    assert task.party_id == ana.id
    assert resolve("external", "erp:2") == other.id
    assert survivor_of(other.id) is None
    with pytest.raises(Missing):
        unmerge_customers(actor=actor, merge_id=merge.id)


def test_another_primary_chosen_since_breaks_no_undoing(actor: Any) -> None:
    ana, other = pair(actor)
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id], choices={"email": ana.id})
    add_contact(
        actor=actor, party_id=ana.id, name="emails", item=EmailData(address="nova@x.com.br", is_primary=True)
    )
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert Party.objects.get(id=ana.id).email == "nova@x.com.br"
    assert Party.objects.get(id=other.id).email == "ana@x.com.br"


def test_refusals(actor: Any) -> None:
    ana, other = pair(actor)
    acme = create_company(actor=actor, data=CompanyData(name="Acme"))
    with pytest.raises(Invalid, match=r"least two|pelo menos dois"):
        merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[ana.id])
    with pytest.raises(Invalid):
        merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[acme.id])
    with pytest.raises(Invalid):
        merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id], choices={"sapato": ana.id})
    with pytest.raises(Invalid):
        merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id], choices={"name": acme.id})
    with pytest.raises(Conflict):
        merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id], versions={other.id: 99})
    delete_parties(actor=actor, party_ids=[other.id])
    with pytest.raises(Missing):
        merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])


def test_merges_on_merges_are_undone_latest_first(actor: Any) -> None:
    ana, other = pair(actor)
    third = create_person(actor=actor, data=PersonData(name="Terceira"))
    first = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    second = merge_customers(actor=actor, survivor_id=third.id, loser_ids=[ana.id])
    assert survivor_of(other.id) == third.id
    assert set(merged_ids(third.id)) == {ana.id, other.id}
    with pytest.raises(Invalid):
        unmerge_customers(actor=actor, merge_id=first.id)
    unmerge_customers(actor=actor, merge_id=second.id)
    unmerge_customers(actor=actor, merge_id=first.id)
    assert Party.objects.filter(deleted_at=None).count() == 3


def test_a_company_above_itself_is_avoided(actor: Any) -> None:
    top, middle, low = (
        create_company(actor=actor, data=CompanyData(name=name)).id for name in ("Alta", "Média", "Baixa")
    )
    Company.objects.filter(pk=middle).update(parent_id=top)
    Company.objects.filter(pk=low).update(parent_id=middle)
    merge_customers(actor=actor, survivor_id=low, loser_ids=[top])
    assert Company.objects.get(pk=middle).parent_id == low
    assert Company.objects.get(pk=low).parent_id is None


def test_audit_is_sealed_and_events_tell(actor: Any) -> None:
    ana, other = pair(actor)
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    entry = AuditEntry.objects.get(act="person.merged")
    assert "Souza" not in str(entry.changes)
    assert open_for(ana.id, bytes(entry.sealed))["merged"] == [None, ["Ana P. Souza"]]
    assert StoredEvent.objects.get(name="directory.customers_merged").payload["loser_ids"] == [str(other.id)]
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert StoredEvent.objects.filter(name="directory.customers_unmerged").exists()


def test_what_was_written_meanwhile_follows_and_the_rest_is_forgotten_after_30_days(actor: Any) -> None:
    ana, other = pair(actor)
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    late = Interaction.objects.create(party_id=other.id, kind="note", occurred_at=timezone.now())
    assert move_stragglers(merge_id=merge.id)
    late.refresh_from_db()
    assert late.party_id == ana.id
    assert PartyFacts.objects.get(party_id=ana.id).interactions_count == 1
    assert PartyEmail.objects.filter(
        party_id=other.id, address="ana@x.com.br"
    ).exists()  # stays behind, not swept
    Merge.objects.filter(id=merge.id).update(created_at=timezone.now() - timedelta(days=31))
    with pytest.raises(Invalid):
        unmerge_customers(actor=actor, merge_id=merge.id)
    assert close_merges() == 1
    assert close_merges() == 0
    tomb = Party.objects.get(id=other.id)
    assert (tomb.name, tomb.merged_into_id, tomb.emails.count()) == ("", ana.id, 0)
    assert survivor_of(other.id) == ana.id


def test_the_number_of_statements_does_not_grow_with_the_timeline(
    actor: Any, django_assert_max_num_queries: Any
) -> None:
    from django.test.utils import CaptureQueriesContext

    list_fields("person")  # definitions of custom fields are read once a request
    counts = []
    for rows in (1, 300):
        ana, other = pair(actor)
        Interaction.objects.bulk_create(
            Interaction(party_id=other.id, kind="note", occurred_at=timezone.now()) for _ in range(rows)
        )
        with CaptureQueriesContext(connection) as seen:
            merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
        counts.append(len(seen.captured_queries))
        with CaptureQueriesContext(connection) as seen:
            unmerge_customers(actor=actor, merge_id=merge.id)
        counts.append(len(seen.captured_queries))
        Party.objects.filter(id__in=[ana.id, other.id]).delete()
        Suppression.objects.all().delete()  # an opted-out address would come back opted out
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]


def test_relations_between_the_two_rest(actor: Any) -> None:
    ana, other = pair(actor)
    add_relation(actor=actor, origin_id=ana.id, target_id=other.id, kind="partner")
    change_tags(actor=actor, party_ids=[other.id], add=["vip", "novo"])
    merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    assert Relation.objects.get().target_id == other.id
    assert {tag.name for tag in Party.objects.get(id=ana.id).tags.all()} == {"vip", "novo"}
    assert not Affiliation.objects.exists()
