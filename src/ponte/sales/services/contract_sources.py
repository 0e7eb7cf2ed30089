"""What a new contract takes from its quote, its opportunity and its template."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.commerce.services.cleaning import Cleaner
from ponte.conditions.compiling import satisfies
from ponte.conditions.parsing import read_condition
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.directory.models import Party
from ponte.sales.contract_data import ContractData, SignerData
from ponte.sales.documents.contract_text import composed
from ponte.sales.models import Opportunity
from ponte.sales.models.contract_choices import SignerRole
from ponte.sales.models.contract_template import ContractClause, ContractTemplate
from ponte.sales.models.quote import Quote
from ponte.sales.policies import get_customer, visible_opportunities
from ponte.sales.quote_policies import visible_quotes
from ponte.workplace.custom_fields.carrying import matching_row

SUBJECT = "opportunity"
LANGUAGE = "pt-br"


@dataclass(frozen=True)
class Sources:
    """What a contract is made from; ``party`` None where there is none (noted as a problem)."""

    party: Party | None
    opportunity: Opportunity | None
    quote: Quote | None
    template: ContractTemplate | None


def find_sources(cleaner: Cleaner, actor: Actor, data: ContractData) -> Sources:
    """Return the rows ``data`` names, as far as the actor may see them; the rest is noted as problems."""
    quote = _quote(cleaner, actor, data)
    deal = _deal(cleaner, actor, data, quote)
    party_id = data.party_id or (quote.party_id if quote else None) or (deal.party_id if deal else None)
    party = get_customer(actor, party_id) if party_id else None
    if party is None:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    elif quote is not None and quote.party_id != party.id:
        cleaner.refuse("quote_id", "missing", _("This customer has no such quote."))
    elif deal is not None and deal.party_id != party.id:
        cleaner.refuse("opportunity_id", "missing", _("This customer has no such opportunity."))
    return Sources(party, deal, quote, _template(cleaner, data))


def started_values(sources: Sources, data: ContractData) -> dict[str, Any]:
    """Return the fields of a new contract as far as quote and opportunity tell them."""
    quote, deal = sources.quote, sources.opportunity
    title = quote.title if quote else deal.title if deal else sources.party.label if sources.party else ""
    amount, billing = _worth(quote, deal)
    template = sources.template
    return {
        "title": data.title or (template.title if template and template.title else title)[:160],
        "currency": data.currency or (quote.currency if quote else ""),
        "amount": amount if data.amount is None else data.amount,
        "billing": data.billing or (billing if data.amount is None else Billing.ONE_OFF),
    }


def started_custom(sources: Sources, data: ContractData, actor: Actor) -> dict[str, Any]:
    """Return the custom values of a new contract: what is given, and of the quote those of fields called and made alike."""
    if sources.quote is None:
        return dict(data.custom)
    told = {key: value for key, value in data.custom.items() if value not in (None, "", [])}
    taken_over = matching_row("quote", sources.quote.custom, "contract", actor=actor).given
    return {**data.custom, **taken_over, **told}


def composed_body(template: ContractTemplate | None, deal: Opportunity | None) -> str:
    """Return the text of a new contract: the template's, of its clauses those whose condition the opportunity meets.

    A clause with a condition is left out where there is no opportunity, or where the condition no longer works.
    """
    if template is None:
        return ""
    clauses = template.clauses.order_by("position", "id")
    kept = [(clause.title, clause.body) for clause in clauses if clause_holds(clause, deal)]
    return composed(template.opening, kept, template.closing, language=template.language)


def clause_holds(clause: ContractClause, deal: Opportunity | None) -> bool:
    """Tell whether a clause belongs into a contract about an opportunity."""
    if not clause.where:
        return True
    if deal is None:
        return False
    try:
        condition = read_condition({"v": 1, "where": clause.where}, subject=SUBJECT, reader=None)
    except Invalid:
        return False
    return satisfies(condition, deal.id)


def default_signers(sources: Sources, owner_name: str, owner_email: str) -> list[SignerData]:
    """Return the customer (where it is a person) and whoever is in charge."""
    party, found = sources.party, []
    if party is not None and party.kind == "person":
        found.append(SignerData(name=party.label, email=party.email, role=SignerRole.CUSTOMER))
    if owner_name:
        found.append(SignerData(name=owner_name, email=owner_email, role=SignerRole.BUSINESS))
    return found


def _worth(quote: Quote | None, deal: Opportunity | None) -> tuple[Decimal, str]:
    """What is due and how often; one-off and recurring parts together come to those of the first year."""
    if quote is not None:
        recurring = {
            Billing.MONTHLY: quote.monthly, Billing.QUARTERLY: quote.quarterly, Billing.YEARLY: quote.yearly,
        }  # fmt: skip
        told = [(amount, billing) for billing, amount in recurring.items() if amount]
        if len(told) == 1 and not quote.one_off:
            return told[0]
        return (quote.first_year if told else quote.one_off), Billing.ONE_OFF
    if deal is not None:
        if deal.monthly and not deal.amount:
            return deal.monthly, Billing.MONTHLY
        return deal.amount + 12 * deal.monthly, Billing.ONE_OFF
    return Decimal(0), Billing.ONE_OFF


def _quote(cleaner: Cleaner, actor: Actor, data: ContractData) -> Quote | None:
    if data.quote_id is None:
        return None
    seen = Quote.objects.filter(deleted_at=None) if actor.member is None else visible_quotes(actor.member)
    quote = seen.select_related("party", "opportunity").filter(id=data.quote_id).first()
    if quote is None:
        cleaner.refuse("quote_id", "missing", _("This customer has no such quote."))
    return quote


def _deal(cleaner: Cleaner, actor: Actor, data: ContractData, quote: Quote | None) -> Opportunity | None:
    wanted = data.opportunity_id or (quote.opportunity_id if quote else None)
    if wanted is None:
        return None
    seen = Opportunity.objects.filter(deleted_at=None)
    if actor.member is not None:
        seen = visible_opportunities(actor.member)
    deal = seen.filter(id=wanted).first()
    if deal is None and data.opportunity_id:
        cleaner.refuse("opportunity_id", "missing", _("This customer has no such opportunity."))
    return deal


def _template(cleaner: Cleaner, data: ContractData) -> ContractTemplate | None:
    rows = ContractTemplate.objects.filter(archived_at=None)
    if data.template_id is None:
        return rows.filter(is_default=True).first()
    template = rows.filter(id=data.template_id).first()
    if template is None:
        cleaner.refuse("template_id", "missing", _("There is no such template."))
    return template
