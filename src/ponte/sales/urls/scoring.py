"""Addresses of scores and routing."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.views import lead_score, prediction, routing, score_trial, scoring

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/routing/", routing.rules, name="routing"),
    path("settings/routing/new/", routing.rule_new, name="routing_new"),
    path("settings/routing/order/", routing.rule_order, name="routing_order"),
    path("settings/routing/rest/", routing.rest, name="routing_rest"),
    path("settings/routing/people/", routing.people, name="routing_people"),
    path("settings/routing/people/<uuid:member_id>/", routing.person, name="routing_person"),
    path("settings/routing/<uuid:rule_id>/", routing.rule_edit, name="routing_edit"),
    path("settings/routing/<uuid:rule_id>/try/", routing.rule_try, name="routing_try"),
    path("settings/routing/<uuid:rule_id>/switch/", routing.rule_switch, name="routing_switch"),
    path("settings/routing/<uuid:rule_id>/delete/", routing.rule_delete, name="routing_delete"),
    path("settings/scoring/", scoring.rules, name="scoring"),
    path("settings/scoring/new/<slug:source>/", scoring.rule_new, name="scoring_new"),
    path("settings/scoring/try/", score_trial.rules_try, name="scoring_try"),
    path("settings/scoring/limits/", scoring.limits, name="scoring_limits"),
    path("settings/scoring/prediction/", prediction.page, name="prediction"),
    path("settings/scoring/prediction/learn/", prediction.learn, name="prediction_learn"),
    path("settings/scoring/<uuid:rule_id>/", scoring.rule_edit, name="scoring_edit"),
    path("settings/scoring/<uuid:rule_id>/switch/", scoring.rule_switch, name="scoring_switch"),
    path("settings/scoring/<uuid:rule_id>/delete/", scoring.rule_delete, name="scoring_delete"),
    path("leads/<uuid:lead_id>/score/", lead_score.panel, name="lead_score"),
    path("leads/<uuid:lead_id>/route/", lead_score.route, name="lead_route"),
]
