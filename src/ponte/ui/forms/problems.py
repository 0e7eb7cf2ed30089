"""Refusals of services become errors of forms."""

from django.forms import BaseForm

from ponte.core.errors import Invalid


def add_problems(form: BaseForm, refusal: Invalid) -> None:
    """Add each problem of ``refusal`` to the field it names, or to the form as a whole.

    Names like ``emails[0].address`` go to the field before the first bracket or dot.
    """
    for problem in refusal.problems:
        name = problem.field.split("[")[0].split(".")[0]
        form.add_error(name if name in form.fields else None, str(problem.message))
