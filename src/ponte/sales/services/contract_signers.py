"""Who is to sign a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.brazil.documents import normalise_cpf
from ponte.core.brazil.problems import Unreadable
from ponte.sales.contract_data import SignerData
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import SignerRole

MOST_SIGNERS = 20


def write_signers(cleaner: Cleaner, contract: Contract, signers: Sequence[SignerData]) -> None:
    """Make a contract's signers those of ``signers``; problems go to ``cleaner``. Part of the caller's act."""
    if len(signers) > MOST_SIGNERS:
        cleaner.refuse("signers", "too_many", _("At most 20 people sign a contract."))
        return
    rows = [clean_signer(cleaner.under(f"signers.{number}"), one) for number, one in enumerate(signers)]
    contract.signers.all().delete()
    ContractSigner.objects.bulk_create(
        ContractSigner(contract=contract, position=position, **values) for position, values in enumerate(rows, 1)
    )  # fmt: skip


def clean_signer(cleaner: Cleaner, data: SignerData) -> dict[str, Any]:
    """Return the checked values of one signer."""
    email = cleaner.text("email", data.email, 254).lower()
    try:
        if email:
            validate_email(email)
    except ValidationError:
        cleaner.refuse("email", "invalid", _("This isn't an e-mail address."))
    cpf = ""
    if data.cpf.strip():
        try:
            cpf = normalise_cpf(data.cpf, repair=False)
        except Unreadable:
            cleaner.refuse("cpf", "invalid", _("This CPF isn't valid. Check the digits."))
    return {
        "name": " ".join(cleaner.text("name", data.name, 160, required=True).split()),
        "role": cleaner.choice("role", data.role, SignerRole),
        "email": email,
        "cpf": cpf,
    }


def signers_of(contract: Contract) -> list[ContractSigner]:
    """Return a contract's signers in their order."""
    return list(contract.signers.order_by("position", "id"))


def signer_data(row: ContractSigner) -> SignerData:
    """Return a signer as they would be given."""
    return SignerData(name=row.name, role=row.role, email=row.email, cpf=row.cpf)


def names_of(signers: Sequence[ContractSigner]) -> list[str]:
    """Return who signs, for the audit log."""
    return [f"{one.name} ({one.role}) {one.email}".strip() for one in signers]


def find_signer(signers: Sequence[ContractSigner], signer_id: UUID) -> ContractSigner | None:
    """Return the signer of an id."""
    return next((one for one in signers if one.id == signer_id), None)
