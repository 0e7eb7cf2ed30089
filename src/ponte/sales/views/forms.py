"""Settings: forms, their builder, where they are put, and what was held back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from ponte.core.errors import FieldProblem, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.core.tenancy.urls import public_reverse
from ponte.privacy.purposes import PurposeInfo, current_text
from ponte.sales.form_fields import read_fields
from ponte.sales.forms.form import (
    BuilderForm,
    Row,
    consent_rows,
    consents_in,
    fields_of,
    new_row,
    offered_types,
    rows_in,
    rows_of,
)
from ponte.sales.models import Form, PostState
from ponte.sales.qr_codes import qr_svg
from ponte.sales.selectors.forms import get_form, list_forms, posts_of
from ponte.sales.services.forms import FormData, create_form, delete_form, restore_form, update_form
from ponte.sales.services.handoff import handoff_hours, set_handoff_hours
from ponte.sales.views.form_posts import shown_posts
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to, toast
from ponte.workplace.admin.answers import answer_form


class HoursForm(forms.Form):
    """Within how many working hours sales answers a hand-over."""

    hours = forms.IntegerField(label=_("Working hours to answer"), min_value=1, max_value=400)


@require_safe
@requires("sales")
def index(request: WorkspaceRequest) -> HttpResponse:
    """Show the forms and what came through them."""
    context = {"forms": list(list_forms()[:300]), "hours": handoff_hours()}
    return render(request, "sales/settings/forms.html", context)


@require_http_methods(["GET", "POST"])
@requires("sales")
def hours(request: WorkspaceRequest) -> HttpResponse:
    """Say within how many working hours sales answers."""
    form = HoursForm(request.POST or None, initial={"hours": handoff_hours()})
    return answer_form(
        request,
        form,
        lambda told: set_handoff_hours(actor=request.actor, hours=told["hours"]),
        title=_("Answer to hand-overs"),
        done=_("Saved."),
        back=reverse("sales:forms"),
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Build a form."""
    return _build(request, None)


@require_http_methods(["GET", "POST"])
@requires("sales")
def edit(request: WorkspaceRequest, form_id: UUID) -> HttpResponse:
    """Change a form."""
    return _build(request, get_form(form_id))


def _build(request: WorkspaceRequest, form: Form | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    builder = BuilderForm(posted, initial=_initial(request, form))
    rows = rows_in(posted) if posted is not None else rows_of(form)
    kept = consents_in(posted) if posted is not None else form.consents if form else []
    problems: list[str] = []
    if posted is not None and builder.is_valid():
        try:
            saved = _save(request, form, builder, rows, posted)
        except Invalid as refusal:
            problems = _show(builder, rows, refusal)
        else:
            return redirect("sales:form", saved.id)
    asked = posted.get("language") if posted is not None else None
    language = asked or (form.language if form else request.member.language)

    def text_of(info: PurposeInfo) -> str:
        return current_text(info, language)

    context = {
        "form": builder,
        "it": form,
        "rows": rows,
        "others": rows,
        "types": offered_types(),
        "consents": consent_rows(kept, text_of),
        "problems": problems,
        "title": form.name if form else _("New form"),
        "cancel_url": reverse("sales:form", args=[form.id]) if form else reverse("sales:forms"),
    }
    return render(
        request, "sales/settings/form_builder.html", context, status=422 if posted is not None else 200
    )


def _initial(request: WorkspaceRequest, form: Form | None) -> dict[str, Any]:
    if form is None:
        language = request.member.language if request.member.language in ("pt-br", "en") else "pt-br"
        return {"language": language, "least_seconds": 2, "most_per_hour": 30, "is_active": True}
    names = [name for name in BuilderForm.base_fields if name != "owner"]
    return {**{name: getattr(form, name) for name in names}, "owner": form.owner_id}


def _save(
    request: WorkspaceRequest, form: Form | None, builder: BuilderForm, rows: list[Row], posted: QueryDict
) -> Form:
    told = dict(builder.cleaned_data)
    version, owner = told.pop("version"), told.pop("owner")
    data = FormData(
        **told, owner_id=owner.id if owner else None, fields=fields_of(rows), consents=consents_in(posted)
    )
    if form is None:
        return create_form(actor=request.actor, data=data)
    return update_form(actor=request.actor, form_id=form.id, data=data, version=version)


def _show(builder: BuilderForm, rows: list[Row], refusal: Invalid) -> list[str]:
    """Put what is wrong beside what it is about; return the rest."""
    own, rest = [], []
    for one in refusal.problems:
        head, _dot, tail = one.field.partition(".")
        number = tail.partition(".")[0]
        if head == "fields" and number.isdigit() and int(number) < len(rows):
            rows[int(number)].problems.append(str(one.message))
        elif head in builder.fields or head == "owner_id":
            own.append(FieldProblem(head.removesuffix("_id"), one.code, one.message))
        else:
            rest.append(str(one.message))
    if own:
        add_problems(builder, Invalid(own))
    return rest


@require_GET
@requires("sales")
def field(request: WorkspaceRequest) -> HttpResponse:
    """Answer a new row of the builder for ``?kind=``."""
    row = new_row(request.GET.get("kind", ""))
    if row is None:
        raise Missing("field")
    return render(request, "sales/settings/_form_row.html", {"row": row, "is_new": True})


@require_safe
@requires("sales")
def detail(request: WorkspaceRequest, form_id: UUID) -> HttpResponse:
    """Show where a form is, how it is put into a site, and what came through it."""
    form = get_form(form_id)
    state = request.GET.get("state", "")
    state = state if state in PostState.values else ""
    posts = posts_of(form.id, state, before=_uuid(request.GET.get("before", "")))
    record_view(actor=request.actor, object_type="form_post", ids=[post.id for post in posts], where="form")
    public = _absolute(
        request, public_reverse("form_public", slug=request.workspace.slug, public_id=form.public_id)
    )
    script = _absolute(
        request, public_reverse("form_script", slug=request.workspace.slug, public_id=form.public_id)
    )
    context = {
        "it": form,
        "public_url": public,
        "fair_url": f"{public}?feira=1",
        "script_tag": f'<script src="{script}" async></script>',
        "html": _html(public, form),
        "qr": qr_svg(f"{public}?utm_source=qr&utm_medium=evento"),
        "posts": shown_posts(request, form, posts),
        "state": state,
        "states": PostState.choices,
        "more": posts[-1].id if len(posts) == 50 else None,
    }
    return render(request, "sales/settings/form.html", context)


def _html(public: str, form: Form) -> str:
    """Return the form as plain HTML for a site of one's own; the looks are the site's."""
    lines = [f'<form action="{public}" method="post">']
    for one in read_fields(form.fields):
        needed = " required" if one.required else ""
        lines.append(f'  <label>{one.label} <input name="{one.key}"{needed}></label>')
    lines += ['  <input name="website" hidden>', f"  <button>{form.button or _('Send')}</button>", "</form>"]
    return "\n".join(lines)


@require_safe
@requires("sales")
def qr(request: WorkspaceRequest, form_id: UUID) -> HttpResponse:
    """Answer the QR code of a form as a picture to print."""
    form = get_form(form_id)
    public = _absolute(
        request, public_reverse("form_public", slug=request.workspace.slug, public_id=form.public_id)
    )
    response = HttpResponse(
        qr_svg(f"{public}?utm_source=qr&utm_medium=evento", size=1024), content_type="image/svg+xml"
    )
    response["Content-Disposition"] = f'attachment; filename="qr-{form.public_id}.svg"'
    return response


@require_POST
@requires("sales")
def delete(request: WorkspaceRequest, form_id: UUID) -> HttpResponse:
    """Take a form off; the toast offers to undo."""
    delete_form(actor=request.actor, form_id=form_id)
    if request.htmx:
        undo_url = reverse("sales:form_restore", args=[form_id])
        return toast(go_to(reverse("sales:forms")), _("Form taken off"), undo_url=undo_url)
    return redirect("sales:forms")


@require_POST
@requires("sales")
def restore(request: WorkspaceRequest, form_id: UUID) -> HttpResponse:
    """Put a form back."""
    restore_form(actor=request.actor, form_id=form_id)
    url = reverse("sales:form", args=[form_id])
    return go_to(url) if request.htmx else redirect(url)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _absolute(request: WorkspaceRequest, path: str) -> str:
    return settings.PONTE_URL.rstrip("/") + path if settings.PONTE_URL else request.build_absolute_uri(path)
