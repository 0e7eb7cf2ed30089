"""What is done to a quote besides editing: sending, a new edition, comments, links, bin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Denied
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.quote_acts import CommentForm, SendForm
from ponte.sales.models.quote import Quote
from ponte.sales.quote_policies import get_visible_quote, may_quote
from ponte.sales.services.document_bin import delete_quote, restore_quote
from ponte.sales.services.document_comments import comment_quote
from ponte.sales.services.quote_links import renew_link
from ponte.sales.services.quote_sending import revise_quote, send_quote, withdraw_quote
from ponte.sales.services.quotes import copy_quote
from ponte.ui.htmx import go_to, toast
from ponte.workplace.admin.answers import answer_act, answer_form


@require_http_methods(["GET", "POST"])
@requires("quote", "edit")
def send(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Seal the edition and give it to the customer."""
    quote = editable(request, quote_id)
    form = SendForm(request.POST or None, email=quote.party.email)

    def save(given: dict[str, Any]) -> None:
        send_quote(
            actor=request.actor,
            quote_id=quote.id,
            channel=given["channel"],
            message=given["message"],
            base=request.build_absolute_uri("/"),
        )

    return answer_form(
        request, form, save, title=_("Send quote"), done=_("The quote is out. Its link is on this page."),
        back=quote_url(quote.id), submit_label=_("Send"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires("quote", "view")
def comment(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Answer on the quote's public page."""
    quote = editable(request, quote_id)
    form = CommentForm(request.POST or None, readers=_("The customer reads it on the quote's page."))

    def save(given: dict[str, Any]) -> None:
        comment_quote(actor=request.actor, quote_id=quote.id, body=given["body"])

    return answer_form(
        request, form, save, title=_("Write to the customer"), done=_("Sent."), back=quote_url(quote.id)
    )


@require_POST
@requires("quote", "edit")
def revise(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Begin the next edition and open its editor."""
    return answer_act(
        request,
        lambda: revise_quote(actor=request.actor, quote_id=quote_id),
        done=_("A new edition has begun. The one sent before can no longer be accepted."),
        back=reverse("sales:quote_edit", args=[quote_id]),
        leave=True,
    )


@require_POST
@requires("quote", "edit")
def withdraw(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Take a quote back."""
    return answer_act(
        request,
        lambda: withdraw_quote(actor=request.actor, quote_id=quote_id),
        done=_("The quote was withdrawn. Its link no longer works."),
        back=quote_url(quote_id),
    )


@require_POST
@requires("quote", "edit")
def new_link(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """End the links there are and make a new one."""
    return answer_act(
        request,
        lambda: renew_link(actor=request.actor, quote_id=quote_id),
        done=_("There is a new link. The old one no longer works."),
        back=quote_url(quote_id),
    )


@require_POST
@requires("quote", "create")
def copy(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Begin a new quote like this one."""
    made = copy_quote(actor=request.actor, quote_id=quote_id)
    return redirect("sales:quote_edit", made.id)


@require_POST
@requires("quote", "delete")
def delete(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Put a quote into the bin; the toast offers to undo."""

    def act() -> None:
        delete_quote(actor=request.actor, quote_id=quote_id)

    if request.htmx:
        act()
        undo_url = reverse("sales:quote_restore", args=[quote_id])
        return toast(go_to(reverse("sales:quotes")), _("Quote deleted"), undo_url=undo_url)
    return answer_act(request, act, done=_("Quote deleted"), back=reverse("sales:quotes"), leave=True)


@require_POST
@requires("quote", "delete")
def restore(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Take a quote out of the bin."""
    restore_quote(actor=request.actor, quote_id=quote_id)
    return redirect("sales:quote", quote_id)


def editable(request: WorkspaceRequest, quote_id: UUID) -> Quote:
    """Return a quote the member sees and may edit; raise ``Missing`` or ``Denied``."""
    quote = get_visible_quote(request.member, quote_id)
    if not may_quote(request.member, "edit", quote):
        raise Denied("quote", "edit")
    return quote


def quote_url(quote_id: UUID) -> str:
    """Return the address of a quote's page."""
    return reverse("sales:quote", args=[quote_id])
