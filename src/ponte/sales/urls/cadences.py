"""Addresses of cadences, territories and account plans."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.tables.account_plans import ACCOUNT_PLANS
from ponte.sales.tables.enrolments import ENROLMENTS
from ponte.sales.views import account_plans, cadence_steps, cadences, enrolments, territories
from ponte.workplace.views.lists import list_view

urlpatterns: list[URLPattern | URLResolver] = [
    path("cadences/", cadences.overview, name="cadences"),
    path("cadences/new/", cadences.create, name="cadence_new"),
    path("cadences/limit/", cadences.limit, name="cadence_limit"),
    path("cadences/enrolments/", list_view(ENROLMENTS), name="enrolments"),
    path("cadences/enrolments/<uuid:enrolment_id>/", enrolments.detail, name="enrolment"),
    path("cadences/enrolments/<uuid:enrolment_id>/sender/", enrolments.sender, name="enrolment_sender"),
    path("cadences/enrolments/<uuid:enrolment_id>/<slug:what>/", enrolments.act, name="enrolment_act"),
    path("cadences/runs/<uuid:run_id>/open/", enrolments.open_contact, name="run_open"),
    path("cadences/steps/<uuid:step_id>/edit/", cadence_steps.edit, name="cadence_step_edit"),
    path("cadences/steps/<uuid:step_id>/remove/", cadence_steps.remove, name="cadence_step_remove"),
    path("cadences/<uuid:cadence_id>/", cadences.detail, name="cadence"),
    path("cadences/<uuid:cadence_id>/edit/", cadences.edit, name="cadence_edit"),
    path("cadences/<uuid:cadence_id>/state/", cadences.state, name="cadence_state"),
    path("cadences/<uuid:cadence_id>/delete/", cadences.delete, name="cadence_delete"),
    path("cadences/<uuid:cadence_id>/steps/new/", cadence_steps.add, name="cadence_step_new"),
    path("cadences/<uuid:cadence_id>/steps/order/", cadence_steps.order, name="cadence_steps_order"),
    path("customers/<uuid:party_id>/cadences/", enrolments.panel, name="enrolments_panel"),
    path("customers/<uuid:party_id>/cadences/enrol/", enrolments.enrol, name="enrol"),
    path("opportunities/<uuid:opportunity_id>/cadences/", enrolments.about_deal, name="deal_enrolments"),
    path("leads/<uuid:lead_id>/cadences/", enrolments.about_lead, name="lead_enrolments"),
    path("territories/", territories.overview, name="territories"),
    path("territories/new/", territories.create, name="territory_new"),
    path("territories/run/", territories.run_state, name="territories_run"),
    path("territories/preview/", territories.preview, name="territories_preview"),
    path("territories/assign/", territories.assign, name="territories_assign"),
    path("territories/<uuid:territory_id>/edit/", territories.edit, name="territory_edit"),
    path("territories/<uuid:territory_id>/delete/", territories.delete, name="territory_delete"),
    path("customers/<uuid:party_id>/territory/", territories.panel, name="territory_panel"),
    path("customers/<uuid:party_id>/territory/place/", territories.place, name="territory_place"),
    path("account-plans/", list_view(ACCOUNT_PLANS), name="account_plans"),
    path("account-plans/<uuid:plan_id>/", account_plans.detail, name="account_plan"),
    path("account-plans/<uuid:plan_id>/edit/", account_plans.edit, name="account_plan_edit"),
    path("account-plans/<uuid:plan_id>/delete/", account_plans.delete, name="account_plan_delete"),
    path("account-plans/<uuid:plan_id>/goals/new/", account_plans.goal_new, name="plan_goal_new"),
    path("account-plans/<uuid:plan_id>/people/new/", account_plans.person_new, name="plan_person_new"),
    path("account-plans/<uuid:plan_id>/actions/new/", account_plans.action_new, name="plan_action_new"),
    path("account-plans/goals/<uuid:goal_id>/edit/", account_plans.goal_edit, name="plan_goal_edit"),
    path("account-plans/goals/<uuid:goal_id>/remove/", account_plans.goal_remove, name="plan_goal_remove"),
    path("account-plans/people/<uuid:place_id>/edit/", account_plans.person_edit, name="plan_person_edit"),
    path(
        "account-plans/people/<uuid:place_id>/remove/", account_plans.person_remove, name="plan_person_remove"
    ),
    path("customers/<uuid:party_id>/account-plan/", account_plans.panel, name="account_plan_panel"),
    path("customers/<uuid:party_id>/account-plan/new/", account_plans.create, name="account_plan_new"),
]
