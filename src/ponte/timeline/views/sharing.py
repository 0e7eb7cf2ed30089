"""Showing an entry to colleagues, in the browser."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.timeline.selectors.interactions import get_interaction
from ponte.timeline.services.sharing import MAX_NOTE, share_interaction
from ponte.ui.forms import add_problems
from ponte.ui.htmx import close_dialog
from ponte.ui.layouts import frame_of

SHOWN = 200


class ShareForm(forms.Form):
    """With whom, and a word beside it."""

    member_ids = forms.MultipleChoiceField(
        label=gettext_lazy("With whom"), widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=gettext_lazy("A word beside it"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_http_methods(["GET", "POST"])
@requires("interaction", "view")
def share(request: WorkspaceRequest, interaction_id: UUID) -> HttpResponse:
    """Choose colleagues and show them an entry."""
    row = get_interaction(request.member, interaction_id)
    form = ShareForm(request.POST if request.method == "POST" else None)
    field = form.fields["member_ids"]
    assert isinstance(field, forms.MultipleChoiceField)
    others = Member.objects.filter(is_active=True).exclude(id=request.member.id).order_by("sort_name", "id")
    field.choices = [(str(one.id), one.name) for one in others[:SHOWN]]
    if request.method == "POST" and form.is_valid():
        chosen = [UUID(one) for one in form.cleaned_data["member_ids"]]
        try:
            told = share_interaction(
                actor=request.actor, interaction=row, member_ids=chosen, note=form.cleaned_data["note"]
            )
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            number = len(told)
            done = ngettext("Shared with %(number)d colleague", "Shared with %(number)d colleagues", number)
            if frame_of(request) == "page":
                return redirect("directory:record", row.party_id)
            return close_dialog(done % {"number": number})
    context = {
        "form": form,
        "title": _("Show to colleagues"),
        "submit_label": _("Share"),
        "cancel_url": reverse("directory:record", args=[row.party_id]),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)
