"""Many contracts at once, by external id: running ones brought from a spreadsheet or another system. A fixed number of statements a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.data import BulkRow, Policy, RowResult
from ponte.commerce.services.bulk import BATCH, Ledger, audit_changes, clean_id
from ponte.commerce.services.bulk_custom import check_bulk_custom
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import NEXT, step_versions
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractsImported
from ponte.sales.contract_data import ContractData
from ponte.sales.contract_policies import check_contract, editable_contracts
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.models.document import SealedDocument
from ponte.sales.services.bulk_documents import Names, Upsert, check_names, fetch_names, within_reach
from ponte.sales.services.contract_fields import FIELDS, PERSONAL, clean_contract
from ponte.sales.services.document_numbers import CONTRACTS, count_on_after

BROUGHT = (ContractStatus.DRAFT, ContractStatus.SIGNED, ContractStatus.CANCELLED, ContractStatus.ENDED)
COLUMNS = ("party_id", "opportunity_id", "number", "status", "signed_at", "closed_at", *FIELDS)
_TERMS = frozenset(FIELDS) - {"body"}
_DEFAULTS = {name: value for name, value in asdict(ContractData()).items() if name in FIELDS} | {"body": ""}
BEYOND = gettext_lazy("This contract exists and is not within your reach. Talk to an administrator.")
LIVES_HERE = gettext_lazy("This contract was sent or changed here since. The file doesn't change it.")


@transaction.atomic
def upsert_contracts(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update"
) -> list[RowResult]:
    """Create or update contracts known to ``source`` by external id; ``values`` are named as ``COLUMNS``, custom fields by key in "custom".

    A new one needs ``party_id``. They come as drafts, or as signed elsewhere, ended or cancelled: then without sealed documents. One
    that was sent or changed by an addendum here is no longer the file's to change. Repeating changes nothing.

    Raises ``Denied`` unless the actor may create and edit contracts.
    """
    check_contract(actor, "create")
    check_contract(actor, "edit")
    ledger = Ledger(len(rows))
    known, beyond = _locked(actor, source, (row.external_id for row in rows))
    custom = check_bulk_custom("contract", rows, known, actor=actor, policy=policy)
    upsert = Upsert(
        ledger,
        fetch_names(actor, "contract", rows, custom),
        policy,
        known,
        beyond,
        clean=_clean,
        make=partial(Contract, source=source),
        lives_here=lambda contract: getattr(contract, "lives_here", False),
        beyond_reach=BEYOND,
        gone_on=LIVES_HERE,
    )
    for index, row in enumerate(rows):
        upsert.take(index, row)
    write_contracts(upsert.new.values(), upsert.changed.values())
    parties = {one.id: one.party_id for one in upsert.changed.values()}
    audit_changes(actor, ledger, "contract", parties, PERSONAL)
    if touched := upsert.touched():
        note_imported(actor, source, touched, act="contract.imported")
    return ledger.results()


def write_contracts(new: Iterable[Contract], changed: Iterable[Contract]) -> None:
    """Save new contracts, and changed ones as their next version. Part of the caller's act."""
    fresh, former = list(new), list(changed)
    Contract.objects.bulk_create(fresh, batch_size=BATCH)
    step_versions(former)
    plain = [name.removesuffix("_id") for name in COLUMNS]
    Contract.objects.bulk_update(former, [*plain, "custom", *NEXT], batch_size=BATCH)
    count_on_after(CONTRACTS, (one.number for one in fresh))


def _locked(actor: Actor, source: str, external_ids: Iterable[str]) -> tuple[dict[str, Contract], set[str]]:
    """Return the contracts of one source the actor may edit, by external id, and the ids of those beyond reach."""
    sent = SealedDocument.objects.filter(contract=OuterRef("pk"))
    addenda = Contract.objects.filter(parent=OuterRef("pk"), status=ContractStatus.SIGNED)
    rows = Contract.objects.filter(source=source, external_id__in=set(external_ids) - {""})
    rows = rows.annotate(lives_here=Exists(sent) | Exists(addenda) | ~Q(status__in=BROUGHT))
    locked = list(rows.order_by("id").select_for_update(of=("self",)))
    open_to, beyond = within_reach(locked, editable_contracts(actor.member) if actor.member else None)
    return {row.external_id: row for row in open_to}, {row.external_id for row in beyond}


def _clean(
    ledger: Ledger, index: int, row: BulkRow, names: Names, contract: Contract | None
) -> dict[str, Any] | None:
    """Return the checked values the row gives, None where it was refused."""
    cleaner, told = Cleaner(), row.values
    clean_id(cleaner, row)
    if unknown := set(told) - {*COLUMNS, "custom"}:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    check_names(cleaner, told, names, contract, nobody=gettext_lazy("Say whose contract it is."))
    number = cleaner.text("number", told.get("number") or row.external_id, 60)
    before = {name: getattr(contract, name) for name in FIELDS} if contract else dict(_DEFAULTS)
    before["title"] = before["title"] or _("Contract %(number)s") % {"number": number}
    given = {name: told[name] for name in FIELDS if told.get(name) not in (None, "")}
    clean = clean_contract(
        cleaner, {**before, **given}, owner_before=given.get("owner_id", before["owner_id"])
    )
    status = cleaner.choice(
        "status",
        told.get("status") or (contract.status if contract else ContractStatus.SIGNED),
        ContractStatus,
    )
    if status not in BROUGHT:
        cleaner.refuse("status", "invalid", gettext_lazy("Choose one of the options."))
    cleaner.problems += names.custom[row.external_id].problems
    if cleaner.problems:
        ledger.reject(index, cleaner.problems)
        return None
    values = {name: clean[name] for name in _TERMS if contract is None or clean[name] != before[name]}
    values |= {name: told[name] for name in ("party_id", "opportunity_id") if told.get(name)}
    if contract is None or told.get("number"):
        values["number"] = number
    if contract is None or told.get("status"):
        values |= _dated(status, told, clean, contract)
    return values


def _dated(
    status: str, told: dict[str, Any], clean: dict[str, Any], contract: Contract | None
) -> dict[str, Any]:
    """A status with its dates: signed when the file says, else on the first day; closed on the last."""
    values: dict[str, Any] = {"status": status, "signed_at": None, "closed_at": None}
    if contract is not None and contract.status == status:
        values |= {"signed_at": contract.signed_at, "closed_at": contract.closed_at}
    if status in (ContractStatus.SIGNED, ContractStatus.ENDED):
        values["signed_at"] = told.get("signed_at") or values["signed_at"] or _moment(clean["starts_on"])
    if status in (ContractStatus.CANCELLED, ContractStatus.ENDED):
        values["closed_at"] = values["closed_at"] or _moment(clean["ends_on"])
    return values


def _moment(day: Any) -> datetime:
    now = timezone.now()
    return min(now, timezone.make_aware(datetime.combine(day, time(12)))) if day else now


def note_imported(actor: Actor, source: str, ids: Sequence[UUID], *, act: str) -> None:
    """Write one audit entry and one event for what a chunk of an import did. Part of the caller's act."""
    summary = {"source": source, "count": len(ids)}
    record_bulk(actor=actor, act=act, object_type="contract", ids=list(ids), summary=summary)
    publish(ContractsImported(source=source, contract_ids=[str(one) for one in ids]), actor=actor)
