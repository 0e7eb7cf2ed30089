"""The living page of components, shown only while DEBUG is on. Its texts are for developers: not translated."""

from datetime import timedelta

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ponte.ui import forms
from ponte.ui.htmx import close_dialog
from ponte.ui.icons import drawings
from ponte.ui.layouts import frame_of

TONES = ("neutral", "accent", "blue", "purple", "pink", "red", "orange", "yellow", "green")


class SampleForm(django_forms.Form):
    """One of each input."""

    name = django_forms.CharField(label="Name", help_text="As the person likes to be called")
    email = django_forms.EmailField(label="E-mail", required=False)
    phone = forms.PhoneField(label="Phone", required=False)
    cpf = forms.CpfField(label="CPF", required=False)
    cnpj = forms.CnpjField(label="CNPJ", required=False)
    cep = forms.CepField(label="CEP", required=False)
    amount = forms.MoneyField(label="Amount", required=False)
    day = forms.DateField(label="Day", required=False)
    stage = django_forms.ChoiceField(label="Stage", choices=[("lead", "Lead"), ("customer", "Customer")])
    tags = forms.TagsField(label="Tags", required=False)
    notes = django_forms.CharField(
        label="Notes", widget=django_forms.Textarea(attrs={"rows": 3}), required=False
    )
    way = django_forms.ChoiceField(
        label="Preferred channel",
        choices=[("w", "WhatsApp"), ("e", "E-mail")],
        widget=django_forms.RadioSelect,
    )
    active = django_forms.BooleanField(label="Receives news", required=False, widget=forms.Switch)
    agrees = django_forms.BooleanField(label="Agrees with the terms")
    file = django_forms.FileField(
        label="File", required=False, widget=forms.DropInput(help_text="CSV or XLSX")
    )
    widths = {
        "email": "half",
        "phone": "half",
        "cpf": "third",
        "cnpj": "third",
        "cep": "third",
        "amount": "third",
        "day": "third",
        "stage": "third",
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page."""
    form = SampleForm(request.POST or None, request.FILES or None)
    context = {
        "form": form,
        "icons": sorted(drawings()),
        "tones": TONES,
        "moment": timezone.now() - timedelta(minutes=8),
        "rows": [("Ana Beatriz Moreira", "green", "Cliente"), ("Bruno Tavares", "blue", "Lead")],
    }
    return render(request, "ui/styleguide.html", context, status=422 if form.errors else 200)


def form_sample(request: HttpRequest) -> HttpResponse:
    """A form in whatever frame asks for it."""
    form = SampleForm(request.POST or None, request.FILES or None, initial={"name": "Ana"})
    if request.method == "POST" and form.is_valid() and frame_of(request) != "page":
        return close_dialog("Saved")
    context = {"form": form, "title": "Sample form", "draft": "styleguide"}
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)
