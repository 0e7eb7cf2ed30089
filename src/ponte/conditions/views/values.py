"""What the inputs of the builder offer while somebody types."""

from __future__ import annotations

from django.http import JsonResponse
from django.views.decorators.http import require_GET

from ponte.conditions.catalogue import catalogue_of, may_use, subject_named
from ponte.conditions.choosing import find_values
from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest


@require_GET
def values(request: WorkspaceRequest) -> JsonResponse:
    """Answer the values of the field ``?of=subject/field`` whose names fit ``?q=``.

    Raises:
        Missing: no such field for this member.
    """
    subject_key, _slash, field_key = request.GET.get("of", "").partition("/")
    subject = subject_named(subject_key)
    if subject is None or not may_use(request.member, subject):
        raise Missing
    field = catalogue_of(subject, request.member).fields.get(field_key)
    if field is None or field.type not in ("choice", "member", "record"):
        raise Missing
    found = find_values(field, request.member, request.GET.get("q", "").replace("\x00", "")[:100].strip())
    return JsonResponse({"items": [{"value": value, "label": label} for value, label in found]})
