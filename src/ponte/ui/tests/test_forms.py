"""Forms read Brazilian values and say what is wrong, tied to its field."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict

from ponte.core.errors import FieldProblem, Invalid
from ponte.ui.forms import QuantityField, add_problems
from ponte.ui.styleguide import SampleForm

GOOD = "name=Ana&stage=lead&way=w&agrees=on"


def filled(extra: str = "") -> SampleForm:
    return SampleForm(QueryDict(f"{GOOD}&{extra}"))


class DependentForm(forms.Form):
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    detail = forms.CharField(required=False)
    shown_if = {"detail": ("kind", "b")}


def test_a_field_tells_the_answer_it_belongs_to() -> None:
    drawn = str(DependentForm())
    assert drawn.count("data-show-if") == 1
    assert 'data-show-if="kind" data-show-value="b"' in drawn


def test_reads_brazilian_values() -> None:
    form = filled(
        "cpf=529.982.247-25&cnpj=12.abc.345/01de-35&cep=01310-100&phone=(11) 91234-5678&amount=1.234,56"
        "&day=22/11/2026&tags=VIP&tags=vip&tags=Atacado&tags="
    )
    assert form.is_valid(), form.errors
    data = form.cleaned_data
    assert data["cpf"] == "52998224725"
    assert data["cnpj"] == "12ABC34501DE35"
    assert data["cep"] == "01310100"
    assert data["phone"] == "+5511912345678"
    assert data["amount"] == Decimal("1234.56")
    assert data["day"] == date(2026, 11, 22)
    assert data["tags"] == ["VIP", "Atacado"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cpf", "111.111.111-11"),
        ("cnpj", "12.ABC.345/01DE-99"),
        ("cep", "0131"),
        ("phone", "123"),
        ("amount", "x"),
    ],
)
def test_refuses_with_a_message_at_the_field(name: str, value: str) -> None:
    form = filled(f"{name}={value}")
    assert not form.is_valid()
    assert list(form.errors) == [name]
    html = str(form[name].as_field_group())
    assert 'aria-invalid="true"' in html
    assert f'aria-describedby="id_{name}_error"' in html
    assert f'id="id_{name}_error"' in html


def test_shows_stored_values_as_people_write_them() -> None:
    form = SampleForm(initial={"cpf": "52998224725", "phone": "+5511912345678", "amount": Decimal("1234.5")})
    assert 'value="529.982.247-25"' in str(form["cpf"])
    assert 'value="(11) 91234-5678"' in str(form["phone"])
    assert 'value="1.234,50"' in str(form["amount"])


def test_every_input_has_a_label_and_our_look() -> None:
    html = str(SampleForm())
    for name in SampleForm.base_fields:
        if name not in {"way"}:
            assert f'for="id_{name}"' in html or name == "file"
    assert 'class="form-control"' in html
    assert 'class="form-select"' in html
    assert "style=" not in html


def test_problems_of_services_go_to_their_fields() -> None:
    form = filled()
    assert form.is_valid()
    problems = [FieldProblem("email[0].address", "taken", "Taken"), FieldProblem("unknown", "x", "Whole")]
    add_problems(form, Invalid(problems))
    assert form.errors["email"] == ["Taken"]
    assert form.non_field_errors() == ["Whole"]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("10.000", "10"),
        ("1.500", "1,5"),
        ("0.125", "0,125"),
        ("1500.000", "1.500"),
        ("100", "100"),
        ("0.000", "0"),
    ],
)
def test_quantities_are_shown_without_needless_zeros_and_read_back(stored, shown):
    field = QuantityField()
    assert field.prepare_value(Decimal(stored)) == shown
    assert field.clean(shown) == Decimal(stored)
    assert field.prepare_value("10,0") == "10,0"  # what was typed stays
    assert field.prepare_value(1) == "1"  # what a blank line starts with
