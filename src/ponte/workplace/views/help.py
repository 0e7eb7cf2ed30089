"""Help: the article about the page one is on, all the others, and the tours."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.members import set_member_preference
from ponte.workplace.help import HelpArticle, Tour, article_for_page, articles_for, tours_for
from ponte.workplace.help.tours import DONE, done_by


@require_safe
def help_index(request: WorkspaceRequest) -> HttpResponse:
    """Show the article about the page of ``?context=``, the tours, and the other articles."""
    return _show(request, article_for_page(request.member, request.GET.get("context", "")[:60]))


@require_safe
def help_article(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show one article."""
    found = next((article for article in articles_for(request.member) if article.key == key), None)
    if found is None:
        raise Http404
    return _show(request, found)


def _show(request: WorkspaceRequest, article: HelpArticle | None) -> HttpResponse:
    done = set(done_by(request.member))
    context = {
        "article": article,
        "articles": [each for each in articles_for(request.member) if each is not article],
        "tours": [(tour, tour.key in done) for tour in tours_for(request.member)],
    }
    return render(request, "workplace/help.html", context)


@require_safe
def tour(request: WorkspaceRequest, key: str) -> JsonResponse:
    """Answer a tour as its front end walks it."""
    found = _tour(request.member, key)
    steps = [
        {
            "target": step.target,
            "title": str(step.title),
            "text": str(step.text),
            "url": reverse(step.url_name) if step.url_name else "",
        }
        for step in found.steps
    ]
    done = reverse("workplace:tour_done", args=[key])
    return JsonResponse({"key": key, "title": str(found.title), "steps": steps, "done": done})


@require_POST
def tour_done(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Keep that the member has walked a tour to its end."""
    found = _tour(request.member, key)
    known = done_by(request.member)
    if found.key not in known:
        set_member_preference(member=request.member, key=DONE, value=[*known, found.key])
    return HttpResponse(status=204)


def _tour(member: Member, key: str) -> Tour:
    found = next((tour for tour in tours_for(member) if tour.key == key), None)
    if found is None:
        raise Http404
    return found
