"""A contract template tried on a real opportunity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from ponte.core.models import Member
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.contract_fields import contract_values, known_fields, missing_labels
from ponte.sales.documents.contract_text import blocks_of, composed, filled, missing_in
from ponte.sales.models import Opportunity
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_template import ContractTemplate
from ponte.sales.policies import visible_opportunities
from ponte.sales.services.contract_sources import clause_holds

CHOICES = 30


def preview_of(member: Member, template: ContractTemplate, wanted: str) -> dict[str, Any]:
    """Return what the preview shows: the text for an opportunity, what it leaves out, what is unknown, others to try.

    Args:
        wanted: id of the opportunity; anything else: the one changed last.
    """
    rows = visible_opportunities(member).select_related("party", "owner")
    choices = list(rows.order_by("-updated_at", "-id")[:CHOICES])
    deal = _chosen(rows, wanted) or (choices[0] if choices else None)
    clauses = list(template.clauses.order_by("position", "id"))
    kept = [one for one in clauses if clause_holds(one, deal)]
    body = composed(
        template.opening,
        [(one.title, one.body) for one in kept],
        template.closing,
        language=template.language,
    )
    values = contract_values(_example(template, deal), load_brand()) if deal else {}
    unseen = known_fields().keys() - known_fields(member).keys()
    values |= dict.fromkeys(unseen & values.keys(), "")
    return {
        "template": template,
        "deal": deal,
        "choices": choices,
        "blocks": blocks_of(filled(body, values) if deal else body),
        "left_out": [one for one in clauses if one not in kept],
        "missing": missing_labels(missing_in(body, values)) if deal else [],
    }


def _chosen(rows: Any, wanted: str) -> Opportunity | None:
    try:
        found: Opportunity | None = rows.filter(id=UUID(wanted)).first()
    except ValueError:
        return None
    return found


def _example(template: ContractTemplate, deal: Opportunity) -> Contract:
    """A contract that is not saved, as one about the opportunity would begin."""
    return Contract(
        number="123",
        title=template.title or deal.title,
        party=deal.party,
        opportunity=deal,
        owner=deal.owner,
        language=template.language,
        currency=current_workspace().currency,
        amount=deal.amount or deal.monthly,
        billing="one_off" if deal.amount else "monthly",
        starts_on=timezone.localdate(),
    )
