"""A quote's content in the words and figures of its language, as its Typst template expects them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ponte.commerce.line_words import quantity_text
from ponte.commerce.models.choices import Billing
from ponte.core.brazil.documents import format_cnpj
from ponte.core.brazil.phones import format_phone
from ponte.sales.documents.brand import load_logo
from ponte.sales.documents.reading import ReadLine, deposit_of, read_lines
from ponte.sales.documents.typesetting import typeset
from ponte.sales.quote_totals import Totals, totals_of
from ponte.workplace.lists.cells import money_text


def quote_pdf(content: Mapping[str, Any], *, at: datetime, is_draft: bool = False) -> bytes:
    """Return the PDF of a quote's content, in the document's language; a draft says that it is one."""
    with translation.override(content["language"]):
        printed = printed_quote(content)
        if is_draft:
            printed["heading"] = _("%(heading)s (draft)") % {"heading": printed["heading"]}
        return typeset("quote.typ", printed, at=at, logo=load_logo())


def printed_quote(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template shows, all of it text in the active language."""
    lines = read_lines(content)
    totals = totals_of(lines)
    currency = content["currency"]
    business, customer = content["business"], content["customer"]
    edition = f" · {_('edition')} {content['edition']}" if content["edition"] > 1 else ""
    salesperson = content["salesperson"]["name"]
    return {
        "lang": content["language"][:2],
        "colour": content["colour"],
        "heading": pgettext("document", "Quote %(number)s") % {"number": content["number"]} + edition,
        "title": content["title"],
        "facts": content.get("facts", []),
        "business": {"name": business["name"], "lines": business_lines(business)},
        "dates": "\n".join(
            [_day(_("Date"), content["issued_on"]), _day(_("Valid until"), content["valid_until"])]
        ),
        "boxes": [
            {"label": _("For"), "name": customer["name"], "lines": _customer_lines(customer)},
            {"label": _("Salesperson"), "name": salesperson or business["name"], "lines": ""},
        ],
        "columns": _columns(content),
        "groups": _groups(content, lines, currency),
        "totals": total_rows(totals, currency),
        "grand": {"label": _("First year"), "value": money_text(totals.first_year, currency)}
        if not totals.is_once
        else {"label": _("Total"), "value": money_text(totals.one_off, currency)},
        "payment": payment_text(content, totals),
        "words": {"payment": _("Payment"), "notes": _("Notes"), "terms": _("Terms")},
        "signers": [business["name"], customer["name"]],
        **{name: content[name] for name in ("intro", "notes", "terms", "footer", "tax_note", "blocks")},
        "shows_discounts": content["shows_discounts"] and any(line.discount for line in lines),
    }


def total_rows(totals: Totals, currency: str) -> list[dict[str, str]]:
    """Return the sums that aren't zero, with their labels; without the one-off sum where it is the total already."""
    labelled = (
        (_("One-off"), Decimal(0) if totals.is_once else totals.one_off), (_("Per month"), totals.monthly), (_("Per quarter"), totals.quarterly),
        (_("Per year"), totals.yearly), (_("of this taxes"), totals.tax),
    )  # fmt: skip
    return [{"label": label, "value": money_text(value, currency)} for label, value in labelled if value]


def payment_text(content: Mapping[str, Any], totals: Totals) -> str:
    """Return the payment terms and what is due on acceptance."""
    deposit = deposit_of(content, totals)
    due = (
        _("Deposit on acceptance: %(amount)s.") % {"amount": money_text(deposit, content["currency"])}
        if deposit
        else ""
    )
    return "\n\n".join(filter(None, (content["payment_terms"], due)))


def discount_text(line: ReadLine, currency: str) -> str:
    """Return a line's discount as it was written."""
    if not line.discount:
        return ""
    if line.discount_kind == "percent":
        return f"{quantity_text(line.discount)}%"
    return money_text(line.discount, currency)


def _columns(content: Mapping[str, Any]) -> list[str]:
    shown = content["shows_discounts"] and any(Decimal(line["discount"]) for line in content["lines"])
    names = [_("Item"), _("Quantity"), _("Unit price"), _("Discount"), _("Total")]
    return [name for index, name in enumerate(names) if index != 3 or shown]


def _groups(content: Mapping[str, Any], lines: list[ReadLine], currency: str) -> list[dict[str, Any]]:
    groups = []
    for billing, label in Billing.choices:
        rows = [_row(content, line, currency) for line in lines if line.billing == billing]
        if rows:
            groups.append({"label": _("Items") if billing == Billing.ONE_OFF else str(label), "rows": rows})
    return groups


def _row(content: Mapping[str, Any], line: ReadLine, currency: str) -> dict[str, str]:
    mark = ""
    if line.is_optional:
        mark = _("optional, included") if line.is_chosen else _("optional")
    details = [line.bundle, *line.parts, line.details if content["shows_details"] else ""]
    if line.tax_rate:
        details.append(_("plus %(rate)s%% tax") % {"rate": quantity_text(line.tax_rate)})
    return {
        "name": line.description,
        "mark": mark,
        "details": "\n".join(filter(None, details)),
        "quantity": quantity_text(line.quantity),
        "price": money_text(line.unit_price, currency),
        "discount": discount_text(line, currency),
        "total": money_text(line.total, currency),
    }


def business_lines(business: Mapping[str, str]) -> str:
    """Return what stands under the business's name on paper."""
    cnpj = f"CNPJ {format_cnpj(business['cnpj'])}" if business["cnpj"] else ""
    contact = " · ".join(filter(None, (business["phone"], business["email"], business["site"])))
    return "\n".join(filter(None, (cnpj, business["address"], contact)))


def _customer_lines(customer: Mapping[str, str]) -> str:
    contact = " · ".join(filter(None, (customer["email"], format_phone(customer["phone"]))))
    return "\n".join(filter(None, (customer["document"], contact, customer["city"])))


def _day(label: str, iso: str) -> str:
    return f"{label}: {date_format(date.fromisoformat(iso), 'SHORT_DATE_FORMAT')}"
