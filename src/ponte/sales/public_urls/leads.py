"""Pages of forms for people without an account."""

from django.urls import path

from ponte.sales.views import public_forms

urlpatterns = [
    path("public/f/confirm/<str:token>/", public_forms.confirm, name="form_confirm"),
    path("public/f/<slug:slug>/<str:public_id>/", public_forms.form_page, name="form_public"),
    path("public/f/<slug:slug>/<str:public_id>/embedded/", public_forms.embedded, name="form_embedded"),
    path("public/f/<slug:slug>/<str:public_id>/embed.js", public_forms.embed_script, name="form_script"),
]
