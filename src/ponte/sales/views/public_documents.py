"""What the pages behind a link of a sealed document do alike: show it, take the reader's word, give its file. Only POST changes anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.tenancy.models import Workspace
from ponte.sales.models.document import PublicLink, SealedDocument
from ponte.sales.views.public_frame import (
    customer_actor,
    evidence_of,
    first_wrong,
    problems_by_field,
    seen_by_customer,
    serve,
)

Evidence = dict[str, str]


class NoteLook(Protocol):
    """Counts a look at a link."""

    def __call__(self, *, actor: Actor, link_id: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """The page of one kind of sealed document.

    Args:
        name: what evidence calls the page. label: who acts there, as the audit log says.
        fields: those of its forms, in their order. pdf_name: the address of its file.
        find: the living link of a token; raises ``Missing``. last: the edition sent last, without its file.
        act: does what was posted; raises ``Invalid``. context: what its template shows of the edition.
    """

    name: str
    label: str
    template: str
    pdf_name: str
    fields: Sequence[str]
    find: Callable[[str], PublicLink]
    last: Callable[[PublicLink], SealedDocument]
    note_look: NoteLook
    act: Callable[[HttpRequest, PublicLink, Actor, Evidence], None]
    context: Callable[[HttpRequest, PublicLink, SealedDocument, dict[str, Any]], dict[str, Any]]


def show_document(request: HttpRequest, token: str, page: PublicDocument) -> HttpResponse:
    """Show the edition that was sent last in its own language, and take the reader's word."""

    def answer(workspace: Workspace) -> HttpResponse:
        link = page.find(token)
        document = page.last(link)
        content = json.loads(document.content)
        with translation.override(content["language"]):
            problems: dict[str, str] = {}
            if request.method == "POST":
                problems = _problems_of_act(request, page, link)
                if not problems:
                    return redirect(request.path)
            elif seen_by_customer(request, workspace):
                page.note_look(actor=customer_actor(request, page.label), link_id=link.id)
            context = {
                **page.context(request, link, document, content),
                "document": document,
                "content": content,
                "language": content["language"],
                "problems": problems,
                "wrong": first_wrong(problems, page.fields),
                "typed": request.POST,
                "opened": request.POST.get("act", ""),
                "token": token,
                "pdf_name": page.pdf_name,
            }
            return render(request, page.template, context, status=422 if problems else 200)

    return serve(request, token, answer)


def _problems_of_act(request: HttpRequest, page: PublicDocument, link: PublicLink) -> dict[str, str]:
    """Do what the form asks for; return what is wrong, by field ("whole" for the whole)."""
    evidence = evidence_of(request, page.name) | {"link": str(link.id)}
    try:
        page.act(request, link, customer_actor(request, page.label), evidence)
    except Invalid as refusal:
        return problems_by_field(refusal, page.fields)
    return {}
