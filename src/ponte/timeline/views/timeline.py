"""The middle of the record page: composer and timeline."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.models import Party
from ponte.timeline.forms.interaction import ComposerForm, FilterForm, show_problems
from ponte.timeline.kinds import all_kinds, composer_kinds
from ponte.timeline.policies import check_may_create, get_visible_party, interaction_fields
from ponte.timeline.selectors.people import find_colleagues, people_around
from ponte.timeline.selectors.timeline import TimelineFilter, timeline_page
from ponte.timeline.views.places import place_text, read_day, read_place
from ponte.timeline.views.present import by_day, show_all
from ponte.timeline.views.telling import keep_told
from ponte.timeline.words import CHANNELS, DEPARTMENTS
from ponte.ui.htmx import toast, trigger


def render_block(request: HttpRequest, party_id: UUID) -> SafeString:
    """Write composer and first page of the timeline into the record page."""
    assert isinstance(request.member, Member)  # type: ignore[attr-defined]
    member: Member = request.member  # type: ignore[attr-defined]
    party = get_visible_party(member, party_id)
    context = {**_composer(member, party), **_entries(member, party, TimelineFilter())}
    return render_to_string("timeline/_block.html", context, request)


@require_GET
@requires("interaction", "view")
def entries(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Answer a page of the timeline: the first of a filtered one, or the next after ``cursor``."""
    party = get_visible_party(request.member, party_id)
    wanted = FilterForm(request.GET).wanted()
    context = _entries(
        request.member,
        party,
        wanted,
        cursor=request.GET.get("cursor", ""),
        day=request.GET.get("day", ""),
        query=request.GET.urlencode(),
    )
    return render(request, "timeline/_entries.html", context)


def _entries(
    member: Member, party: Party, wanted: TimelineFilter, *, cursor: str = "", day: str = "", query: str = ""
) -> dict[str, Any]:
    after = read_place(cursor)
    page = timeline_page(member, party, wanted, after=after)
    shown = show_all(member, [*page.pinned, *page.entries], party=party)
    pinned, listed = shown[: len(page.pinned)], shown[len(page.pinned) :]
    more = ""
    if page.next_place is not None:
        last_day = listed[-1].local.date().isoformat()
        kept = _without_place(query)
        more = urlencode([*kept, ("cursor", place_text(page.next_place)), ("day", last_day)])
    return {
        "party": party,
        "pinned": pinned,
        "days": by_day(listed, after=read_day(day) if after else None),
        "more": more,
        "is_first": after is None,
        "is_filtered": wanted.is_active,
        "kinds": all_kinds().values(),
        "may_create": may(member, "interaction", "create"),
    }


def _without_place(query: str) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in QueryDict(query).lists()
        if name not in {"cursor", "day"}
        for value in values
        if isinstance(value, str) and value
    ]


@require_GET
@requires("interaction", "view")
def filters(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Answer the further filters, fetched when somebody opens them."""
    party = get_visible_party(request.member, party_id)
    context = {
        "party": party,
        "channels": CHANNELS,
        "departments": DEPARTMENTS,
        "authors": find_colleagues("", limit=500),
        "people": [] if party.is_person else people_around(request.member, party),
    }
    return render(request, "timeline/_more_filters.html", context)


def _composer(member: Member, party: Party, form: ComposerForm | None = None) -> dict[str, Any]:
    return {
        "party": party,
        "form": form or ComposerForm(initial={"kind": "note"}, access=interaction_fields(member)),
        "composer_kinds": composer_kinds(),
        "may_create": may(member, "interaction", "create"),
        "may_attach": may(member, "file", "create"),
        "may_plan": may(member, "task", "create") and interaction_fields(member).can_write("body"),
    }


@require_POST
@requires("interaction", "create")
def record(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Record what the composer tells and answer with an empty one."""
    party = get_visible_party(request.member, party_id)
    check_may_create(request.member, "interaction", party.id)
    form = ComposerForm(request.POST, request.FILES, access=interaction_fields(request.member))
    if form.is_valid():
        try:
            said = keep_told(request, party, form).said
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            response = render(request, "timeline/_composer.html", _composer(request.member, party))
            for event in ("timeline-changed", "tasks-changed", "customer-changed"):
                trigger(response, event)
            return toast(response, said)
    context = _composer(request.member, party, form)
    return render(request, "timeline/_composer.html", context, status=422)
