"""Choosing what a task or meeting is about in its form: one picker for each kind of record people choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member
from ponte.timeline.subjects import NOTHING, TaskSubject, customer_of, names_of, task_subjects
from ponte.ui.forms import PickerField, PickerInput
from ponte.workplace.custom_fields.objects import HIDDEN_RECORD

About = tuple[str, UUID | None]
NONE: About = ("", None)


class AboutForm(forms.Form):
    """A form that can say what its task or meeting is about. ``about`` is what it starts with; ``widths`` how wide fields stand."""

    about: About = NONE
    widths: Mapping[str, str] = {}


def add_about(form: AboutForm, member: Member, about: About = NONE) -> None:
    """Add the pickers after the customer; ``about`` is what the form starts with, and stays with where the member can't see it."""
    form.about = about
    names = []
    for subject in task_subjects:
        if subject.pick_url and subject.may_pick(member):
            name = f"about_{subject.key}"
            form.fields[name] = _picker(subject, member)
            form.initial[name] = about[1] if about[0] == subject.key else None
            names.append(name)
    order = [one for one in form.fields if one not in names]
    at = order.index("party") + 1
    form.order_fields([*order[:at], *names, *order[at:]])
    if names:
        form.widths = {**form.widths, **dict.fromkeys(("party", *names), "half")}


def _picker(subject: TaskSubject, member: Member) -> PickerField:
    def label_of(value: Any) -> str:
        try:
            key = (subject.key, UUID(str(value)))
        except ValueError:
            return ""
        named = names_of(member, [key]).get(key)
        return str(named.label if named else HIDDEN_RECORD)

    widget = PickerInput(url=reverse(subject.pick_url), label_of=label_of)
    return PickerField(label=str(subject.label), required=False, widget=widget)


def about_details(form: AboutForm, member: Member, details: Any) -> Any:
    """Return the details with what was chosen; an empty customer becomes that record's. Call it when the form is valid.

    Raises:
        Invalid: a record the member doesn't see, or one of another customer than the one told.
    """
    kind, record_id = _chosen(form)
    if record_id is None:
        return {**details, **NOTHING}
    field = f"about_{kind}"
    is_kept = (kind, record_id) == form.about
    party_id = customer_of(None if is_kept else member, kind, record_id)
    if party_id is None:
        raise Invalid(
            [FieldProblem(field, "missing", _("There is no such record. Choose one from the list."))]
        )
    if details.get("party_id") in (None, party_id):
        return {**details, "about_type": kind, "about_id": record_id, "party_id": party_id}
    if field not in form.fields:
        return {**details, **NOTHING}  # nobody can choose it here: the other customer counts
    message = _("This belongs to another customer. Choose that customer, or leave the customer empty.")
    raise Invalid([FieldProblem(field, "other_customer", message)])


def _chosen(form: AboutForm) -> About:
    """What the pickers hold; what they can't show, or what wasn't sent, stays."""
    kind, record_id = form.about
    for subject in task_subjects:
        name = f"about_{subject.key}"
        if name not in form.fields or form.add_prefix(name) not in form.data:
            continue
        value = form.cleaned_data.get(name)
        if value is not None:
            return subject.key, value
        if subject.key == kind:
            kind, record_id = NONE
    return kind, record_id
