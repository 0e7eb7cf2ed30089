"""Error pages: what happened and what to do, in the reader's language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ponte.core.errors import Conflict, Invalid


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an absent page and for one that isn't the reader's: they look alike."""
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a request Ponte can't read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a refused request."""
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a defect of ours; shows the id to tell support, and touches no database."""
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a form that was open too long or came from elsewhere."""
    return render(request, "403_csrf.html", status=403)


def conflict(request: HttpRequest, refusal: Conflict) -> HttpResponse:
    """Answer for the second of two edits."""
    return render(request, "409.html", {"conflict": refusal}, status=409)


def invalid(request: HttpRequest, refusal: Invalid) -> HttpResponse:
    """Answer for input a view didn't turn into form errors."""
    return render(request, "422.html", {"problems": refusal.problems}, status=422)


def taken(request: HttpRequest) -> HttpResponse:
    """Answer for the second of two writers of a value that must be unique."""
    return render(request, "409_taken.html", status=409)
