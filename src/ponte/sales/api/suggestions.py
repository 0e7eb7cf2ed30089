"""The API of suggestions about opportunities."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Schema
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.core.rights import require
from ponte.sales.policies import get_visible_opportunity
from ponte.sales.selectors.suggestions import suggestions_of
from ponte.sales.services.suggestions import dismiss_suggestion, restore_suggestion

router = Router(tags=["opportunities"])
READ, WRITE = scope("sales:read"), scope("sales:write")


class OpportunitySuggestionOut(Schema):
    """What to do next about an opportunity and the fact it follows from, in the member's language."""

    rule: str
    text: str
    reason: str


@router.get("/opportunities/{opportunity_id}/suggestions", auth=READ, response=list[OpportunitySuggestionOut])
def list_opportunity_suggestions(request: ApiRequest, opportunity_id: UUID) -> list[dict[str, Any]]:
    """List what to do next, the most urgent first; what the token's member put away is left out."""
    require(request.member, "opportunity", "view")
    deal = get_visible_opportunity(request.member, opportunity_id)
    return [
        {"rule": one.rule, "text": one.suggestion.text, "reason": one.suggestion.reason}
        for one in suggestions_of(request.member, deal)
    ]


@router.delete("/opportunities/{opportunity_id}/suggestions/{rule}", auth=WRITE, response={204: None})
def dismiss_opportunity_suggestion(request: ApiRequest, opportunity_id: UUID, rule: str) -> Status[None]:
    """Put a suggestion away until what it follows from changes."""
    dismiss_suggestion(actor=request.actor, opportunity_id=opportunity_id, rule=rule)
    return Status(204, None)


@router.put("/opportunities/{opportunity_id}/suggestions/{rule}", auth=WRITE, response={204: None})
def restore_opportunity_suggestion(request: ApiRequest, opportunity_id: UUID, rule: str) -> Status[None]:
    """Have a suggestion back that was put away."""
    restore_suggestion(actor=request.actor, opportunity_id=opportunity_id, rule=rule)
    return Status(204, None)
