"""Finding possible duplicates: the scorer, the whole base, new records, what people decide, warnings at entry."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ponte.core.actors import Actor
from ponte.core.models import BackgroundRun, Role
from ponte.directory.data import AddressData, CompanyData, EmailData, PersonData, PhoneData
from ponte.directory.matching.names import person_name, sound
from ponte.directory.matching.scoring import CERTAIN, PROBABLE, Scorer
from ponte.directory.models import DuplicatePair, Merge, Party
from ponte.directory.selectors.duplicates import clusters_of, list_pairs
from ponte.directory.selectors.match_profiles import make_profile
from ponte.directory.services.companies import create_company
from ponte.directory.services.duplicate_decisions import decide_pairs, start_merging_certain, start_undoing
from ponte.directory.services.duplicate_search import start_search
from ponte.directory.services.entry_check import check_entry
from ponte.directory.services.merging import merge_customers
from ponte.directory.services.people import create_person, update_person

pytestmark = pytest.mark.usefixtures("workspace")


def person(
    name: str,
    *,
    born: str = "",
    phone: str = "",
    email: str = "",
    cpf: str = "",
    city: str = "",
    place: str = "",
) -> Any:
    return make_profile(
        None, "person", (name, ""), date.fromisoformat(born) if born else None, cpf, "", city,
        [email] if email else [], [phone] if phone else [], [place] if place else [],
    )  # fmt: skip


def company(
    name: str, *, cnpj: str = "", phone: str = "", email: str = "", city: str = "", legal: str = ""
) -> Any:
    return make_profile(
        None,
        "company",
        (name, legal),
        None,
        cnpj,
        "",
        city,
        [email] if email else [],
        [phone] if phone else [],
        [],
    )


PHONE = "+5511981234567"
SAME = [
    (person("João Pedro da Silva", phone="+551181234567"), person("JOAO P. SILVA", phone=PHONE)),
    (person("José Quirino Falcão", born="1980-03-02"), person("Zé Quirino Falcao", born="1980-03-02")),
    (
        person("Beatriz Kowalski", email="bia.kowalski@gmail.com"),
        person("Kowalski Beatriz", email="bia.kowalski@gmail.com"),
    ),
    (person("Ana Souza", cpf="52998224725"), person("Ana Sousa Lima", cpf="52998224725")),
    (
        person("Luiz Vagner Brandt", born="1970-05-04", city="Betim"),
        person("Luis Wagner Brandt", born="1970-04-05", city="Betim"),
    ),
    (company("Padaria Pão Quente Ltda", phone=PHONE), company("Pao Quente Padaria", phone=PHONE)),
    (
        company("Acme", legal="Metalúrgica Falcão S/A", cnpj="11222333000181"),
        company("Metalurgica Falcao", cnpj="11222333000181"),
    ),
]
OTHERS = [
    (
        person("Carlos Lima", phone=PHONE, place="01001000:10"),
        person("Marta Lima", phone=PHONE, place="01001000:10"),
    ),
    (
        person("Pedro Lima Filho", phone=PHONE, born="1990-01-01"),
        person("Pedro Lima", phone=PHONE, born="1962-07-09"),
    ),
    (person("Maria Silva", city="São Paulo"), person("Maria Silva", city="São Paulo")),
    (
        person("Lia Rocha", phone=PHONE, born="2001-01-01"),
        person("Bia Rocha", phone=PHONE, born="2001-01-01"),
    ),
    (
        person("Ana Souza", cpf="52998224725", city="Betim"),
        person("Ana Souza", cpf="11144477735", city="Betim"),
    ),
    (
        company("Rede Sol", cnpj="11222333000181", phone=PHONE),
        company("Rede Sol", cnpj="11222333000262", phone=PHONE),
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_customer_in_two_spellings(one: Any, other: Any) -> None:
    assert one.keys & other.keys
    verdict = Scorer(100_000).score(one, other)
    assert verdict.score >= PROBABLE, verdict


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_families_homonyms_and_branches_are_different(one: Any, other: Any) -> None:
    verdict = Scorer(100_000).score(one, other)
    assert verdict.score < PROBABLE, verdict
    assert Scorer(100_000).score(other, one).score == pytest.approx(verdict.score)


def test_spellings_sound_alike() -> None:
    for a, b in (
        ("thiago", "tiago"),
        ("wagner", "vagner"),
        ("souza", "sousa"),
        ("luiz", "luis"),
        ("felippe", "felipe"),
        ("cecilia", "sesilia"),
    ):
        assert sound(a) == sound(b), (a, b)
    assert person_name("Dr. José de Souza Filho").generation == "filho"
    assert person_name("💙").words == ()


def add(actor: Any, name: str, **fields: Any) -> Any:
    phone = fields.pop("phone", "")
    return create_person(
        actor=actor, data=PersonData(name=name, phones=[PhoneData(number=phone)] if phone else [], **fields)
    ).party


def pairs() -> set[frozenset[str]]:
    return {
        frozenset((p.first.name, p.second.name))
        for p in DuplicatePair.objects.select_related("first", "second")
    }


def test_new_and_changed_customers_are_compared_by_themselves(actor: Any, run_jobs: Any) -> None:
    add(actor, "João Pedro Silva", phone="1181234567")
    other = add(actor, "Joao P. Silva", phone="11981234567")
    add(actor, "Marta Silva", phone="11981234567")
    run_jobs()
    assert pairs() == {frozenset(("João Pedro Silva", "Joao P. Silva"))}
    update_person(actor=actor, party_id=other.id, changes={"name": "Clara Nunes"})
    run_jobs()
    assert pairs() == set()


def test_everybody_is_searched_and_what_was_decided_stays(actor: Any, admin: Any, run_jobs: Any) -> None:
    one = add(actor, "Beatriz Kowalski", birthday="1980-02-01")
    two = add(actor, "Bia Kowalski", birthday="1980-02-01")
    create_company(
        actor=actor, data=CompanyData(name="Sol", addresses=[AddressData(city="Betim", state="MG")])
    )
    run = start_search(actor=actor)
    assert start_search(actor=actor).id == run.id
    run_jobs()
    assert BackgroundRun.objects.get(id=run.id).state == "done"
    [pair] = list_pairs(admin)
    assert {pair.first_id, pair.second_id} == {one.id, two.id}
    decide_pairs(actor=actor, pair_ids=[pair.id], state="different")
    start_search(actor=actor)
    run_jobs()
    assert list(list_pairs(admin)) == []
    assert list_pairs(admin, "different").count() == 1
    third = add(actor, "Beatriz Kowalsky", birthday="1980-02-01")
    run_jobs()
    merge = merge_customers(actor=actor, survivor_id=third.id, loser_ids=[two.id])
    run_jobs()
    told = DuplicatePair.objects.get(first_id=min(one.id, third.id), second_id=max(one.id, third.id))
    assert told.state == "different"  # whom somebody told from the loser is told from the survivor
    assert merge.survivor_id == third.id


def test_clusters_join_pairs_that_share_customers() -> None:
    parties = [Party(name=str(n)) for n in range(5)]
    pairs = [
        DuplicatePair(first=parties[a], second=parties[b], score=s)
        for a, b, s in ((0, 1, 0.9), (3, 4, 0.95), (1, 2, 0.8))
    ]
    clusters = clusters_of(pairs)
    assert [len(c.parties) for c in clusters] == [2, 3]
    assert clusters[1].score == 0.9


def test_certain_ones_are_merged_in_the_background_and_taken_back(actor: Any, run_jobs: Any) -> None:
    for number in range(3):
        for name in (f"Zuleica Kowalski {'abc'[number] * 5}", f"Zuleica Kowalsky {'abc'[number] * 5}"):
            add(actor, name, phone=f"1198123456{number}", birthday="1980-02-01")
    run_jobs()
    assert DuplicatePair.objects.filter(score__gte=CERTAIN).count() == 3
    run = start_merging_certain(actor=actor)
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.result, Merge.objects.count()) == ("done", {"merges": 3}, 3)
    assert Party.objects.filter(deleted_at=None).count() == 3
    start_undoing(actor=actor, run_id=run.id)
    run_jobs()
    assert Party.objects.filter(deleted_at=None).count() == 6
    assert not Merge.objects.filter(undone_at=None).exists()


@pytest.fixture
def own_only(member_with: Any) -> Any:
    rights = {
        "objects": {"customer": {"view": "own", "edit": "own", "create": "own"}},
        "fields": {"customer": {"birthday": "hidden"}},
    }
    return member_with(Role.objects.create(name="Só seus", rights=rights))


def test_entry_warns_without_telling_of_hidden_customers(
    actor: Any, admin: Any, own_only: Any, run_jobs: Any
) -> None:
    create_person(
        actor=actor,
        data=PersonData(
            name="Beatriz Kowalski", birthday="1980-02-01", emails=[EmailData(address="bia@x.com.br")]
        ),
    )
    run_jobs()
    alike = PersonData(name="Bia Kowalski", birthday="1980-02-01")
    [(party, verdict)] = check_entry(member=admin, data=alike, kind="person").likely
    assert party.name == "Beatriz Kowalski"
    assert "birthday:same" in verdict.reasons
    assert check_entry(member=own_only, data=alike, kind="person").is_clear  # alike isn't told
    exact = PersonData(name="Outra", emails=[EmailData(address="BIA@x.com.br")])
    check = check_entry(member=own_only, data=exact, kind="person")
    assert (check.likely, check.ask) == ([], [admin.name])
    assert check_entry(member=admin, data=PersonData(name="Novo", cpf="123"), kind="person").is_clear


def test_the_form_asks_once(client_for: Any, admin: Any, actor: Any, run_jobs: Any) -> None:
    add(actor, "Beatriz Kowalski", birthday="1980-02-01")
    run_jobs()
    client = client_for(admin)
    posted = {"name": "Bia Kowalski", "birthday": "1980-02-01", "stage": "lead"}
    asked = client.post("/teste/people/new/", posted)
    assert asked.status_code == 422
    assert "Beatriz Kowalski" in asked.content.decode()
    assert Party.objects.count() == 1
    assert client.post("/teste/people/new/", {**posted, "anyway": "1"}).status_code == 302
    assert Party.objects.count() == 2


def test_the_queue(
    client_for: Any, admin: Any, own_only: Any, actor: Any, run_jobs: Any, api_for: Any
) -> None:
    one = add(actor, "Beatriz Kowalski", birthday="1980-02-01")
    two = add(actor, "Bia Kowalski", birthday="1980-02-01")
    run_jobs()
    client = client_for(admin)
    shown = client.get("/teste/duplicates/").content.decode()
    assert "Beatriz Kowalski" in shown
    assert "merge/?id=" in shown
    assert "style=" not in shown
    assert "1" in client.get("/teste/duplicates/block/").content.decode()
    assert client.get("/teste/duplicates/progress/")["HX-Refresh"] == "true"
    assert "Kowalski" not in client_for(own_only).get("/teste/duplicates/").content.decode()
    pair = DuplicatePair.objects.get()
    assert (
        client_for(own_only)
        .post("/teste/duplicates/decide/", {"pair": pair.id, "decision": "different"})
        .status_code
        == 404
    )
    assert client.post("/teste/duplicates/decide/", {"pair": pair.id, "decision": "merge"}).status_code == 404
    assert client.post("/teste/duplicates/decide/", {"pair": pair.id, "decision": "later"}).status_code == 302
    assert client.get("/teste/duplicates/?state=later").content.decode().count("Beatriz Kowalski") == 1
    Party.objects.filter(id__in=[one.id, two.id]).update(owner=own_only)
    reasons = api_for(own_only).get("/duplicates?state=later").json()["items"][0]["reasons"]
    assert not any("birthday" in text or "nascimento" in text or "aniversário" in text for text in reasons)
    assert (
        api_for(admin).request("POST", f"/duplicates/{pair.id}/decide", {"state": "different"}).status_code
        == 204
    )
    assert api_for(admin).get("/duplicates").json()["items"] == []
    found = (
        api_for(admin)
        .request("POST", "/people/check", {"name": "Bia Kowalski", "birthday": "1980-02-01"})
        .json()
    )
    assert {match["label"] for match in found["matches"]} == {"Beatriz Kowalski", "Bia Kowalski"}
    assert client.post("/teste/duplicates/search/").status_code == 302
    assert client.post("/teste/duplicates/merge-certain/").status_code == 302
    assert Actor.for_member(admin)
