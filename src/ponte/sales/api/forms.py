"""The API of forms and of what came through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response, plain, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.core.errors import FieldProblem, Invalid, Missing
from ponte.core.services.audit import record_view
from ponte.core.tenancy.urls import public_reverse
from ponte.sales.api.forms_schemas import (
    CatalogueOut,
    FormFieldIn,
    FormIn,
    FormOut,
    FormPatch,
    PostFilters,
    PostOut,
)
from ponte.sales.form_fields import CATALOGUE, CUSTOM, CUSTOM_INPUTS, TYPES, FormField, read_fields
from ponte.sales.forms.form import Row, fields_of
from ponte.sales.models import Form, FormPost
from ponte.sales.policies import check_sales_settings, visible_leads
from ponte.sales.selectors.forms import custom_inputs, get_form, words_of
from ponte.sales.services.form_reading import discard_post, release_post
from ponte.sales.services.forms import (
    COLUMNS,
    FormData,
    create_form,
    delete_form,
    restore_form,
    switch_form,
    update_form,
)

router = Router(tags=["Forms"])
ADMIN = scope("admin")


@router.get("/forms", auth=ADMIN, response=Page[FormOut])
def list_forms(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List forms, with their fields, conditions and the words of consent they show."""
    check_sales_settings(request.actor)
    rows = Form.objects.filter(deleted_at=None)
    found, cursor = slice_of(rows, order=("id",), limit=paging.limit, cursor=paging.cursor)
    shown = shown_fields(request, FormOut, paging.fields)
    items = [plain(request, one, FormOut, shown) for one in _views(request, found)]
    return json_response({"items": items, "next_cursor": cursor})


@router.post("/forms", auth=ADMIN, response={201: FormOut})
def add_form(request: ApiRequest, data: FormIn) -> HttpResponse:
    """Make a form; it takes answers at once unless `is_active` is false."""
    told = data.dict(exclude={"fields", "consents"})
    form = create_form(
        actor=request.actor,
        data=FormData(**told, fields=_fields(data.fields), consents=[one.dict() for one in data.consents]),
    )
    return _reply(request, form, status=201)


@router.get("/forms/catalogue", auth=ADMIN, response=CatalogueOut)
def list_field_types(request: ApiRequest) -> dict[str, Any]:
    """Return every kind of field a form may have, custom fields of people, companies and leads included."""
    check_sales_settings(request.actor)
    items: list[dict[str, Any]] = [
        {"type": one.key, "label": str(one.label), "input": one.input, "takes_options": one.takes_options and one.own, "repeatable": one.own}
        for one in CATALOGUE
    ]  # fmt: skip
    items += [
        {"type": CUSTOM, "label": one.label, "input": CUSTOM_INPUTS[one.kind], "custom": key}
        for key, one in custom_inputs().items()
    ]
    return {"items": items}


@router.get("/forms/{form_id}", auth=ADMIN, response=FormOut)
def get_a_form(request: ApiRequest, form_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one form."""
    check_sales_settings(request.actor)
    return _reply(request, get_form(form_id), fields=sparse.fields)


@router.patch("/forms/{form_id}", auth=ADMIN, response=FormOut)
def change_form(request: ApiRequest, form_id: UUID, data: FormPatch) -> HttpResponse:
    """Change a form; what was sent through it stays as it was. `is_active` alone opens or closes it."""
    check_sales_settings(request.actor)
    given = data.model_fields_set
    version = if_match(request)
    if given <= {"is_active"}:
        kept = get_form(form_id)
        active = data.is_active if given else kept.is_active
        switched = switch_form(actor=request.actor, form_id=form_id, is_active=active, version=version)
        return _reply(request, switched)
    changes = {name: getattr(data, name) for name in given - {"fields", "consents"}}
    if "fields" in given:
        changes["fields"] = _fields(data.fields)
    if "consents" in given:
        changes["consents"] = [one.dict() for one in data.consents]
    changed = replace(_kept(get_form(form_id)), **changes)
    return _reply(request, update_form(actor=request.actor, form_id=form_id, data=changed, version=version))


@router.delete("/forms/{form_id}", auth=ADMIN, response={204: None})
def remove_form(request: ApiRequest, form_id: UUID) -> Status[None]:
    """Take a form off: its address answers that it is closed; its leads stay, and it can be put back."""
    delete_form(actor=request.actor, form_id=form_id, version=if_match(request))
    return Status(204, None)


@router.post("/forms/{form_id}/restore", auth=ADMIN, response=FormOut)
def put_form_back(request: ApiRequest, form_id: UUID) -> HttpResponse:
    """Put a form that was taken off back; it has its old address."""
    restore_form(actor=request.actor, form_id=form_id)
    return _reply(request, get_form(form_id))


@router.get("/forms/{form_id}/posts", auth=ADMIN, response=Page[PostOut])
def list_posts(
    request: ApiRequest, form_id: UUID, filters: Query[PostFilters], paging: Query[Paging]
) -> HttpResponse:
    """List what was sent through a form, the latest first; `state=held` is what waits for somebody to decide."""
    check_sales_settings(request.actor)
    get_form(form_id)
    rows = FormPost.objects.filter(form_id=form_id)
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    if filters.created_since is not None:
        rows = rows.filter(created_at__gte=filters.created_since)
    found, cursor = slice_of(rows, order=("-id",), limit=paging.limit, cursor=paging.cursor)
    shown = shown_fields(request, PostOut, paging.fields)
    items = [plain(request, one, PostOut, shown) for one in _posts(request, found)]
    return json_response({"items": items, "next_cursor": cursor})


@router.get("/forms/{form_id}/posts/{post_id}", auth=ADMIN, response=PostOut)
def get_post(request: ApiRequest, form_id: UUID, post_id: UUID) -> HttpResponse:
    """Return one thing sent through a form."""
    check_sales_settings(request.actor)
    return _reply_post(request, _post(form_id, post_id))


@router.post("/forms/{form_id}/posts/{post_id}/release", auth=ADMIN, response=PostOut)
def release_a_post(request: ApiRequest, form_id: UUID, post_id: UUID) -> HttpResponse:
    """Make a lead of what was held back."""
    check_sales_settings(request.actor)
    release_post(actor=request.actor, post_id=_post(form_id, post_id).id)
    return _reply_post(request, _post(form_id, post_id))


@router.post("/forms/{form_id}/posts/{post_id}/discard", auth=ADMIN, response=PostOut)
def discard_a_post(request: ApiRequest, form_id: UUID, post_id: UUID) -> HttpResponse:
    """Throw away what was held back."""
    check_sales_settings(request.actor)
    discard_post(actor=request.actor, post_id=_post(form_id, post_id).id)
    return _reply_post(request, _post(form_id, post_id))


def _fields(given: Sequence[FormFieldIn]) -> list[FormField]:
    """Return fields as the builder makes them; one named by a condition needs its key told where it is a question."""
    unknown = [number for number, one in enumerate(given) if one.type != CUSTOM and one.type not in TYPES]
    if unknown:
        message = _("There is no such field. Check its name.")
        raise Invalid([FieldProblem(f"fields.{number}.type", "unknown", message) for number in unknown])
    rows = [
        Row(
            uid=one.key or (f"-{number}" if one.type == CUSTOM or TYPES[one.type].own else one.type),
            type=one.type,
            label=one.label or ("" if one.type == CUSTOM or TYPES[one.type].own else str(TYPES[one.type].label)),
            help=one.help,
            required=one.required,
            options="\n".join(one.options),
            shown_field=one.shown.field if one.shown else "",
            shown_value=one.shown.value if one.shown else "",
            key=one.key,
            custom=one.custom,
        )
        for number, one in enumerate(given)
    ]  # fmt: skip
    return fields_of(rows)


def _kept(form: Form) -> FormData:
    told = {name: getattr(form, name) for name in COLUMNS if name != "fields"}
    return FormData(fields=read_fields(form.fields), **told)


def _views(request: ApiRequest, forms: Sequence[Form]) -> list[dict[str, Any]]:
    words = words_of(forms)
    return [_view(request, form, words) for form in forms]


def _view(request: ApiRequest, form: Form, words: dict[tuple[str, str], Any]) -> dict[str, Any]:
    fields = [
        {**one, "options": [{"value": value, "label": label} for value, label in one.get("options", ())]}
        for one in form.fields
    ]
    consents = []
    for one in form.consents:
        text = words.get((one["purpose"], form.language))
        consents.append(
            {**one, "words": text.body if text else "", "words_version": text.version if text else None}
        )
    names = ("id", "public_id", *COLUMNS, "created_at", "updated_at", "version")
    return {name: getattr(form, name) for name in names} | {
        "fields": fields,
        "consents": consents,
        "url": _address(request, "form_public", form),
        "script_url": _address(request, "form_script", form),
    }


def _address(request: ApiRequest, name: str, form: Form) -> str:
    path = public_reverse(name, slug=request.workspace.slug, public_id=form.public_id)
    return settings.PONTE_URL.rstrip("/") + path if settings.PONTE_URL else request.build_absolute_uri(path)


def _reply(request: ApiRequest, form: Form, *, status: int = 200, fields: str | None = None) -> HttpResponse:
    shown = shown_fields(request, FormOut, fields)
    response = json_response(plain(request, _views(request, [form])[0], FormOut, shown), status=status)
    response["ETag"] = f'"{form.version}"'
    if status == 201:
        response["Location"] = f"/api/v1/forms/{form.id}"
    return response


def _post(form_id: UUID, post_id: UUID) -> FormPost:
    get_form(form_id)
    post = FormPost.objects.filter(id=post_id, form_id=form_id).first()
    if post is None:
        raise Missing("form_post")
    return post


def _posts(request: ApiRequest, posts: Sequence[FormPost]) -> list[dict[str, Any]]:
    """Return posts as the API gives them; what they became is told to who may see that lead."""
    leads = {post.lead_id for post in posts if post.lead_id}
    seen = (
        set(visible_leads(request.member).filter(id__in=leads).values_list("id", flat=True))
        if leads
        else set()
    )
    record_view(
        actor=request.actor, object_type="form_post", ids=[post.id for post in posts], where="API: form posts"
    )
    names = (
        "id", "form_id", "state", "held_because", "values", "marks", "elapsed", "written_at", "confirmed_at", "created_at",
    )  # fmt: skip
    return [
        {name: getattr(post, name) for name in names}
        | {
            "consents": [one["purpose"] for one in post.consents],
            "lead_id": post.lead_id if post.lead_id in seen else None,
        }
        for post in posts
    ]


def _reply_post(request: ApiRequest, post: FormPost) -> HttpResponse:
    shown = shown_fields(request, PostOut, None)
    return json_response(plain(request, _posts(request, [post])[0], PostOut, shown))
