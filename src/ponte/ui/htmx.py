"""Answers to htmx: close the dialog, show a toast, go somewhere, refresh what changed.

The names of the triggers are the contract with ``frontend/src``: ``ponte:toast``, ``ponte:close``,
``ponte:refresh`` and any event a page listens to (``hx-trigger="customer-changed from:body"``).
"""

import json
from typing import Any, Literal, TypeVar

from django.http import HttpResponse, HttpResponseBase
from django.utils.encoding import force_str

Answer = TypeVar("Answer", bound=HttpResponseBase)
Tone = Literal["success", "info", "warning", "error"]


def trigger(response: Answer, name: str, detail: Any = True) -> Answer:
    """Add a client-side event to ``response``; several can be added. Returns the same response."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[name] = detail
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def toast(
    response: Answer, text: object, *, tone: Tone = "success", undo_url: str = "", link: str = ""
) -> Answer:
    """Show ``text`` as a toast. With ``undo_url`` it offers "Undo", which POSTs there; ``link`` offers "Open"."""
    detail = {"text": force_str(text), "tone": tone, "undo": undo_url, "link": link}
    return trigger(response, "ponte:toast", detail)


def close_dialog(text: object = "", *, events: tuple[str, ...] = (), undo_url: str = "") -> HttpResponse:
    """Close the dialog or side panel, optionally with a toast, and fire ``events`` on the page."""
    response = trigger(HttpResponse(status=204), "ponte:close")
    for name in events:
        trigger(response, name)
    return toast(response, text, undo_url=undo_url) if text else response


def go_to(url: str) -> HttpResponse:
    """Make the browser load ``url`` as a whole page."""
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = url
    return response


def refresh_page(text: object = "") -> HttpResponse:
    """Close what is open and load the current page anew, keeping the toast until it is shown."""
    response = trigger(HttpResponse(status=204), "ponte:refresh")
    return toast(response, text) if text else response
