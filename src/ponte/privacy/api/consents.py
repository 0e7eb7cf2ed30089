"""The API of consent: what customers said, whether they may be contacted, purposes and words."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from ninja import Query, Router

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import json_response, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging
from ponte.apikit.writes import if_match
from ponte.core.errors import Denied, FieldProblem, Invalid, Missing
from ponte.core.rights import may_area, require
from ponte.core.services.audit import record_view
from ponte.directory.policies import customer_fields, get_party, visible_parties
from ponte.privacy.api.schemas import (
    ConsentFilters,
    ConsentIn,
    ConsentOut,
    ConsentsIn,
    ConsentsOut,
    DecisionOut,
    DecisionsOut,
    MayContactIn,
    MayContactManyIn,
    OfCustomer,
    PermissionsOut,
    PurposeIn,
    PurposeOut,
    TextIn,
    TextOut,
)
from ponte.privacy.data import ConsentData
from ponte.privacy.decision import Decision
from ponte.privacy.links import preference_url
from ponte.privacy.models import ConsentRecord, ConsentText
from ponte.privacy.purposes import LANGUAGES, PurposeInfo, current_text, get_purpose, list_purposes
from ponte.privacy.selectors.decisions import decide_from, load_known
from ponte.privacy.services.consents import record_consent, record_consents
from ponte.privacy.services.contact import may_contact, may_contact_many
from ponte.privacy.services.purposes import publish_text, save_purpose

router = Router(tags=["Privacy"])
READ, WRITE, ADMIN = scope("customers:read"), scope("customers:write"), scope("admin")


@router.get("/purposes", auth=READ, response=list[PurposeOut])
def list_purposes_by_api(request: ApiRequest) -> HttpResponse:
    """List what customers are contacted for, with the words they agree to."""
    require(request.member, "customer", "view")
    return json_response([_purpose(info) for info in list_purposes(active=False)])


@router.put("/purposes/{key}", auth=ADMIN, response=PurposeOut)
def put_purpose(request: ApiRequest, key: str, data: PurposeIn) -> HttpResponse:
    """Add a purpose or change one; ``If-Match`` guards the change."""
    _require_settings(request)
    save_purpose(actor=request.actor, key=key, version=if_match(request), **data.model_dump())
    info = get_purpose(key)
    assert info is not None
    response = json_response(_purpose(info))
    response["ETag"] = f'"{info.version}"'
    return response


@router.get("/purposes/{key}/texts", auth=READ, response=Page[TextOut])
def list_texts(request: ApiRequest, key: str, paging: Query[Paging]) -> HttpResponse:
    """List every version of the words of a purpose that somebody agreed to."""
    require(request.member, "customer", "view")
    if "\x00" in key or get_purpose(key) is None:
        raise Missing("purpose")
    rows = ConsentText.objects.filter(purpose=key)
    return page(request, rows, order=("-id",), schema=TextOut, paging=paging)


@router.post("/purposes/{key}/texts", auth=ADMIN, response={201: TextOut})
def post_text(request: ApiRequest, key: str, data: TextIn) -> HttpResponse:
    """Make these the words customers agree to from now on."""
    _require_settings(request)
    row = publish_text(actor=request.actor, purpose=key, language=data.language, body=data.body)
    return respond(request, row, TextOut, status=201)


@router.get("/consents", auth=READ, response=Page[ConsentOut])
def list_consents(request: ApiRequest, filters: Query[ConsentFilters], paging: Query[Paging]) -> HttpResponse:
    """List what customers said, the newest first."""
    require(request.member, "customer", "view")
    rows = ConsentRecord.objects.filter(party__in=visible_parties(request.member))
    if filters.customer_id is not None:
        rows = rows.filter(party_id=get_party(request.member, filters.customer_id).id)
    if filters.purpose is not None:
        rows = rows.filter(purpose=filters.purpose)
    record_view(
        actor=request.actor,
        object_type="customer",
        ids=[filters.customer_id] if filters.customer_id else [],
        where="API: consents",
    )
    return page(request, rows, order=("-id",), schema=ConsentOut, paging=paging)


@router.post("/consents", auth=WRITE, response={201: ConsentOut})
def post_consent(request: ApiRequest, data: ConsentIn) -> HttpResponse:
    """Write down what a customer allows (``allows`` true) or declines."""
    get_party(request.member, data.customer_id, "edit")
    row = record_consent(actor=request.actor, data=_said(data))
    return respond(request, row, ConsentOut, status=201)


@router.post("/consents/bulk", auth=WRITE, response=ConsentsOut)
def post_consents(request: ApiRequest, data: ConsentsIn) -> HttpResponse:
    """Write down up to 1,000 things customers said; all of them or, when one can't be, none."""
    asked = {item.customer_id for item in data.items}
    known = set(visible_parties(request.member, "edit").filter(id__in=asked).values_list("id", flat=True))
    try:
        written = record_consents(
            actor=request.actor, entries=[_said(item) for item in data.items if item.customer_id in known]
        )
    except Invalid as refusal:
        raise _in_items(refusal) from refusal
    return json_response(
        {"recorded": len(written), "unknown_customers": [str(one) for one in sorted(asked - known)]}
    )


@router.get("/contact-permissions", auth=READ, response=PermissionsOut)
def contact_permissions(request: ApiRequest, wanted: Query[OfCustomer]) -> HttpResponse:
    """Tell for what and how a customer may be contacted. Looking is not asking: nothing is logged."""
    party = get_party(request.member, wanted.customer_id)
    known = load_known(party.id)
    decisions = [
        decide_from(known, party_id=party.id, info=info, channel=channel)
        for info in list_purposes()
        for channel in info.channels
    ]
    return json_response(
        {
            "items": [_decision(request, one) for one in decisions],
            "preference_url": preference_url(party.id, base=request.build_absolute_uri("/")),
        }
    )


@router.post("/may-contact", auth=READ, response=DecisionOut)
def ask_may_contact(request: ApiRequest, data: MayContactIn) -> HttpResponse:
    """Ask, right before sending, whether a customer may be contacted; a refusal is logged."""
    party = get_party(request.member, data.customer_id)
    decision = may_contact(
        actor=request.actor,
        party=party,
        purpose=data.purpose,
        channel=data.channel,
        sender=data.sender,
        address=data.address,
    )
    return json_response(_decision(request, decision))


@router.post("/may-contact/bulk", auth=READ, response=DecisionsOut)
def ask_may_contact_many(request: ApiRequest, data: MayContactManyIn) -> HttpResponse:
    """Ask for up to 1,000 customers at once; those the caller can't see are left out."""
    require(request.member, "customer", "view")
    asked = list(dict.fromkeys(data.customer_ids))
    known = set(visible_parties(request.member).filter(id__in=asked).values_list("id", flat=True))
    decisions = may_contact_many(
        actor=request.actor,
        party_ids=[one for one in asked if one in known],
        purpose=data.purpose,
        channel=data.channel,
        sender=data.sender,
    )
    return json_response({"items": [_decision(request, one) for one in decisions]})


def _require_settings(request: ApiRequest) -> None:
    if not may_area(request.member, "settings"):
        raise Denied("settings", "open")


def _purpose(info: PurposeInfo) -> dict[str, Any]:
    return {
        "key": info.key,
        "name": _text(info.name),
        "description": _text(info.description),
        "basis": str(info.basis),
        "channels": list(info.channels),
        "is_essential": info.is_essential,
        "is_public": info.is_public,
        "is_active": info.is_active,
        "valid_months": info.valid_months,
        "version": info.version,
        "texts": {language: current_text(info, language) for language in LANGUAGES},
    }


def _text(value: str | Promise) -> str:
    return str(value)


def _said(data: ConsentIn) -> ConsentData:
    return ConsentData(
        party_id=data.customer_id,
        purpose=data.purpose,
        allows=data.allows,
        channels=data.channels,
        basis=data.basis or "",
        given_through=data.given_through,
        source=data.source,
        language=data.language or "",
        text_id=data.text_id,
        evidence=data.evidence,
        occurred_at=data.occurred_at,
    )


def _in_items(refusal: Invalid) -> Invalid:
    return Invalid(
        FieldProblem(one.field.replace("entries[", "items["), one.code, one.message)
        for one in refusal.problems
    )


def _decision(request: ApiRequest, one: Decision) -> dict[str, Any]:
    readable = customer_fields(request.member).can_read("email" if "@" in one.address else "phone")
    return {
        "customer_id": str(one.party_id),
        "purpose": one.purpose,
        "channel": one.channel,
        "allowed": one.allowed,
        "verdict": str(one.verdict),
        "reason": one.reason,
        "address": one.address if readable else "",
        "basis": one.basis,
        "since": one.since.isoformat() if one.since else None,
    }
