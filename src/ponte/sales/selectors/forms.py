"""Reads of forms and of what came through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.errors import Missing
from ponte.core.prepared import Prepared
from ponte.privacy.models import ConsentText
from ponte.privacy.purposes import get_purpose, newest_text
from ponte.sales.form_fields import CUSTOM_INPUTS
from ponte.sales.models import Form, FormPost, PostState
from ponte.workplace.custom_fields.objects import custom_objects
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import list_fields

OBJECTS = ("person", "company", "lead")
LATELY = timedelta(days=30)
OPEN_FORM = Prepared[Form](
    lambda public_id: Form.objects.filter(public_id=public_id, is_active=True, deleted_at=None), str
)


@dataclass(frozen=True)
class Agreed:
    """What a form asks agreement for: the words shown and which version of them it is."""

    purpose: str
    channels: tuple[str, ...]
    required: bool
    text: str
    text_id: UUID


def custom_inputs() -> dict[str, CustomField]:
    """Return the custom fields a form may ask, by "object:key": those of people, companies and leads, references apart."""
    found = {}
    for name in OBJECTS:
        if custom_objects.get(name) is None:
            continue
        for one in list_fields(name):
            if one.kind in CUSTOM_INPUTS and one.kind != FieldKind.REFERENCE:
                found[f"{name}:{one.key}"] = one
    return found


def options_of(one: CustomField) -> tuple[tuple[str, str], ...]:
    """Return what a custom field offers to choose among."""
    if one.kind == FieldKind.BOOLEAN:
        return (("yes", _("Yes")), ("no", _("No")))
    return tuple((c["value"], c["label"]) for c in one.choices if not c.get("archived"))


def get_form(form_id: UUID, *, deleted: bool = False) -> Form:
    """Return a form; raise ``Missing``."""
    form = Form.objects.select_related("owner").filter(id=form_id, deleted_at__isnull=not deleted).first()
    if form is None:
        raise Missing("form")
    return form


def open_form(public_id: str) -> Form | None:
    """Return the form of a public address, None where there is none or it is closed."""
    return OPEN_FORM.first(public_id)


def list_forms() -> QuerySet[Form]:
    """Return the forms with how much came through each within 30 days, what is held back and when the last came."""
    lately = Q(posts__created_at__gte=timezone.now() - LATELY)
    became = Q(posts__state=PostState.DONE)
    return (
        Form.objects.filter(deleted_at=None)
        .annotate(
            lately=Count("posts", filter=lately & became),
            held=Count("posts", filter=Q(posts__state=PostState.HELD)),
            last_at=Max("posts__created_at"),
        )
        .order_by("-is_active", "name", "id")
    )


def posts_of(form_id: UUID, state: str, *, before: UUID | None = None, most: int = 50) -> Sequence[FormPost]:
    """Return what came through a form, newest first, in one state ("" for all), from ``before`` on."""
    posts = FormPost.objects.filter(form_id=form_id).order_by("-id")
    if state:
        posts = posts.filter(state=state)
    if before:
        posts = posts.filter(id__lt=before)
    return list(posts[:most])


def agreed_with(form: Form) -> list[Agreed]:
    """Return what a form asks agreement for, in its language; purposes switched off since are left out."""
    found = []
    for one in form.consents:
        info = get_purpose(one["purpose"])
        text = newest_text(one["purpose"], form.language)
        if info is not None and info.is_active and text is not None:
            found.append(
                Agreed(info.key, tuple(one["channels"]), bool(one.get("required")), text.body, text.id)
            )
    return found


def words_of(forms: Sequence[Form]) -> dict[tuple[str, str], ConsentText]:
    """Return the words forms show, by purpose and language: one query for however many."""
    wanted = {(one["purpose"], form.language) for form in forms for one in form.consents}
    if not wanted:
        return {}
    texts = ConsentText.objects.filter(
        purpose__in={purpose for purpose, _language in wanted},
        language__in={language for _purpose, language in wanted},
    )
    return {
        (text.purpose, text.language): text
        for text in texts.order_by("version")
        if (text.purpose, text.language) in wanted
    }
