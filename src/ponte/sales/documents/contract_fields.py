"""What contracts' texts may have filled in by themselves, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.line_words import quantity_text
from ponte.core.brazil.phones import format_phone
from ponte.core.models import Member
from ponte.directory.models import Company, Party, PartyAddress
from ponte.sales.documents.brand import Brand
from ponte.sales.documents.content import customer_facts
from ponte.sales.documents.custom_merge import custom_merge_values, custom_names
from ponte.sales.documents.in_words import amount_in_words
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import PriceIndex
from ponte.sales.models.quote import Quote
from ponte.workplace.lists.cells import money_text

FIELDS: dict[str, str | Promise] = {
    "customer.name": gettext_lazy("Customer's name"),
    "customer.legal_name": gettext_lazy("Customer's legal name"),
    "customer.document": gettext_lazy("Customer's CPF or CNPJ"),
    "customer.address": gettext_lazy("Customer's address"),
    "customer.city": gettext_lazy("Customer's city"),
    "customer.email": gettext_lazy("Customer's e-mail"),
    "customer.phone": gettext_lazy("Customer's phone"),
    "business.name": gettext_lazy("Name of the business"),
    "business.document": gettext_lazy("CNPJ of the business"),
    "business.address": gettext_lazy("Address of the business"),
    "deal.title": gettext_lazy("Title of the opportunity"),
    "quote.number": gettext_lazy("Number of the quote"),
    "quote.title": gettext_lazy("Title of the quote"),
    "quote.items": gettext_lazy("Items of the quote"),
    "quote.payment_terms": gettext_lazy("Payment terms of the quote"),
    "contract.number": gettext_lazy("Number of the contract"),
    "contract.title": gettext_lazy("Title of the contract"),
    "contract.amount": gettext_lazy("Value in figures"),
    "contract.amount_in_words": gettext_lazy("Value in words"),
    "contract.charged": gettext_lazy("How the value is charged"),
    "contract.starts_on": gettext_lazy("Start of the term"),
    "contract.ends_on": gettext_lazy("End of the term"),
    "contract.renewal": gettext_lazy("Renewal"),
    "contract.renewal_months": gettext_lazy("Months of a renewal"),
    "contract.notice_days": gettext_lazy("Days of notice"),
    "contract.index": gettext_lazy("Index of the readjustment"),
    "parent.number": gettext_lazy("Number of the contract that is changed"),
    "parent.title": gettext_lazy("Title of the contract that is changed"),
    "parent.signed_on": gettext_lazy("When the contract that is changed was signed"),
    "parent.amount": gettext_lazy("Value before the change"),
    "member.name": gettext_lazy("Name of the person in charge"),
    "member.email": gettext_lazy("E-mail of the person in charge"),
    "today": gettext_lazy("Today's date"),
    "today_in_words": gettext_lazy("Today's date in words"),
}


def contract_values(contract: Contract, brand: Brand) -> dict[str, str]:
    """Return the value of every field for a contract, in its language; empty where nothing is known."""
    with translation.override(contract.language):
        return {
            **_customer(contract.party),
            **custom_merge_values(
                contract.party, deal=contract.opportunity, quote=contract.quote, contract=contract
            ),
            "business.name": brand.name,
            "business.document": brand.cnpj_text,
            "business.address": brand.address,
            "deal.title": contract.opportunity.title if contract.opportunity else "",
            **_quote(contract.quote),
            **_contract(contract),
            **_parent(contract.parent),
            "member.name": contract.owner.name if contract.owner else "",
            "member.email": contract.owner.email if contract.owner else "",
            "today": _day(timezone.localdate()),
            "today_in_words": _in_words(timezone.localdate()),
        }


def known_fields(member: Member | None = None) -> dict[str, str | Promise]:
    """Return every merge field with what it is called; of custom fields those whose values ``member`` may see (None: all)."""
    return {**FIELDS, **custom_names(member)}


def label_of(name: str) -> str:
    """Return what a merge field is called; its name where there is none."""
    return str(FIELDS.get(name) or custom_names().get(name, name))


def index_name(contract: Contract) -> str:
    """Return what the index is called."""
    if contract.price_index == PriceIndex.OTHER:
        return contract.index_name
    return str(PriceIndex(contract.price_index).label) if contract.price_index else ""


def _customer(party: Party) -> dict[str, str]:
    facts = customer_facts(party)
    legal = Company.objects.filter(party=party).values_list("legal_name", flat=True).first()
    address = PartyAddress.objects.filter(party=party).order_by("-is_primary", "id").first()
    return {
        "customer.name": facts["name"],
        "customer.legal_name": legal or facts["name"],
        "customer.document": facts["document"],
        "customer.address": str(address or ""),
        "customer.city": facts["city"],
        "customer.email": facts["email"],
        "customer.phone": format_phone(facts["phone"]) if facts["phone"] else "",
    }


def _quote(quote: Quote | None) -> dict[str, str]:
    if quote is None:
        return dict.fromkeys(("quote.number", "quote.title", "quote.items", "quote.payment_terms"), "")
    lines = [row for row in quote.lines.order_by("position", "id") if row.is_chosen or not row.is_optional]
    items = "\n".join(
        f"• {row.description}: {quantity_text(row.quantity)} × {money_text(row.unit_price, quote.currency)}" for row in lines
    )  # fmt: skip
    return {
        "quote.number": quote.number,
        "quote.title": quote.title,
        "quote.items": items,
        "quote.payment_terms": quote.payment_terms,
    }


def _contract(contract: Contract) -> dict[str, str]:
    return {
        "contract.number": contract.number,
        "contract.title": contract.title,
        "contract.amount": money_text(contract.amount, contract.currency),
        "contract.amount_in_words": amount_in_words(contract.amount, contract.currency),
        "contract.charged": str(contract.get_billing_display()).lower(),
        "contract.starts_on": _day(contract.starts_on),
        "contract.ends_on": _day(contract.ends_on) or _("indefinite term"),
        "contract.renewal": str(contract.get_renewal_display()).lower(),
        "contract.renewal_months": str(contract.renewal_months),
        "contract.notice_days": str(contract.notice_days),
        "contract.index": index_name(contract),
    }


def _parent(parent: Contract | None) -> dict[str, str]:
    if parent is None:
        return dict.fromkeys(("parent.number", "parent.title", "parent.signed_on", "parent.amount"), "")
    signed = timezone.localdate(parent.signed_at) if parent.signed_at else None
    return {
        "parent.number": parent.number,
        "parent.title": parent.title,
        "parent.signed_on": _day(signed),
        "parent.amount": money_text(parent.amount, parent.currency),
    }


def _day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _in_words(day: date) -> str:
    """Months are small letters in Portuguese, capitals in English."""
    text = date_format(day, "DATE_FORMAT")
    return text if translation.get_language() == "en" else text.lower()


def missing_labels(names: Mapping[str, Any] | list[str]) -> list[str]:
    """Return what fields are called, in the active language."""
    known = known_fields()
    return [str(known[name]) for name in names if name in known]
