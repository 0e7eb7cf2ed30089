"""One template, four frames: a page of its own, the dialog, the side panel, or a bare fragment.

``{% extends layout %}`` in a template picks the frame from what the browser asked for.
"""

from typing import Literal

from django.http import HttpRequest

Frame = Literal["page", "dialog", "panel", "fragment"]

TEMPLATES: dict[Frame, str] = {
    "page": "ui/shell.html",
    "dialog": "ui/frames/dialog.html",
    "panel": "ui/frames/panel.html",
    "fragment": "ui/frames/fragment.html",
}

TARGETS: dict[str, Frame] = {"dialog-content": "dialog", "side-panel-content": "panel"}


def frame_of(request: HttpRequest) -> Frame:
    """Tell where the answer will be shown: htmx names the target element in its headers."""
    if (
        request.headers.get("HX-Request") != "true"
        or request.headers.get("HX-History-Restore-Request") == "true"
    ):
        return "page"
    if request.headers.get("HX-Boosted") == "true":
        return "page"
    return TARGETS.get(request.headers.get("HX-Target", ""), "fragment")


def layout_for(request: HttpRequest) -> str:
    """Return the name of the base template for this request's frame."""
    return TEMPLATES[frame_of(request)]
