"""Changing who signs a contract, one by one, while it is being written."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Missing
from ponte.sales.contract_data import SignerData
from ponte.sales.contract_policies import check_contract
from ponte.sales.models.contract import Contract
from ponte.sales.services.contract_signers import (
    find_signer,
    names_of,
    signer_data,
    signers_of,
    write_signers,
)
from ponte.sales.services.contracts import change_contract, check_open, lock_contract


@transaction.atomic
def set_signers(
    *, actor: Actor, contract_id: UUID, signers: Sequence[SignerData], version: int | None = None
) -> Contract:
    """Say who signs a contract, in which order they are shown. It becomes a draft again.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is out or signed; on ``signers.0.name`` ….
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    check_open(contract)
    before = names_of(signers_of(contract))
    cleaner = Cleaner()
    write_signers(cleaner, contract, signers)
    cleaner.done()
    after = names_of(signers_of(contract))
    if before != after:
        change_contract(actor, contract, "contract.updated", {"signers": (before, after)})
    return contract


@transaction.atomic
def put_signer(
    *, actor: Actor, contract_id: UUID, data: SignerData, signer_id: UUID | None = None
) -> Contract:
    """Add a signer, or change the one of ``signer_id``.

    Raises:
        Missing, Denied: as everywhere. Invalid: it is out or signed; on ``name``, ``email``, ``cpf``, ``role``.
    """
    contract = lock_contract(contract_id)
    rows = signers_of(contract)
    told = [signer_data(row) for row in rows]
    if signer_id is None:
        told.append(data)
    else:
        row = find_signer(rows, signer_id)
        if row is None:
            raise Missing("signer")
        told[rows.index(row)] = data
    return set_signers(actor=actor, contract_id=contract_id, signers=told)


@transaction.atomic
def remove_signer(*, actor: Actor, contract_id: UUID, signer_id: UUID) -> Contract:
    """Take a signer away.

    Raises:
        Missing, Denied: as everywhere. Invalid: it is out or signed.
    """
    rows = signers_of(lock_contract(contract_id))
    if find_signer(rows, signer_id) is None:
        raise Missing("signer")
    left = [signer_data(row) for row in rows if row.id != signer_id]
    return set_signers(actor=actor, contract_id=contract_id, signers=left)
