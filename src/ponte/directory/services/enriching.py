"""Turning what a register says into suggestions, and accepting them one by one. Nothing is written unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services.audit import record
from ponte.core.services.events import publish
from ponte.core.text import fold
from ponte.directory.adapters.registers import SHAPES
from ponte.directory.adapters.registers.shapes import Found
from ponte.directory.adapters.registers.transport import look_up
from ponte.directory.data import AddressData, EmailData, PhoneData
from ponte.directory.models import Company, Party, PartyAddress, RegisterSource, Suggestion
from ponte.directory.services.companies import update_company
from ponte.directory.services.contacts import add_contact
from ponte.directory.services.parties import lock_party
from ponte.directory.services.suggestions import accept_suggestions, decide
from ponte.events.directory import CustomerEnriched

State = Suggestion.State
REGISTERS = ("cnpj", "cep")
MOST_CEPS = 3
ON_A_ROW = ("street", "number", "complement", "district", "city", "city_code", "state")


@dataclass(frozen=True)
class Wanted:
    """A value a register has: for which field, what stands there."""

    field: str
    before: str
    after: str
    row_id: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """What came of asking for one customer: whether the register knew it, how many suggestions, the company's status."""

    known: bool
    count: int = 0
    status: str = ""


def codes_of(party: Party, what: str) -> list[str]:
    """Return what a customer is looked up by: the CNPJ, or the full CEPs of up to three Brazilian addresses."""
    if what == "cnpj":
        company = Company.objects.filter(party=party).first()
        return [company.cnpj] if company and company.cnpj else []
    rows = PartyAddress.objects.filter(party=party, country="BR", postal_code__regex=r"^[0-9]{8}$").order_by(
        "id"
    )
    return list(dict.fromkeys(rows.values_list("postal_code", flat=True)))[:MOST_CEPS]


def ask(source: RegisterSource, codes: Sequence[str]) -> list[tuple[str, Found]]:
    """Ask a register for each code; returns those it knows. Call it outside a transaction where that can wait.

    Raises:
        LookupFailed: it couldn't be asked.
    """
    answers = [(code, look_up(source, code)) for code in codes]
    return [(code, found) for code, found in answers if found is not None]


def suggest_found(
    *, actor: Actor, party_id: UUID, source: RegisterSource, answers: Sequence[tuple[str, Found]]
) -> Answer:
    """Keep what a register says and the record doesn't as suggestions; what was called right before stays so."""
    party = lock_party(party_id)
    wanted = [each for code, found in answers for each in _wanted(party, source.what, code, found)]
    stored = list(Suggestion.objects.filter(party=party, rule=source.what))
    known = {(row.field, row.row_id, row.after): row for row in stored}
    keys = {(one.field, one.row_id, one.after) for one in wanted}
    gone = [row.pk for key, row in known.items() if key not in keys and row.state == State.OPEN]
    Suggestion.objects.filter(pk__in=gone).delete()
    count = 0
    for one in wanted:
        row = known.get((one.field, one.row_id, one.after))
        if row is not None and row.state == State.DISMISSED:
            continue
        row = row or Suggestion(
            party=party, kind=party.kind, rule=source.what, field=one.field, row_id=one.row_id
        )
        row.before, row.after, row.source = one.before, one.after, SHAPES[source.shape].label
        row.state, row.decided_by, row.decided_at = State.OPEN, None, None
        row.save()
        count += 1
    status = next((found.status for _code, found in answers if found.status), "")
    record(actor=actor, act="customer.looked_up", target=party, object_type="customer", subject_id=party.id,
           changes={"register": ("", SHAPES[source.shape].label), "suggestions": (0, count)})  # fmt: skip
    return Answer(bool(answers), count, status)


def _wanted(party: Party, what: str, code: str, found: Found) -> Iterator[Wanted]:
    if what == "cnpj":
        yield from _company_fields(party, found)
    rows = list(PartyAddress.objects.filter(party=party, country="BR").order_by("id"))
    cep = code if what == "cep" else found.address.get("postal_code", "")
    same = [row for row in rows if cep and row.postal_code == cep]
    for row in same:
        for name in ON_A_ROW:
            value = found.address.get(name, "")
            if value and fold(getattr(row, name)) != fold(value):
                yield Wanted(f"addresses.{name}", getattr(row, name), value, row.pk)
    if what == "cnpj" and found.address and not same:
        yield Wanted("addresses", "", json.dumps(dict(found.address), sort_keys=True, ensure_ascii=False))


def _company_fields(party: Party, found: Found) -> Iterator[Wanted]:
    company = Company.objects.get(party=party)
    for name, value in found.fields.items():
        stored = stored_text(party, company, name)
        if fold(stored) != fold(value):
            yield Wanted(name, stored, value)
    emails = {address.lower() for address in party.emails.values_list("address", flat=True)}
    numbers = set(party.phones.values_list("number", flat=True))
    yield from (Wanted("emails", "", email) for email in found.emails if email not in emails)
    yield from (Wanted("phones", "", phone) for phone in found.phones if phone not in numbers)


def stored_text(party: Party, company: Company, name: str) -> str:
    """Return a company's field as suggestions keep it: text, "" for nothing."""
    value = getattr(party if name == "name" else company, name)
    return "" if value is None else str(value)


def accept_found(*, actor: Actor, suggestion_ids: Sequence[UUID]) -> list[str]:
    """Write values a register suggested for one customer; returns the fields written.

    A value that was changed since it was suggested is left alone, its suggestion goes away.

    Raises:
        Invalid: the register's value can't be used (a malformed e-mail); dismiss it.
    """
    rows = list(
        Suggestion.objects.select_for_update(of=("self",))
        .filter(id__in=list(suggestion_ids), state=State.OPEN, rule__in=REGISTERS)
        .order_by("id")
    )
    written: list[Suggestion] = []
    on_rows = [row for row in rows if row.row_id]
    if on_rows:
        accept_suggestions(actor=actor, suggestion_ids=[row.pk for row in on_rows])
        ids = [row.pk for row in on_rows]
        written += Suggestion.objects.filter(pk__in=ids, state=State.ACCEPTED)
    for row in rows:
        if not row.row_id and _write(actor, row):
            written.append(row)
    decide(actor, written, State.ACCEPTED)
    Suggestion.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in written}).delete()
    fields = sorted({row.field for row in written})
    for party_id in {row.party_id for row in written}:
        mine = [row for row in written if row.party_id == party_id]
        names = sorted({row.field for row in mine})
        publish(CustomerEnriched(party_id=str(party_id), source=mine[0].source, fields=names), actor=actor)
    return fields


def _write(actor: Actor, row: Suggestion) -> bool:
    if row.field in ("emails", "phones", "addresses"):
        add_contact(actor=actor, party_id=row.party_id, name=row.field, item=_item(row))
        return True
    company = Company.objects.select_related("party").filter(party_id=row.party_id).first()
    if company is None or stored_text(company.party, company, row.field) != row.before:
        return False
    update_company(actor=actor, party_id=row.party_id, changes={row.field: row.after})
    return True


def _item(row: Suggestion) -> Any:
    if row.field == "emails":
        return EmailData(address=row.after, kind="work")
    if row.field == "phones":
        return PhoneData(number=row.after)
    try:
        return AddressData(kind="work", **json.loads(row.after))
    except (TypeError, ValueError):
        raise Invalid.on("addresses", "invalid", _("This address can't be used.")) from None
