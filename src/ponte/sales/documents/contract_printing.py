"""A contract's content in the words of its language, as its Typst template expects them; with or without signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ponte.core.brazil.documents import format_cpf
from ponte.sales.documents.brand import load_logo
from ponte.sales.documents.contract_text import blocks_of
from ponte.sales.documents.printing import business_lines
from ponte.sales.documents.typesetting import typeset
from ponte.sales.models.contract_choices import ContractKind, SignerRole


def contract_pdf(
    content: Mapping[str, Any],
    *,
    at: datetime,
    is_draft: bool = False,
    proof: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the PDF of a contract's content, in its language.

    Args:
        is_draft: say on it that it is one.
        proof: what ``printed_proof`` returns; adds the page of evidence.
    """
    with translation.override(content["language"]):
        printed = printed_contract(content, is_draft=is_draft)
        printed["proof"] = printed_proof(content, proof) if proof else None
        return typeset("contract.typ", printed, at=at, logo=load_logo())


def heading_of(content: Mapping[str, Any]) -> str:
    """Return what a contract is called: "Contract 12", "Addendum 13 to contract 12"."""
    number = {"number": content["number"], "parent": content["parent"]}
    if content["kind"] == ContractKind.CONTRACT:
        return pgettext("document", "Contract %(number)s") % number
    if content["kind"] == ContractKind.RENEWAL:
        return pgettext("document", "Renewal %(number)s of contract %(parent)s") % number
    if content["kind"] == ContractKind.READJUSTMENT:
        return pgettext("document", "Readjustment %(number)s of contract %(parent)s") % number
    return pgettext("document", "Addendum %(number)s to contract %(parent)s") % number


def printed_contract(content: Mapping[str, Any], *, is_draft: bool = False) -> dict[str, Any]:
    """Return what the template shows, all of it text in the active language."""
    business = content["business"]
    heading = heading_of(content)
    edition = f" · {_('edition')} {content['edition']}" if content["edition"] > 1 else ""
    return {
        "lang": content["language"][:2],
        "colour": content["colour"],
        "heading": (_("%(heading)s (draft)") % {"heading": heading} if is_draft else heading) + edition,
        "title": content["title"],
        "business": {"name": business["name"], "lines": business_lines(business)},
        "dates": f"{_('Date')}: {date_format(date.fromisoformat(content['issued_on']), 'SHORT_DATE_FORMAT')}",
        "blocks": [{"kind": one.kind, "text": one.text} for one in blocks_of(content["text"])],
        "signers": [
            {"name": one["name"], "role": str(SignerRole(one["role"]).label)} for one in content["signers"]
        ],
        "footer": f"{business['name']} · {heading}",
    }


def printed_proof(content: Mapping[str, Any], proof: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page of evidence in words.

    Args:
        proof: ``document_sha256``, ``pdf_sha256`` and ``signatures``: the rows' ``name``, ``cpf``, ``seal``, ``evidence``.
    """
    roles = {one["id"]: str(SignerRole(one["role"]).label) for one in content["signers"]}
    return {
        "heading": _("Record of signatures"),
        "intro": _(
            "Signed electronically under Brazilian law (MP 2.200-2/2001, art. 10, § 2º, and Law 14.063/2020). Each "
            "signature is sealed by the SHA-256 of its evidence; the text and the file that were signed are named by theirs."
        ),
        "hashes": [
            {"label": _("Text that was signed (SHA-256)"), "value": proof["document_sha256"]},
            {"label": _("File that was signed (SHA-256)"), "value": proof["pdf_sha256"]},
        ],
        "signatures": [
            {
                "name": one["name"],
                "role": roles.get(one["evidence"].get("signer", ""), ""),
                "rows": _signature_rows(one),
            }
            for one in proof["signatures"]
        ],
    }


def _signature_rows(signature: Mapping[str, Any]) -> list[dict[str, str]]:
    evidence = signature["evidence"]
    at = parse_datetime(evidence.get("at", ""))
    when = date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else ""
    zone = timezone.get_current_timezone_name()
    rows: Sequence[tuple[str, str]] = (
        ("CPF", format_cpf(signature["cpf"]) if signature["cpf"] else ""),
        (_("When"), f"{when} ({zone})" if when else ""),
        (_("E-mail"), evidence.get("email", "")),
        (_("Network address"), evidence.get("address", "")),
        (_("Browser"), evidence.get("browser", "")),
        (_("Gathered by"), evidence.get("provider", "")),
        (_("What was said"), evidence.get("agreement", "")),
        (_("Seal"), signature["seal"]),
    )
    return [{"label": label, "value": value} for label, value in rows if value]
