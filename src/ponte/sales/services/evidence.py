"""What is kept when somebody outside says yes or no: who, when, from where, to which document. One form for all documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.brazil.documents import normalise_cpf
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import FieldProblem, Invalid
from ponte.sales.documents.content import canonical, sha256
from ponte.sales.models.document import SealedDocument


def read_signer(name: str, cpf: str, *, agreed: bool, untold: str | Promise) -> tuple[str, str]:
    """Return whole name and CPF of whoever answers; ``untold`` is said to who didn't tick the agreement.

    Raises:
        Invalid: on ``name``, ``cpf``, ``agreed``.
    """
    problems, found = [], ""
    clean = " ".join(name.replace("\x00", "").split())[:160]
    if len(clean.split()) < 2:
        problems.append(FieldProblem("name", "required", _("Give your whole name.")))
    try:
        found = normalise_cpf(cpf, repair=False)
    except Unreadable:
        problems.append(
            FieldProblem("cpf", "invalid", _("This CPF isn't valid. Check the digits."))
            if cpf.strip()
            else FieldProblem("cpf", "required", _("Give your CPF."))
        )
    if not agreed:
        problems.append(FieldProblem("agreed", "required", untold))
    if problems:
        raise Invalid(problems)
    return clean, found


def read_teller(cleaner: Cleaner, name: str, cpf: str, *, named: bool) -> tuple[str, str]:
    """Return name and CPF of somebody who answered elsewhere, as far as whoever puts it down knows them; problems go to ``cleaner``.

    Args:
        named: there has to be a name.
    """
    clean, found = " ".join(name.replace("\x00", "").split())[:160], ""
    if named and not clean:
        cleaner.refuse("name", "required", _("Say who accepted."))
    if cpf.strip():
        try:
            found = normalise_cpf(cpf, repair=False)
        except Unreadable:
            cleaner.refuse("cpf", "invalid", _("This CPF isn't valid. Check the digits."))
    return clean, found


def read_reason(reason: str) -> str:
    """Return why something is declined; raise ``Invalid`` on ``reason`` for none."""
    clean = reason.replace("\x00", "").strip()[:500]
    if not clean:
        raise Invalid.on("reason", "required", _("Say in a few words why."))
    return clean


def evidence_row(
    actor: Actor, document: SealedDocument, kind: str, said: Mapping[str, Any], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of an ``Evidence`` row about ``document``.

    Args:
        said: what they told. seen: what is known of them (address, browser …).
    """
    evidence = {
        **{name: str(value)[:400] for name, value in seen.items()},
        **said,
        "kind": str(kind),
        "at": timezone.now().isoformat(),
        "document": str(document.id),
        "document_sha256": document.sha256,
        "pdf_sha256": document.pdf_sha256,
    }
    return {
        "party_id": document.party_id,
        "document": document,
        "kind": kind,
        "evidence": evidence,
        "seal": sha256(canonical(evidence)),
        "member": actor.member,
    }
