"""The manifest, the service worker and the page for times without a network. None of them holds anybody's data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ponte.config.device.worker import LANGUAGES, offline_page, worker_text
from ponte.core.tenancy.urls import public_reverse

ACCENT, CANVAS = "#0b7264", "#f5f7f7"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Answer what a browser shows of the installed product."""
    page = public_reverse("offline")
    icon = {"src": static("ui/icon-192.png"), "sizes": "192x192", "type": "image/png"}
    content = {
        "id": "/",
        "name": "Ponte",
        "short_name": "Ponte",
        "description": _("Customers, sales and service on one page."),
        "lang": get_language() or "",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": CANVAS,
        "theme_color": ACCENT,
        "icons": [
            icon,
            {"src": static("ui/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("ui/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        "shortcuts": [{"name": _("Quick note"), "url": page, "icons": [icon]}],
    }
    response = JsonResponse(content, content_type="application/manifest+json")
    response["Cache-Control"] = "max-age=3600"
    return response


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Answer the service worker; browsers ask for it again with each visit."""
    response = HttpResponse(worker_text(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show the quick note. The browser keeps this page and shows it instead of any page it can't reach."""
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else (get_language() or LANGUAGES[0])
    response = HttpResponse(offline_page(language))
    response["Cache-Control"] = "no-cache"
    return response
