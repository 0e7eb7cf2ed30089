"""Pages and API of cadences, territories and account plans: seen, refused, costing the same for many."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine

from ponte.core.models import Role
from ponte.directory.data import CompanyData, PhoneData
from ponte.directory.services.companies import create_company
from ponte.sales.models import AccountPlan, Cadence, Enrolment, PlanPerson, StepRun, Territory, TerritoryRun
from ponte.sales.services.account_plans import create_plan, place_person, save_goal
from ponte.sales.services.cadence_running import run_due_steps
from ponte.sales.services.cadence_steps import add_step
from ponte.sales.services.cadences import create_cadence, set_cadence_state
from ponte.sales.services.enrolments import enrol_customers
from ponte.sales.services.territories import create_territory
from ponte.timeline.models import Task

pytestmark = pytest.mark.usefixtures("workspace")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/Sao_Paulo"))
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def cadence(actor):
    row = create_cadence(actor=actor, name="Retomada")
    add_step(
        actor=actor, cadence=row, channel="whatsapp", variants=[{"body": "Oi, {{ primeiro_nome|cliente }}!"}]
    )
    add_step(
        actor=actor, cadence=row, channel="task", wait_days=2, variants=[{"subject": "A"}, {"subject": "B"}]
    )
    return set_cadence_state(actor=actor, cadence=row, state="active")


@pytest.fixture
def ana(make_party):
    return make_party("Ana Souza", phones=[PhoneData(number="+5511912345678", is_primary=True)])


@pytest.fixture
def enrolment(actor, cadence, ana):
    return enrol_customers(actor=actor, cadence=cadence, party_ids=[ana.id]).enrolments[0]


@pytest.fixture
def acme(actor):
    return create_company(actor=actor, data=CompanyData(name="Acme")).party


def test_a_cadence_is_built_and_begun_in_the_browser(admin, client_for, ana):
    browser = client_for(admin)
    browser.post(
        "/teste/cadences/new/",
        {"name": "Retomada", "purpose": "sales", "on_refusal": "skip", "stops_on_reply": "on"},
    )
    row = Cadence.objects.get()
    assert (row.stops_on_reply, row.stops_on_meeting) == (True, False)
    refused = browser.post(f"/teste/cadences/{row.id}/state/", {"state": "active"})
    assert refused.status_code == 422
    step = {"channel": "task", "wait_days": 0, "wait_hours": 0, "subject": "Ligar para {{ nme }}"}
    assert browser.post(f"/teste/cadences/{row.id}/steps/new/", step).status_code == 422
    step |= {"subject": "Um", "compares": "on", "subject_b": "Dois", "weight": "70"}
    browser.post(f"/teste/cadences/{row.id}/steps/new/", step)
    assert [(v.letter, v.weight) for v in row.steps.get().variants.order_by("letter")] == [
        ("A", 70),
        ("B", 30),
    ]
    browser.post(f"/teste/cadences/{row.id}/state/", {"state": "active"})
    page = browser.get(f"/teste/customers/{ana.id}/cadences/enrol/")
    assert "Retomada" in page.content.decode()
    browser.post(f"/teste/customers/{ana.id}/cadences/enrol/", {"cadence": str(row.id), "sender": ""})
    enrolment = Enrolment.objects.get()
    assert enrolment.sender_id == ana.owner_id or enrolment.sender == admin
    again = browser.post(f"/teste/customers/{ana.id}/cadences/enrol/", {"cadence": str(row.id), "sender": ""})
    assert again.status_code == 422
    panel = browser.get(f"/teste/customers/{ana.id}/cadences/").content.decode()
    assert "Em andamento" in panel


def test_an_enrolments_page_leads_to_whatsapp_with_the_text(admin, client_for, enrolment):
    run_due_steps()
    run = StepRun.objects.get()
    browser = client_for(admin)
    page = browser.get(f"/teste/cadences/enrolments/{enrolment.id}/").content.decode()
    assert f"/teste/cadences/runs/{run.id}/open/" in page
    out = browser.get(f"/teste/cadences/runs/{run.id}/open/")
    assert out["Location"] == "https://wa.me/5511912345678?text=Oi%2C%20Ana%21"
    task = browser.get(f"/teste/tasks/{Task.objects.get().id}/").content.decode()
    assert f"/teste/cadences/runs/{run.id}/open/" in task


def test_a_hidden_phone_is_not_told_by_the_link(member_with, client_for, enrolment):
    run_due_steps()
    rights = Role.objects.get(key="salesperson").rights | {"fields": {"customer": {"phone": "hidden"}}}
    member = member_with(Role.objects.create(name="Sem telefone", rights=rights))
    assert client_for(member).get(f"/teste/cadences/runs/{StepRun.objects.get().id}/open/").status_code == 404


def test_the_answer_is_noted_and_stops_it(admin, client_for, enrolment):
    answer = client_for(admin).post(f"/teste/cadences/enrolments/{enrolment.id}/answered/?then=stay", **HTMX)
    assert answer.status_code == 204
    enrolment.refresh_from_db()
    assert enrolment.reason == "replied"


def test_who_does_not_see_the_customer_sees_nothing(
    member_with, client_for, api_for, enrolment, cadence, ana
):
    rights = Role.objects.get(key="salesperson").rights
    own = {**rights, "objects": {**rights["objects"], "customer": {"view": "own", "edit": "own"}}}
    stranger = member_with(Role.objects.create(name="Só os seus", rights=own))
    browser = client_for(stranger)
    for path in (
        f"cadences/enrolments/{enrolment.id}/", f"customers/{ana.id}/cadences/", f"customers/{ana.id}/territory/",
    ):  # fmt: skip
        assert browser.get(f"/teste/{path}").status_code == 404, path
    assert browser.post(f"/teste/cadences/enrolments/{enrolment.id}/remove/").status_code == 404
    api = api_for(stranger)
    assert api.get("/enrolments").json()["items"] == []
    found = api.post(f"/cadences/{cadence.id}/enrolments", {"party_ids": [str(ana.id)]}).json()
    assert found["unreachable"] == [str(ana.id)]


def test_an_analyst_reads_and_changes_nothing(member_with, client_for, cadence, enrolment):
    browser = client_for(member_with("analyst"))
    assert browser.get(f"/teste/cadences/{cadence.id}/").status_code == 200
    assert "data-sortable" not in browser.get(f"/teste/cadences/{cadence.id}/").content.decode()
    for path in (f"cadences/{cadence.id}/state/", f"cadences/enrolments/{enrolment.id}/pause/"):
        assert browser.post(f"/teste/{path}", {"state": "paused"}).status_code == 404


def test_the_list_acts_on_many(admin, client_for, actor, cadence, make_party):
    ids = [make_party(f"Pessoa {n}").id for n in range(3)]
    answer = client_for(admin).post(
        "/teste/lists/people/bulk/enrol/",
        {"id": [str(one) for one in ids], "cadence": str(cadence.id), "once": str(uuid4())},
    )
    assert answer.status_code < 400
    assert Enrolment.objects.count() == 3


def test_pages_cost_the_same_for_many(
    admin, client_for, actor, cadence, make_party, enrolment, django_assert_max_num_queries
):
    browser = client_for(admin)
    paths = [f"/teste/cadences/{cadence.id}/", "/teste/cadences/", "/teste/cadences/enrolments/"]
    for path in paths:
        browser.get(path)
    counts = [_count(browser, path) for path in paths]
    enrol_customers(actor=actor, cadence=cadence, party_ids=[make_party(f"P{n}").id for n in range(15)])
    run_due_steps()
    for _number in range(3):
        other = create_cadence(actor=actor, name="Outra")
        add_step(actor=actor, cadence=other, channel="task", variants=[{"subject": "x"}])
    assert [_count(browser, path) for path in paths] == counts
    assert max(counts) <= 30


def _count(browser, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)


def test_the_api_builds_runs_and_tells(admin, api_for, ana):
    api = api_for(admin)
    made = api.post("/cadences", {"name": "Pela API"})
    assert made.status_code == 201
    key = made.json()["id"]
    bad = api.post(f"/cadences/{key}/steps", {"channel": "task", "variants": [{"subject": "{{ x }}"}]})
    assert bad.status_code == 422
    steps = api.post(
        f"/cadences/{key}/steps", {"channel": "task", "variants": [{"subject": "Ligar"}]}
    ).json()["steps"]
    assert (
        api.patch(f"/cadences/{key}/steps/{steps[0]['id']}", {"wait_days": 1}).json()["steps"][0]["wait_days"]
        == 1
    )
    assert api.patch(f"/cadences/{key}", {"state": "active"}).json()["state"] == "active"
    found = api.post(f"/cadences/{key}/enrolments", {"party_ids": [str(ana.id)]}).json()
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        run_due_steps()
    row = api.get(f"/enrolments/{found['enrolment_ids'][0]}").json()
    assert (row["state"], row["runs"][0]["state"]) == ("active", "open")
    assert api.post(f"/enrolments/{row['id']}/answered").json()["reason"] == "replied"
    results = api.get(f"/cadences/{key}/results").json()
    assert (results["enrolled"], results["replied"], results["steps"][0]["total"]["skipped"]) == (1, 1, 1)
    assert api.get(f"/cadences/{uuid4()}").status_code == 404


def test_results_tell_variants_apart(actor, admin, client_for, cadence, make_party):
    parties = [
        make_party(f"P{n}", phones=[PhoneData(number=f"+55119123456{n:02d}", is_primary=True)]).id
        for n in range(8)
    ]
    enrol_customers(actor=actor, cadence=cadence, party_ids=parties)
    run_due_steps()
    page = client_for(admin).get(f"/teste/cadences/{cadence.id}/").content.decode()
    assert "8 a fazer" in page


def test_territories_are_drawn_previewed_and_assigned(admin, client_for, make_party, run_jobs):
    browser = client_for(admin)
    assert "Quem vende onde?" in browser.get("/teste/territories/").content.decode()
    form = {"name": "Capital", "states": ["SP"], "postal_ranges": "01000-000 a 05999-999", "cities": "Campinas/SP",
            "members": [str(admin.id)], "is_active": "on", "w.joint": "all", "w.n": "0"}  # fmt: skip
    assert browser.post("/teste/territories/new/", form).status_code == 302
    row = Territory.objects.get()
    assert (row.postal_ranges, row.cities) == ([["01000000", "05999999"]], ["Campinas/SP"])
    bad = browser.post(f"/teste/territories/{row.id}/edit/", form | {"cities": "Campinas/ZZ"})
    assert bad.status_code == 422
    assert "Cidade/UF" in bad.content.decode()
    built = {
        "w.joint": "all",
        "w.n": "1",
        "w.0.what": "field:kind",
        "w.0.was": "field:kind",
        "w.0.op": "is",
        "w.0.value": ["company"],
    }
    browser.post(f"/teste/territories/{row.id}/edit/", form | built)
    row.refresh_from_db()
    assert row.condition["where"]["all"][0]["field"] == "kind"
    make_party("Ana")
    browser.post("/teste/territories/preview/")
    run_jobs()
    assert TerritoryRun.objects.get().state == "done"
    assert "clientes" in browser.get("/teste/territories/run/").content.decode()
    browser.post("/teste/territories/assign/", {"gives_owners": "on"})
    run_jobs()
    assert TerritoryRun.objects.filter(is_preview=False, state="done").exists()


def test_a_customer_is_placed_by_hand(admin, client_for, actor, ana):
    row = create_territory(actor=actor, name="Sul", states=["PR"])
    browser = client_for(admin)
    browser.post(f"/teste/customers/{ana.id}/territory/place/", {"territory": str(row.id)})
    assert "Sul" in browser.get(f"/teste/customers/{ana.id}/territory/").content.decode()


def test_territories_over_the_api(admin, member_with, api_for, ana):
    api = api_for(admin)
    made = api.post(
        "/territories", {"name": "Sul", "states": ["PR", "Santa Catarina"], "member_ids": [str(admin.id)]}
    )
    assert (made.status_code, made.json()["states"]) == (201, ["PR", "SC"])
    key = made.json()["id"]
    assert api.patch(f"/territories/{key}", {"states": ["XX"]}).status_code == 422
    assert api.put(f"/territories/of/{ana.id}", {"territory_id": key}).json()["is_fixed"] is True
    run = api.post("/territories/runs", {"preview": True}).json()
    assert api.get(f"/territories/runs/{run['id']}").status_code == 200
    seller = api_for(member_with("salesperson"))
    assert seller.get("/territories").status_code == 200
    assert seller.post("/territories", {"name": "Meu"}).status_code in (403, 404)
    assert api.delete(f"/territories/{key}").status_code == 204


def test_an_account_plan_from_the_panel_to_its_actions(admin, client_for, actor, acme, make_party):
    from ponte.directory.services.affiliations import start_affiliation

    browser = client_for(admin)
    assert "Começar um plano" in browser.get(f"/teste/customers/{acme.id}/account-plan/").content.decode()
    browser.post(f"/teste/customers/{acme.id}/account-plan/new/")
    browser.post(f"/teste/customers/{acme.id}/account-plan/new/")
    plan = AccountPlan.objects.get()
    browser.post(f"/teste/account-plans/{plan.id}/edit/", {"summary": "Crescer", "version": "1"})
    browser.post(
        f"/teste/account-plans/{plan.id}/goals/new/", {"title": "Dobrar", "target": "200", "reached": "50"}
    )
    person = make_party("Bia Lima")
    start_affiliation(actor=actor, person_id=person.id, company_id=acme.id)
    place = {"person": str(person.id), "role": "decides", "influence": "3", "attitude": "ally"}
    browser.post(f"/teste/account-plans/{plan.id}/people/new/", place)
    browser.post(
        f"/teste/account-plans/{plan.id}/actions/new/", {"title": "Almoço", "assignee": str(admin.id)}
    )
    page = browser.get(f"/teste/account-plans/{plan.id}/").content.decode()
    assert "Colocar no mapa" not in page, "nobody is left to put there"
    for words in ("Crescer", "Dobrar", "Bia Lima", "Fala por nós", "Almoço"):
        assert words in page
    assert Task.objects.get().party_id == acme.id
    assert "25%" in browser.get(f"/teste/customers/{acme.id}/account-plan/").content.decode()
    assert PlanPerson.objects.get().influence == 3


def test_plans_follow_their_company_and_people_stay_hidden(member_with, client_for, actor, acme, make_party):
    plan = create_plan(actor=actor, party=acme)
    save_goal(actor=actor, plan=plan, title="Crescer")
    person = make_party("Bia Lima")
    place_person(actor=actor, plan=plan, person_id=person.id, role="decides")
    rights = Role.objects.get(key="salesperson").rights
    own = {**rights, "objects": {**rights["objects"], "customer": {"view": "own"}}}
    stranger = member_with(Role.objects.create(name="Só os seus", rights=own))
    assert client_for(stranger).get(f"/teste/account-plans/{plan.id}/").status_code == 404
    type(acme).objects.filter(id=acme.id).update(owner=stranger)
    page = client_for(stranger).get(f"/teste/account-plans/{plan.id}/").content.decode()
    assert "Crescer" in page
    assert "Bia Lima" not in page
    for role in ("analyst", "agent"):
        browser = client_for(member_with(role))
        assert browser.post(f"/teste/account-plans/{plan.id}/edit/", {"summary": "x"}).status_code == 404


def test_merged_customers_bring_their_enrolments(actor, cadence, ana, make_party, enrolment):
    from ponte.directory.services.merging import merge_customers

    bia = make_party("Ana Souza Lima")
    merge_customers(actor=actor, survivor_id=bia.id, loser_ids=[ana.id])
    enrolment.refresh_from_db()
    assert enrolment.party_id == bia.id


def test_deals_and_leads_show_and_begin_their_cadences(
    admin, client_for, cadence, make_opportunity, make_lead, make_party
):
    deal, lead = make_opportunity(party=make_party("Bia")), make_lead(party=make_party("Caio"))
    browser = client_for(admin)
    for kind, row, act in (("opportunities", deal, "opportunity"), ("leads", lead, "lead")):
        url = f"/teste/customers/{row.party_id}/cadences/enrol/?{act}={row.id}"
        browser.post(url, {"cadence": str(cadence.id), "sender": ""})
        assert getattr(Enrolment.objects.get(party=row.party), f"{act}_id") == row.id
        assert "Retomada" in browser.get(f"/teste/{kind}/{row.id}/cadences/").content.decode()
        assert f"/teste/{kind}/{row.id}/cadences/" in browser.get(f"/teste/{kind}/{row.id}/").content.decode()


def test_the_list_of_leads_begins_it_about_each(admin, client_for, cadence, make_lead, make_party):
    leads = [make_lead(party=make_party(f"Pessoa {n}")) for n in range(2)]
    answer = client_for(admin).post(
        "/teste/lists/leads/bulk/enrol/",
        {"id": [str(one.id) for one in leads], "cadence": str(cadence.id), "once": str(uuid4())},
    )
    assert answer.status_code < 400
    assert set(Enrolment.objects.values_list("lead_id", flat=True)) == {one.id for one in leads}
