"""Refusals of services become errors of forms."""

from django.forms import BaseForm

from ponte.core.errors import Invalid


def add_problems(form: BaseForm, refusal: Invalid) -> None:
    """Add each problem of ``refusal`` to the field it names, or to the form as a whole.

    Names like ``emails[0].address`` go to the field before the first bracket or dot, ``custom.size`` to ``custom_size``
    where the form has such a field.
    """
    for problem in refusal.problems:
        name = field_named(form, problem.field)
        form.add_error(name, str(problem.message))


def field_named(form: BaseForm, name: str) -> str | None:
    """Return the field of ``form`` that a service means by ``name``, None for the form as a whole."""
    whole, first = name.replace(".", "_"), name.split("[")[0].split(".")[0]
    return next((field for field in (whole, first) if field in form.fields), None)
