"""Screens of the tree of categories."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.commerce.models import Category
from ponte.commerce.selectors.products import list_categories
from ponte.commerce.services.categories import create_category, delete_category, update_category
from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to, toast
from ponte.ui.layouts import frame_of


class CategoryForm(forms.Form):
    """A category's name and place."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    parent_id = forms.ChoiceField(label=gettext_lazy("Inside of"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent_id"]
        assert isinstance(parent, forms.ChoiceField)
        rows = [(str(row.id), "– " * row.depth + row.name) for row in list_categories()]  # type: ignore[attr-defined]
        parent.choices = [("", _("Nothing (top level)")), *rows]


@require_GET
@requires("product", "view")
def tree(request: WorkspaceRequest) -> HttpResponse:
    """Show all categories."""
    context = {
        "categories": list_categories(),
        "may_create": may(request.member, "product", "create"),
        "may_edit": may(request.member, "product", "edit"),
        "may_delete": may(request.member, "product", "delete"),
    }
    return render(request, "commerce/categories.html", context)


@require_http_methods(["GET", "POST"])
@requires("product", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Add a category."""
    form = CategoryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            create_category(actor=request.actor, name=form.cleaned_data["name"], parent_id=_parent(form))
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _done(request)
    return _form(request, form, _("New category"))


@require_http_methods(["GET", "POST"])
@requires("product", "edit")
def edit(request: WorkspaceRequest, category_id: UUID) -> HttpResponse:
    """Rename or move a category."""
    category = Category.objects.filter(id=category_id).first()
    if category is None:
        raise Missing
    initial = {"name": category.name, "parent_id": str(category.parent_id or ""), "version": category.version}
    form = CategoryForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            update_category(
                actor=request.actor,
                category_id=category_id,
                name=form.cleaned_data["name"],
                parent_id=_parent(form),
                version=form.cleaned_data["version"],
            )
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _done(request)
    return _form(request, form, _("Edit category"))


@require_POST
@requires("product", "delete")
def delete(request: WorkspaceRequest, category_id: UUID) -> HttpResponse:
    """Remove an empty category; says why where it isn't."""
    try:
        delete_category(actor=request.actor, category_id=category_id)
    except Invalid as refusal:
        if request.htmx:
            return toast(HttpResponse(status=422), refusal.problems[0].message, tone="error")
        raise
    return _done(request)


def _parent(form: CategoryForm) -> UUID | None:
    text = form.cleaned_data["parent_id"]
    return UUID(text) if text else None


def _form(request: WorkspaceRequest, form: CategoryForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel_url": reverse("commerce:categories")}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _done(request: WorkspaceRequest) -> HttpResponse:
    url = reverse("commerce:categories")
    return redirect(url) if frame_of(request) == "page" else go_to(url)
