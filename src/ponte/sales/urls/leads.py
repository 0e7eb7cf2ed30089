"""Addresses of leads and forms."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.tables.leads import LEADS
from ponte.sales.views import conversion, form_posts, forms, lead_acts, leads
from ponte.workplace.views.lists import list_view

urlpatterns: list[URLPattern | URLResolver] = [
    path("leads/", list_view(LEADS), name="leads"),
    path("leads/new/", leads.create, name="lead_new"),
    path("leads/<uuid:lead_id>/", leads.detail, name="lead"),
    path("leads/<uuid:lead_id>/edit/", leads.edit, name="lead_edit"),
    path("leads/<uuid:lead_id>/work/", lead_acts.work, name="lead_work"),
    path("leads/<uuid:lead_id>/hand-over/", lead_acts.hand_over, name="lead_hand_over"),
    path("leads/<uuid:lead_id>/accept/", lead_acts.accept, name="lead_accept"),
    path("leads/<uuid:lead_id>/give-back/", lead_acts.reject, name="lead_reject"),
    path("leads/<uuid:lead_id>/disqualify/", lead_acts.disqualify, name="lead_disqualify"),
    path("leads/<uuid:lead_id>/reopen/", lead_acts.reopen, name="lead_reopen"),
    path("leads/<uuid:lead_id>/convert/", conversion.convert, name="lead_convert"),
    path("leads/<uuid:lead_id>/undo-conversion/", conversion.undo, name="lead_unconvert"),
    path("leads/<uuid:lead_id>/assign/", lead_acts.assign, name="lead_assign"),
    path("leads/<uuid:lead_id>/delete/", lead_acts.delete, name="lead_delete"),
    path("leads/<uuid:lead_id>/restore/", lead_acts.restore, name="lead_restore"),
    path("settings/forms/", forms.index, name="forms"),
    path("settings/forms/new/", forms.create, name="form_new"),
    path("settings/forms/field/", forms.field, name="form_field"),
    path("settings/forms/hand-over/", forms.hours, name="handoff_hours"),
    path("settings/forms/<uuid:form_id>/", forms.detail, name="form"),
    path("settings/forms/<uuid:form_id>/edit/", forms.edit, name="form_edit"),
    path("settings/forms/<uuid:form_id>/qr.svg", forms.qr, name="form_qr"),
    path("settings/forms/<uuid:form_id>/delete/", forms.delete, name="form_delete"),
    path("settings/forms/<uuid:form_id>/restore/", forms.restore, name="form_restore"),
    path(
        "settings/forms/<uuid:form_id>/posts/<uuid:post_id>/release/", form_posts.release, name="form_release"
    ),
    path(
        "settings/forms/<uuid:form_id>/posts/<uuid:post_id>/discard/", form_posts.discard, name="form_discard"
    ),
    path("customers/<uuid:party_id>/leads/", leads.panel, name="leads_panel"),
]
