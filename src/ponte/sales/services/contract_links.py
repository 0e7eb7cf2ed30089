"""The links that open a contract for its signers: made, looked at, ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractViewed
from ponte.sales.contract_policies import check_contract
from ponte.sales.document_links import digest_of
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.models.document import PublicLink
from ponte.sales.services.contract_signers import find_signer, signers_of
from ponte.sales.services.contracts import audit_contract, lock_contract
from ponte.sales.services.public_links import OPEN_AFTER, count_look, end_of, make_public_link


def make_signer_link(contract: Contract, signer: ContractSigner) -> PublicLink:
    """Return a new link to a contract for one signer; it ends 60 days after the last day for signing. Part of the caller's act."""
    last = contract.sign_until or timezone.localdate() + timedelta(days=30)
    return make_public_link(signer=signer, expires_at=end_of(last) + OPEN_AFTER)


def find_signer_link(token: str) -> PublicLink:
    """Return the living link of a token with signer and contract; raise ``Missing`` for unknown, ended and revoked ones."""
    rows = PublicLink.objects.select_related("signer__contract__party", "signer__contract__owner")
    link = rows.filter(digest=digest_of(token), revoked_at=None, expires_at__gt=timezone.now()).first()
    if link is None or link.signer is None:
        raise Missing("link")
    contract = link.signer.contract
    if contract.deleted_at is not None or contract.party.deleted_at is not None:
        raise Missing("link")
    return link


def links_of(contract: Contract) -> dict[UUID, PublicLink]:
    """Return the newest living link of each signer, by the signer's id. One query."""
    rows = PublicLink.objects.filter(
        signer__contract=contract, revoked_at=None, expires_at__gt=timezone.now()
    )
    return {link.signer_id: link for link in rows.order_by("id") if link.signer_id}


@transaction.atomic
def note_signer_look(*, actor: Actor, link_id: UUID) -> None:
    """Count that a signer looked; the first look at an edition is an event.

    Raises:
        Missing: no such link.
    """
    now = timezone.now()
    link = count_look(link_id, now)
    if link.signer_id is None:
        raise Missing("link")
    signer = (
        ContractSigner.objects.select_for_update(of=("self",))
        .select_related("contract")
        .get(id=link.signer_id)
    )
    first = signer.first_viewed_at is None
    ContractSigner.objects.filter(id=signer.id).update(
        views=F("views") + 1, last_viewed_at=now, first_viewed_at=signer.first_viewed_at or now
    )
    contract = signer.contract
    if first and contract.status == ContractStatus.OUT:
        viewed = ContractViewed(
            contract_id=str(contract.id),
            party_id=str(contract.party_id),
            signer_id=str(signer.id),
            edition=contract.edition,
        )
        publish(viewed, actor=actor)


@transaction.atomic
def renew_signer_link(*, actor: Actor, contract_id: UUID, signer_id: UUID) -> PublicLink:
    """Give a signer a new link; the former one ends at once.

    Raises:
        Missing, Denied: as everywhere; also a contract that was never sent.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    signer = find_signer(signers_of(contract), signer_id)
    if signer is None or contract.status not in (ContractStatus.OUT, ContractStatus.SIGNED):
        raise Missing("link")
    signer.links.filter(revoked_at=None).update(revoked_at=timezone.now())
    audit_contract(actor, "contract.link_renewed", contract, {"signers": (None, signer.name)})
    return make_signer_link(contract, signer)


def revoke_signer_links(contract: Contract) -> None:
    """End every link of a contract. Part of the caller's act."""
    links = PublicLink.objects.filter(signer__contract=contract, revoked_at=None)
    links.update(revoked_at=timezone.now())
