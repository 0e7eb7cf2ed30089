"""Making and changing the forms people fill in without an account."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import FieldProblem, Invalid, Missing
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.privacy.models import ContactChannel
from ponte.privacy.purposes import LANGUAGES, list_purposes
from ponte.privacy.services.purposes import keep_text
from ponte.sales.form_fields import CUSTOM, MOST_FIELDS, MOST_OPTIONS, TYPES, FormField, Shown
from ponte.sales.models import Form, Origin
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.forms import custom_inputs

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
TEXTS = {"title": 200, "intro": 1000, "button": 60, "thanks": 1000}
COLUMNS = (
    "name", *TEXTS, "language", "fields", "consents", "redirect_url", "double_opt_in", "origin", "owner_id", "least_seconds",
    "most_per_hour", "is_active",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FormData:
    """A form as somebody designs it. ``consents`` are ``{"purpose", "channels", "required"}`` each."""

    name: str
    fields: Sequence[FormField]
    title: str = ""
    intro: str = ""
    button: str = ""
    language: str = "pt-br"
    consents: Sequence[Mapping[str, Any]] = ()
    thanks: str = ""
    redirect_url: str = ""
    double_opt_in: bool = False
    origin: str = ""
    owner_id: UUID | None = None
    least_seconds: int = 2
    most_per_hour: int = 30
    is_active: bool = True


@transaction.atomic
def create_form(*, actor: Actor, data: FormData, is_demo: bool = False) -> Form:
    """Make a form; it is open at once unless ``data`` says otherwise.

    Raises:
        Denied: without the area "sales". Invalid: what can't be, by field; ``fields.2.label`` names the third field of the form.
    """
    check_sales_settings(actor)
    form = Form(public_id=secrets.token_urlsafe(9), is_demo=is_demo, **_cleaned(actor, data))
    form.save(force_insert=True)
    audit.record(actor=actor, act="form.created", target=form, changes={"name": (None, form.name)})
    return form


@transaction.atomic
def update_form(*, actor: Actor, form_id: UUID, data: FormData, version: int | None = None) -> Form:
    """Change a form; what was sent through it stays as it was.

    Raises:
        Denied, Invalid: as ``create_form``. Missing: no such form. Conflict: changed since ``version``.
    """
    check_sales_settings(actor)
    form = _locked(form_id)
    check_version(form, version)
    cleaned = _cleaned(actor, data)
    before = {name: getattr(form, name) for name in COLUMNS}
    changes = audit.diff(before, cleaned)
    if not changes:
        return form
    for name, value in cleaned.items():
        setattr(form, name, value)
    form.version += 1
    form.save()
    audit.record(actor=actor, act="form.updated", target=form, changes=changes)
    return form


@transaction.atomic
def switch_form(*, actor: Actor, form_id: UUID, is_active: bool, version: int | None = None) -> Form:
    """Let a form take answers, or close it: its address answers that it is closed. Nothing else of it is looked at.

    Raises:
        Denied: without the area "sales". Missing: no such form. Conflict: changed since ``version``.
    """
    check_sales_settings(actor)
    form = _locked(form_id)
    check_version(form, version)
    if form.is_active == is_active:
        return form
    form.is_active = is_active
    form.version += 1
    form.save(update_fields=["is_active", "version", "updated_at"])
    audit.record(
        actor=actor, act="form.updated", target=form, changes={"is_active": (not is_active, is_active)}
    )
    return form


@transaction.atomic
def delete_form(*, actor: Actor, form_id: UUID, version: int | None = None) -> None:
    """Take a form off: its address answers that it is closed; its leads stay."""
    check_sales_settings(actor)
    form = _locked(form_id)
    check_version(form, version)
    form.deleted_at = timezone.now()
    form.version += 1
    form.save(update_fields=["deleted_at", "version", "updated_at"])
    audit.record(actor=actor, act="form.deleted", target=form, changes={"name": (form.name, None)})


@transaction.atomic
def restore_form(*, actor: Actor, form_id: UUID) -> None:
    """Put a form that was taken off back; it has its old address."""
    check_sales_settings(actor)
    form = Form.objects.select_for_update().filter(id=form_id, deleted_at__isnull=False).first()
    if form is None:
        raise Missing("form")
    form.deleted_at = None
    form.version += 1
    form.save(update_fields=["deleted_at", "version", "updated_at"])
    audit.record(actor=actor, act="form.restored", target=form, changes={"name": (None, form.name)})


def _locked(form_id: UUID) -> Form:
    form = Form.objects.select_for_update().filter(id=form_id, deleted_at=None).first()
    if form is None:
        raise Missing("form")
    return form


def _cleaned(actor: Actor, data: FormData) -> dict[str, Any]:
    problems: list[FieldProblem] = []
    name = " ".join(data.name.split())
    if not name or len(name) > 120:
        problems.append(FieldProblem("name", "required", _("Give the form a name of at most 120 letters.")))
    for key, longest in TEXTS.items():
        if len(getattr(data, key).strip()) > longest:
            message = _("Use at most %(length)s characters.") % {"length": longest}
            problems.append(FieldProblem(key, "too_long", message))
    problems += _wrong_settings(data)
    fields = _clean_fields(data.fields, problems)
    consents = _clean_consents(actor, data, problems)
    if problems:
        raise Invalid(problems)
    return {
        "name": name,
        **{key: getattr(data, key).strip() for key in TEXTS},
        "language": data.language,
        "fields": [one.to_json() for one in fields],
        "consents": consents,
        "redirect_url": data.redirect_url.strip(),
        "double_opt_in": data.double_opt_in,
        "origin": data.origin,
        "owner_id": data.owner_id,
        "least_seconds": data.least_seconds,
        "most_per_hour": data.most_per_hour,
        "is_active": data.is_active,
    }


def _wrong_settings(data: FormData) -> list[FieldProblem]:
    problems = []
    if data.language not in LANGUAGES:
        problems.append(FieldProblem("language", "invalid_choice", _("Choose one of the options.")))
    if data.origin and data.origin not in Origin.values:
        problems.append(FieldProblem("origin", "invalid_choice", _("Choose one of the options.")))
    if data.redirect_url.strip() and not _is_address(data.redirect_url.strip()):
        message = _("Give a whole address that begins with https:// or http://.")
        problems.append(FieldProblem("redirect_url", "invalid", message))
    if data.owner_id and not Member.objects.filter(id=data.owner_id, is_active=True).exists():
        problems.append(FieldProblem("owner_id", "missing", _("There is no such colleague.")))
    if not 0 <= data.least_seconds <= 60:
        problems.append(FieldProblem("least_seconds", "range", _("Give between 0 and 60 seconds.")))
    if not 1 <= data.most_per_hour <= 100_000:
        problems.append(FieldProblem("most_per_hour", "range", _("Give a number between 1 and 100,000.")))
    if data.double_opt_in and not settings.PONTE_SENDS_MAIL:
        message = _("This installation sends no mail yet (EMAIL_URL), so nothing can be confirmed by e-mail.")
        problems.append(FieldProblem("double_opt_in", "no_mail", message))
    if data.double_opt_in and not any(one.type == "email" for one in data.fields):
        message = _("Confirming by e-mail needs the field “E-mail” in the form.")
        problems.append(FieldProblem("double_opt_in", "no_email", message))
    return problems


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and len(text) <= 500


def _clean_fields(fields: Sequence[FormField], problems: list[FieldProblem]) -> list[FormField]:
    if not any(one.type in ("name", "email", "phone", "company") for one in fields):
        message = _(
            "Ask at least for a name, an e-mail, a phone or a company: otherwise nobody can be answered."
        )
        problems.append(FieldProblem("fields", "nobody", message))
    if len(fields) > MOST_FIELDS:
        message = _("Use at most %(most)s fields.") % {"most": MOST_FIELDS}
        problems.append(FieldProblem("fields", "too_many", message))
    before: dict[str, FormField] = {}
    custom = custom_inputs() if any(one.type == CUSTOM for one in fields) else {}
    for number, one in enumerate(fields):
        for key, code, message in _wrong_field(one, before, custom):
            problems.append(FieldProblem(f"fields.{number}.{key}", code, message))
        before[one.key] = one
    return list(fields)


def _wrong_field(
    one: FormField, before: Mapping[str, FormField], custom: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    wrong = []
    if not KEY.fullmatch(one.key) or one.key in before:
        wrong.append(("key", "taken", _("This field stands in the form already.")))
    if one.type != CUSTOM and one.type not in TYPES:
        wrong.append(("type", "unknown", _("There is no such field. Check its name.")))
    if one.type == CUSTOM and one.custom not in custom:
        wrong.append(("type", "unknown", _("There is no such field any more. Take it out of the form.")))
    if not one.label or len(one.label) > 300:
        wrong.append(("label", "required", _("Write what is asked, in at most 300 letters.")))
    known = TYPES.get(one.type)
    if known and known.takes_options and not 2 <= len(one.options) <= MOST_OPTIONS:
        wrong.append(("options", "required", _("Write at least two options, one on each line.")))
    if one.shown and one.shown.field not in before:
        message = _("A field can depend only on one that stands above it.")
        wrong.append(("shown", "order", message))
    elif one.shown and one.shown.value:
        options = dict(before[one.shown.field].options)
        if options and one.shown.value not in options:
            wrong.append(("shown", "unknown", _("The field it depends on has no such option.")))
    return wrong


def _clean_consents(actor: Actor, data: FormData, problems: list[FieldProblem]) -> list[dict[str, Any]]:
    """Return what is agreed to, and keep the words shown as a version of their own."""
    purposes = {info.key: info for info in list_purposes() if info.can_be_declined}
    cleaned = []
    for one in data.consents:
        info = purposes.get(str(one["purpose"]))
        if info is None:
            problems.append(FieldProblem("consents", "unknown", _("Choose a purpose that is in use.")))
            continue
        channels = [c for c in ContactChannel.values if c in one.get("channels", ()) and c in info.channels]
        if not channels:
            message = _("Choose at least one channel for “%(purpose)s”.") % {"purpose": info.name}
            problems.append(FieldProblem("consents", "required", message))
            continue
        keep_text(actor=actor, purpose=info, language=data.language)
        cleaned.append({"purpose": info.key, "channels": channels, "required": bool(one.get("required"))})
    return cleaned


__all__ = ["FormData", "Shown", "create_form", "delete_form", "restore_form", "switch_form", "update_form"]
