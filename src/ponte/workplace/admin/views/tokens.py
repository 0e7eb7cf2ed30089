"""API tokens: one's own and, for those who look after integrations, everybody's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area
from ponte.core.services.tokens import create_token, revoke_token
from ponte.core.tenancy.models import ApiToken
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act
from ponte.workplace.admin.forms.settings import SCOPE_LABELS, TokenForm


@require_safe
def token_list(request: WorkspaceRequest) -> HttpResponse:
    """Show one's own tokens and, with ``?everyone``, all of the workspace where the role allows it."""
    oversees = may_area(request.member, "integrations")
    everyone = oversees and "everyone" in request.GET
    tokens = ApiToken.objects.filter(workspace=request.workspace).order_by("-id")
    if not everyone:
        tokens = tokens.filter(member_id=request.member.id)
    shown = list(tokens[:300])
    owners = dict(
        Member.objects.filter(id__in={token.member_id for token in shown}).values_list("id", "name")
    )
    context = {
        "tokens": [
            {"token": token, "owner": owners.get(token.member_id, ""), "scopes": _scopes(token)}
            for token in shown
        ],
        "oversees": oversees,
        "everyone": everyone,
    }
    return render(request, "workplace/admin/tokens.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def token_create(request: WorkspaceRequest) -> HttpResponse:
    """Make a token for oneself and show its secret, this once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = create_token(
                member=request.member,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(),
                actor=request.actor,
            )
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return render(request, "workplace/admin/secret.html", _made(token.name, secret))
    context = {"form": form, "title": _("New API token"), "submit_label": _("Create")}
    context["cancel_url"] = reverse("workplace:tokens")
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)


@require_POST
def token_revoke(request: WorkspaceRequest, token_id: UUID) -> HttpResponse:
    """Stop a token: one's own, or anybody's where the role allows it."""
    token = ApiToken.objects.filter(id=token_id, workspace=request.workspace).first()
    mine = token is not None and token.member_id == request.member.id
    if token is None or not (mine or may_area(request.member, "integrations")):
        raise Missing
    return answer_act(
        request,
        lambda: revoke_token(token=token, actor=request.actor),
        done=_("The token no longer works."),
        back=reverse("workplace:tokens"),
    )


def _made(name: str, secret: str) -> dict[str, object]:
    return {
        "title": name,
        "secret": secret,
        "label": _("API token"),
        "explanation": _(
            "Copy it now: it is shown this once. Programs send it as “Authorization: Bearer …”."
        ),
        "back": reverse("workplace:tokens"),
    }


def _scopes(token: ApiToken) -> list[object]:
    return [SCOPE_LABELS.get(scope, scope) for scope in token.scopes]
