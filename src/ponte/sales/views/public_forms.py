"""Forms for people without an account: the hosted page, the one inside other sites, the endpoint, the confirmation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.errors import Missing
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import active_workspace, workspace_context, workspace_scope
from ponte.core.tenancy.urls import public_reverse
from ponte.sales.form_fields import FormField, read_fields
from ponte.sales.models import Form
from ponte.sales.origins import CLICKS, UTM
from ponte.sales.public_limits import take_turn
from ponte.sales.selectors.forms import agreed_with, open_form
from ponte.sales.services import public_posts
from ponte.sales.services.confirming import confirm_post, read_token
from ponte.sales.services.form_posts import wake_reader
from ponte.sales.services.public_posts import Sent, receive_post, started_token

ANYBODY = "*"


@dataclass(frozen=True)
class Drawn:
    """One field as the page draws it."""

    field: FormField
    value: Any
    problem: str

    @property
    def chosen(self) -> list[str]:
        return self.value if isinstance(self.value, list) else [self.value] if self.value else []


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def form_page(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Show a form, and take in what is sent, from this page or from any other site.

    Nobody is logged in here and nothing is done in anybody's name, so a forged request could do no more than a form filled in.
    """
    return _serve(request, slug, public_id, inside=False)


@csrf_exempt
@never_cache
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def embedded(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Show a form inside another site's page."""
    response = _serve(request, slug, public_id, inside=True)
    response._csp_replace = {"frame-ancestors": [ANYBODY]}  # type: ignore[attr-defined]
    return response


@require_safe
def embed_script(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Answer the script that puts a form into another site's page, where the script stands."""
    found = _on_form(slug, public_id, lambda workspace, form: form.title or form.name)
    if found is None:
        raise Http404
    address = _absolute(request, public_reverse("form_embedded", slug=slug, public_id=public_id))
    words = {"address": address, "title": found}
    response = render(request, "sales/public/embed.js", words, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "max-age=300"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether it was them, and note that they confirmed; only POST changes anything: programs that look into mail follow links."""
    address = request.META.get("REMOTE_ADDR", "")
    found = read_token(token)
    workspace = Workspace.objects.filter(id=found[0], is_active=True).first() if found else None
    if found is None or workspace is None or not take_turn(address):
        raise Http404
    context: dict[str, Any] = {"workspace": workspace, "done": False}
    try:
        with workspace_scope(workspace):
            if request.method == "POST":
                confirm_post(post_id=found[1], address=address)
                context["done"] = True
    except Missing:
        raise Http404 from None
    return _private(render(request, "sales/public/confirm.html", context))


def _serve(request: HttpRequest, slug: str, public_id: str, *, inside: bool) -> HttpResponse:
    if not take_turn(request.META.get("REMOTE_ADDR", "")):
        return _private(_open_to_all(render(request, "429.html", status=429)))
    workspace = active_workspace(slug)
    if workspace is None:
        raise Http404
    with workspace_scope(workspace):
        form = open_form(public_id)
        if form is None:
            return _private(render(request, "sales/public/closed.html", {"workspace": workspace}, status=404))
        with translation.override(form.language):
            sent = _receive(request, form) if request.method == "POST" else None
            response = _answer(request, workspace, form, sent, inside=inside)
    if sent is not None and not sent.problems:
        with workspace_context(workspace):  # after the commit, see ``wake_reader``
            wake_reader()
    return response


def _receive(request: HttpRequest, form: Form) -> Sent:
    return receive_post(
        form=form,
        given=request.POST.getlist,
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", "")[:300],
        referrer=request.headers.get("Referer", ""),
    )


def _answer(
    request: HttpRequest, workspace: Workspace, form: Form, sent: Sent | None, *, inside: bool
) -> HttpResponse:
    if sent is not None and "application/json" in request.headers.get("Accept", ""):
        body: dict[str, Any] = {"ok": not sent.problems, "problems": sent.problems}
        if not sent.problems:
            body |= {"thanks": _thanks(form), "redirect": form.redirect_url}
        return _open_to_all(JsonResponse(body, status=422 if sent.problems else 200))
    if sent is not None and not sent.problems:
        own = f"{request.path}?{urlencode({'sent': 1})}"
        return HttpResponseRedirect(
            form.redirect_url if form.redirect_url and not inside else own, status=303
        )
    response = render(
        request,
        "sales/public/form.html",
        _page(request, workspace, form, sent, inside=inside),
        status=422 if sent else 200,
    )
    if form.redirect_url:  # browsers apply the rule for forms to where they lead on, too
        parts = urlsplit(form.redirect_url)
        response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return _private(response)


def _page(
    request: HttpRequest, workspace: Workspace, form: Form, sent: Sent | None, *, inside: bool
) -> dict[str, Any]:
    values = sent.values if sent else {}
    raw = request.POST if sent else request.GET
    problems = sent.problems if sent else {}
    fields = [
        Drawn(one, values.get(one.key) or (raw.getlist(one.key) if one.many else raw.get(one.key, ""))[: one.longest], problems.get(one.key, ""))
        for one in read_fields(form.fields)
    ]  # fmt: skip
    consents = [
        (one, public_posts.CONSENT + one.purpose, bool(sent and one.purpose in sent.agreed), problems.get(public_posts.CONSENT + one.purpose, ""))
        for one in agreed_with(form)
    ]  # fmt: skip
    return {
        "workspace": workspace,
        "form": form,
        "fields": fields,
        "consents": consents,
        "problems": problems,
        "was_sent": "sent" in request.GET,
        "thanks": _thanks(form),
        "inside": inside,
        "at_fair": "feira" in request.GET or "fair" in request.GET,
        "hidden": [(name, raw.get(name, "")[:300]) for name in (*UTM, *CLICKS) if raw.get(name)],
        "started": raw.get(public_posts.STARTED, "") if sent else started_token(),
        "client": raw.get(public_posts.CLIENT, "") if sent else get_random_string(24),
        "page_address": raw.get(public_posts.PAGE, "") or ("" if inside else request.build_absolute_uri()),
        "referrer": raw.get(public_posts.REFERRER, "")
        or ("" if inside else request.headers.get("Referer", "")),
        "icon": static("ui/mark.svg"),
    }


def _thanks(form: Form) -> str:
    from django.utils.translation import gettext

    return form.thanks or gettext("Thank you! We received it and will be in touch soon.")


def _on_form(slug: str, public_id: str, read: Callable[[Workspace, Form], Any]) -> Any:
    workspace = active_workspace(slug)
    if workspace is None:
        return None
    with workspace_scope(workspace, durable=False):
        form = open_form(public_id)
        return read(workspace, form) if form else None


def _absolute(request: HttpRequest, path: str) -> str:
    return settings.PONTE_URL.rstrip("/") + path if settings.PONTE_URL else request.build_absolute_uri(path)


def _open_to_all(response: HttpResponse) -> HttpResponse:
    """Let scripts of other sites read the answer: it is the same for everybody and says nothing of anybody."""
    response["Access-Control-Allow-Origin"] = ANYBODY
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
