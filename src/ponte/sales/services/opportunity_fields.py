"""The checked values of an opportunity's own fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import EARLIEST_YEAR, LATEST_YEAR, Cleaner
from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.directory.models import Affiliation
from ponte.sales.data import OpportunityData
from ponte.sales.models import ForecastCategory, Lead, Opportunity, Origin, Stage
from ponte.sales.policies import get_customer
from ponte.sales.selectors.pipelines import all_stages
from ponte.workplace.custom_fields.values import check_custom

FIELDS = (
    "party_id", "title", "owner_id", "lead_id", "amount", "monthly", "expected_close", "category", "origin", "description",
    "source", "external_id",
)  # fmt: skip
PERSONAL = ("title", "description")  # sealed in the audit log


class OpportunityCleaner(Cleaner):
    """Checks what a caller gives about an opportunity."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor
        self.custom_changes: dict[str, tuple[Any, Any]] = {}

    def clean(self, data: OpportunityData, opportunity: Opportunity) -> dict[str, Any]:
        """Return the values to write; what can't be accepted is noted, see ``done``."""
        party = get_customer(self.actor, data.party_id)
        if party is None:
            self.refuse("party_id", "missing", _("There is no such customer."))
        values: dict[str, Any] = {
            "party_id": data.party_id,
            "owner_id": data.owner_id,
            "lead_id": data.lead_id,
            "title": self.text("title", data.title, 200) or (party.label[:200] if party else ""),
            "amount": self.money("amount", data.amount) or Decimal(0),
            "monthly": self.money("monthly", data.monthly) or Decimal(0),
            "expected_close": data.expected_close,
            "category": self.choice("category", data.category, ForecastCategory),
            "origin": self.choice("origin", data.origin, Origin),
            "description": self.text("description", data.description, 20_000),
            "source": self.text("source", data.source, 40),
            "external_id": self.text("external_id", data.external_id, 150),
        }
        if data.owner_id and data.owner_id != opportunity.owner_id:
            self._check_owner(data.owner_id)
        self._check_external(values, opportunity)
        if data.expected_close and not EARLIEST_YEAR <= data.expected_close.year <= LATEST_YEAR:
            self.refuse("expected_close", "range", _("This date can't be right."))
        if data.lead_id and data.lead_id != opportunity.lead_id:
            self._check_lead(data.lead_id, data.party_id)
        self._check_custom(data, opportunity)
        return values

    def stage(self, data: OpportunityData) -> Stage:
        """Return the stage it opens in: the one told, the first of the pipeline told, the very first."""
        found = next(
            (
                stage
                for stage in all_stages()
                if data.stage_id in (None, stage.id) and data.pipeline_id in (None, stage.pipeline_id)
            ),
            None,
        )
        if found is None:
            self.refuse("stage_id", "missing", _("There is no such stage."))
            self.done()
        assert found is not None
        return found

    def _check_owner(self, owner_id: UUID) -> None:
        if not Member.objects.filter(id=owner_id, is_active=True).exists():
            self.refuse("owner_id", "missing", _("There is no such member."))

    def _check_lead(self, lead_id: UUID, party_id: UUID) -> None:
        """A lead is the customer's own, or of somebody who works there."""
        whose = Lead.objects.filter(id=lead_id).values_list("party_id", flat=True).first()
        theirs = (
            whose == party_id or Affiliation.objects.filter(person_id=whose, company_id=party_id).exists()
        )
        if whose is None or not theirs:
            self.refuse("lead_id", "missing", _("This customer has no such lead."))

    def _check_custom(self, data: OpportunityData, opportunity: Opportunity) -> None:
        known = not opportunity._state.adding
        custom = check_custom(
            "opportunity",
            data.custom,
            actor=self.actor,
            stored=opportunity.custom if known else None,
            record_id=opportunity.id if known else None,
        )
        self.problems += custom.problems
        self.custom_changes = custom.changes
        opportunity.custom = custom.values

    def _check_external(self, values: dict[str, Any], opportunity: Opportunity) -> None:
        taken = Opportunity.objects.filter(source=values["source"], external_id=values["external_id"])
        if values["external_id"] and taken.exclude(id=opportunity.id).exists():
            self.refuse("external_id", "taken", _("Another opportunity has this external id."))


def filled(opportunity: Opportunity) -> dict[str, tuple[Any, Any]]:
    """Return the fields that have a value, as changes from nothing."""
    return {
        name: (None, getattr(opportunity, name))
        for name in FIELDS
        if getattr(opportunity, name) not in (None, "", Decimal(0))
    }
