"""What the settings pages answer: forms in dialogs, buttons that do one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to, refresh_page, toast


def answer_form(
    request: WorkspaceRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any]], object],
    *,
    title: object,
    done: object,
    back: str,
    template: str = "ui/form_page.html",
    **context: Any,
) -> HttpResponse:
    """Show ``form`` (in the dialog or as a page) or save it and go ``back``; refusals become errors of its fields."""
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return answer_done(request, done, back)
    context |= {"form": form, "title": title, "cancel_url": back}
    return render(request, template, context, status=422 if form.errors else 200)


def answer_act(
    request: WorkspaceRequest, act: Callable[[], object], *, done: object, back: str, leave: bool = False
) -> HttpResponse:
    """Do what a button asks for and go ``back``; a refusal is told and nothing is changed.

    With ``leave`` the page one is on no longer exists afterwards: the browser goes ``back`` instead of loading it anew.
    """
    try:
        act()
    except Invalid as refusal:
        text = " ".join(str(problem.message) for problem in refusal.problems)
        if request.htmx:
            return toast(HttpResponse(status=422), text, tone="error")
        return render(request, "422.html", {"problems": refusal.problems}, status=422)
    if leave and request.htmx:
        messages.success(request, str(done))
        return go_to(back)
    return answer_done(request, done, back)


def answer_done(request: WorkspaceRequest, done: object, back: str) -> HttpResponse:
    """Tell that it is done: a toast over the refreshed page, or the page one came from with a message."""
    if request.htmx:
        return refresh_page(done)
    messages.success(request, str(done))
    return redirect(back)
