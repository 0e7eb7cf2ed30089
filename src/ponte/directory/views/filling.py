"""Filling the form of a new company from the register of its CNPJ: empty fields only, for a person to check."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ponte.core.brazil.documents import normalise_cnpj
from ponte.core.brazil.phones import format_phone
from ponte.core.brazil.problems import Unreadable
from ponte.core.requests import WorkspaceRequest
from ponte.directory.adapters.registers.shapes import Found
from ponte.directory.adapters.registers.transport import LookupFailed
from ponte.directory.forms.create import CompanyForm
from ponte.directory.register_words import failure_words
from ponte.directory.selectors.registers import active_for
from ponte.directory.services.enriching import ask


def may_fill(request: WorkspaceRequest) -> bool:
    """Return whether a register of companies can be asked by this member."""
    return "cnpj" in active_for(request.member)


def filled_form(request: WorkspaceRequest) -> tuple[CompanyForm, dict[str, Any]]:
    """Return the form with what was typed and, in empty fields, what the register says; and what to tell about it."""
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in request.POST}
    typed["tags"] = request.POST.getlist("tags")
    values, told = _look_up(request, typed.get("cnpj", ""))
    form = CompanyForm(member=request.member, initial=typed)
    taken = [name for name, value in values.items() if value and name in form.fields and not typed.get(name)]
    form.initial.update({name: values[name] for name in taken})
    if taken and not told:
        labels = ", ".join(str(form.fields[name].label) for name in taken)
        told = {
            "filled": _("Filled from the register: %(fields)s. Check before you save.") % {"fields": labels}
        }
    elif not told:
        told = {"fill_error": _("The register has nothing for the empty fields.")}
    return form, told


def _look_up(request: WorkspaceRequest, text: str) -> tuple[dict[str, str], dict[str, str]]:
    try:
        cnpj = normalise_cnpj(text)
    except Unreadable as unreadable:
        return {}, {"fill_error": unreadable.message}
    try:
        answers = ask(active_for(request.member)["cnpj"], [cnpj])
    except LookupFailed as failure:
        return {}, {"fill_error": failure_words(failure.code)}
    if not answers:
        return {}, {"fill_error": _("The register knows nothing of it. Check the number.")}
    return _values(answers[0][1]), {}


def _values(found: Found) -> dict[str, str]:
    return {
        "name": found.fields.get("name", "") or found.fields.get("legal_name", ""),
        "legal_name": found.fields.get("legal_name", ""),
        "industry": found.fields.get("industry", ""),
        "emails": next(iter(found.emails), ""),
        "phones": format_phone(found.phones[0]) if found.phones else "",
        **{name: found.address.get(name, "") for name in ("city", "state", "postal_code")},
    }
