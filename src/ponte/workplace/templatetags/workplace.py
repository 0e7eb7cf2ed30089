"""Tags of the workplace: ``{% load workplace %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ponte.workplace.lists import list_pages
from ponte.workplace.lists.cells import reader
from ponte.workplace.selectors.records import is_favourite
from ponte.workplace.settings_pages import SETTINGS_SECTIONS, settings_for

register = template.Library()


@register.filter
def number(value: Any) -> str:
    """A whole number with thousands separated: ``{{ count|number }}`` → "12.345"."""
    return reader().number(value, 0)


@register.simple_tag(takes_context=True)
def star(context: Context, object: str, object_id: Any) -> SafeString:
    """A record's star, one click to give or take: ``{% star "customer" record.pk %}``. One query."""
    request = context["request"]
    starred = is_favourite(request.member, object, object_id)
    return render_to_string(
        "workplace/star.html", {"object": object, "id": object_id, "starred": starred}, request
    )


@register.simple_tag(takes_context=True)
def record_stepper(context: Context, object_id: Any) -> SafeString:
    """Previous, next and back to the list a record was opened from; fetched after the page, "" when from no list."""
    params = context["request"].GET
    key = params.get("list", "")
    if list_pages.get(key) is None:
        return SafeString("")
    url = reverse("workplace:list_neighbours", args=[key, object_id])
    return format_html(
        '<span class="cluster record-stepper" hx-get="{}" hx-trigger="load"></span>',
        f"{url}?{params.get('in', '')}",
    )


@register.simple_tag(takes_context=True)
def settings_sections(context: Context) -> list[dict[str, Any]]:
    """Every section of the settings with the pages the member may open, the current one marked."""
    request = context["request"]
    sections = []
    for section, pages in settings_for(request.member).items():
        links = [{"page": page, "url": reverse(page.url_name)} for page in pages]
        for link in links:
            link["current"] = request.path.startswith(str(link["url"]))
        sections.append({"label": SETTINGS_SECTIONS[section], "links": links})
    return sections
