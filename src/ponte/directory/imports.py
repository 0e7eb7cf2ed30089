"""People and companies as targets of the importer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.core.text import fold, proper_case, sort_key
from ponte.directory.custom import labels_of
from ponte.directory.data import (
    AddressData,
    CompanyData,
    EmailData,
    ExternalId,
    PartyData,
    PersonData,
    RowResult,
)
from ponte.directory.import_ahead import drafts_ahead
from ponte.directory.import_drafts import DraftMaker, phones_of, several
from ponte.directory.import_fields import ADDRESS_FIELDS, COMPANY_FIELDS, PERSON_FIELDS
from ponte.directory.import_warnings import place_warnings
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.identities import resolve_many
from ponte.directory.services.bulk import MAX_ROWS, bulk_upsert, bulk_upsert_companies
from ponte.directory.services.bulk import Policy as BulkPolicy
from ponte.directory.services.bulk_matching import DEFAULT_MATCH
from ponte.directory.services.creation import Draft
from ponte.directory.services.import_undo import undo_customers
from ponte.directory.services.search_index import gather_search_entries, settle_search_entries
from ponte.workplace.custom_fields.importing import custom_values
from ponte.workplace.importing import (
    ImportContext,
    ImportRow,
    ImportTarget,
    Policy,
    Problem,
    RowOutcome,
)

_COMMON = ("stage", "source", "preferred_channel", "language", "description")
_PERSON = (
    "social_name", "cpf", "birthday", "gender", "marital_status", "education", "occupation", "job_title",
    "nationality", "children", "company_role",
)  # fmt: skip
_COMPANY = (
    "legal_name", "cnpj", "state_registration", "municipal_registration", "industry", "cnae", "size", "employees",
    "annual_revenue", "founded_on", "website",
)  # fmt: skip
_FIELD_OF = {"emails": "email", "phones": "phone", "external_ids": "external_id", "owner_id": "owner"}


def apply_people(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the people of a chunk."""
    employers = _employers(rows, context)

    def links_of(values: Mapping[str, Any]) -> dict[str, Any]:
        mark = _employer_mark(values)
        if mark and mark not in employers:
            raise Unknown("company_cnpj", _("There is no company with this CNPJ. Import companies first."))
        if not mark:
            return {}
        role = {name: values[name] for name in ("company_role", "job_title") if name in values}
        return {"company_id": employers[mark], **role}

    return _apply("person", rows, context, links_of)


def apply_companies(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the companies of a chunk."""
    return _apply("company", rows, context, lambda values: {})


def data_of(
    kind: str, values: Mapping[str, Any], source: str, links: Mapping[str, Any] = MappingProxyType({})
) -> PartyData:
    """Return what a row says, uncleaned, with the members and companies it is linked to: the long way."""
    own = {name: values[name] for name in (_PERSON if kind == "person" else _COMPANY) if name in values}
    given = {**links, **_common(values, source), **own}
    if kind == "company":
        return CompanyData(name=values.get("name", ""), **given)
    parts = (values.get("first_name"), values.get("last_name"))
    return PersonData(name=values.get("name") or " ".join(part for part in parts if part), **given)


_KINDS = {
    "external": ("external",),
    "document": ("cpf", "cnpj"),
    "email": ("email",),
    "phone": ("whatsapp", "phone"),
}
_POLICIES = (Policy.UPDATE, Policy.FILL, Policy.SKIP, Policy.ASK, Policy.CREATE)
_TELLING = {
    "external": gettext_lazy("External id"),
    "document": gettext_lazy("CPF or CNPJ"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone with the same name"),
}


class Unknown(ValueError):
    """A row points at something that isn't there."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(message)


def _apply(
    kind: str,
    rows: Sequence[ImportRow],
    context: ImportContext,
    links_of: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> list[RowOutcome]:
    """Write rows: cleaned the short way where that can be (``import_drafts``), the long way where it can't."""
    owners = _owners(rows, context)
    make = context.memory.get("drafts") or DraftMaker(kind, context.source)
    context.memory["drafts"] = make
    bare: PartyData = PersonData() if kind == "person" else CompanyData()
    answers: dict[int, RowOutcome] = {}
    given: list[tuple[int, PartyData]] = []
    drafts: dict[int, Draft] = {}
    for position, row in enumerate(rows):
        try:
            links = {**_owner(row.values, owners), **links_of(row.values)}
        except Unknown as unknown:
            answers[position] = RowOutcome.rejected(unknown.field, "unknown", unknown.message)
            continue
        draft = context.ahead.pop(row.number, None) or make(row.values)
        if draft is None:
            data = data_of(kind, row.values, context.source, links)
        else:
            drafts[len(given)] = draft
            data = replace(bare, **links) if links else bare
        given.append((position, data))
    always_new = context.policy is Policy.CREATE
    results = bulk_upsert(
        kind=kind,
        actor=context.actor,
        rows=[data for _position, data in given],
        ready=drafts,
        policy="update" if always_new else cast("BulkPolicy", str(context.policy)),
        match=() if always_new else _match(context),
        source=context.source,
        default_owner_id=None,
    )
    for (position, _data), result in zip(given, results, strict=True):
        problems = tuple(_problems(result)) if result.problems else ()
        answers[position] = RowOutcome(result.outcome, result.party_id, problems)
    return [answers[position] for position in range(len(rows))]


def _match(context: ImportContext) -> tuple[str, ...]:
    """Return the kinds of identity that tell a known customer, in the order asked for."""
    kinds = [kind for key in context.match for kind in _KINDS.get(key, ())]
    return tuple(kinds) or DEFAULT_MATCH


def _owner(values: Mapping[str, Any], owners: Mapping[str, UUID]) -> dict[str, Any]:
    owner = values.get("owner")
    if not owner:
        return {}
    if fold(owner) not in owners:
        raise Unknown("owner", _("Nobody in this workspace has this e-mail or name."))
    return {"owner_id": owners[fold(owner)]}


def _common(values: Mapping[str, Any], source: str) -> dict[str, Any]:
    ids = [values[key] for key in ("external_id",) if key in values] + values.get("other_external_ids", [])
    common: dict[str, Any] = {name: values[name] for name in _COMMON if name in values}
    common["custom"] = custom_values(values)
    common["external_ids"] = [ExternalId(source=source, id=one) for one in dict.fromkeys(ids)]
    common["emails"] = [EmailData(address=one) for one in several(values.get("email", ()))]
    common["phones"] = phones_of(values)
    common["tags"] = several(values.get("tags", ()))
    address = {name: values[name] for name in ADDRESS_FIELDS if name in values}
    if address:
        if "city" in address:
            address["city"] = proper_case(address["city"])
        common["addresses"] = [AddressData(**address)]
    return common


def _owners(rows: Sequence[ImportRow], context: ImportContext) -> dict[str, UUID]:
    """Return active members by folded e-mail and name, looked up once a run."""
    if not any("owner" in row.values for row in rows):
        return {}
    if "owners" not in context.memory:
        members = Member.objects.filter(is_active=True).values_list("id", "email", "name")
        context.memory["owners"] = {
            fold(word): member_id for member_id, email, name in members for word in (name, email) if word
        }
    owners: dict[str, UUID] = context.memory["owners"]
    return owners


def _employer_mark(values: Mapping[str, Any]) -> str:
    """Return what tells a row's company from others: its CNPJ, else its name as sorted; empty without either."""
    return str(values.get("company_cnpj") or sort_key(values.get("company_name", "")))


def _employers(rows: Sequence[ImportRow], context: ImportContext) -> dict[str, UUID]:
    """Return the companies people of the chunk work at, by their mark; unknown ones that have a name are made."""
    named = {mark: row.values for row in rows if (mark := _employer_mark(row.values))}
    if not named:
        return {}
    cnpjs = {("cnpj", mark) for mark, values in named.items() if values.get("company_cnpj")}
    found = {value: party_id for (_kind, value), party_id in resolve_many(cnpjs).items()}
    names = [mark for mark, values in named.items() if not values.get("company_cnpj")]
    member = context.actor.member
    reach = visible_parties(member) if member else Party.objects.filter(deleted_at=None)
    companies = reach.filter(kind="company", sort_name__in=names).order_by("-id")
    found |= dict(companies.values_list("sort_name", "id"))  # of several the oldest
    fresh = [mark for mark, values in named.items() if mark not in found and values.get("company_name")]
    made = bulk_upsert_companies(
        actor=context.actor,
        rows=[
            CompanyData(name=named[mark]["company_name"], cnpj=named[mark].get("company_cnpj", ""))
            for mark in fresh
        ],
        policy="skip",
        source=context.source,
    )
    return found | {mark: one.party_id for mark, one in zip(fresh, made, strict=True) if one.party_id}


def _problems(result: RowResult) -> list[Problem]:
    found = []
    for problem in result.problems:
        first, _dot, last = re.sub(r"\[\d+\]", "", problem.field).partition(".")
        key = last if first == "addresses" else _FIELD_OF.get(first, first)
        if first == "custom":
            key = problem.field
        found.append(Problem(key, problem.code, problem.message))
    return found


PEOPLE = ImportTarget(
    key="people",
    file_names=("pessoas", "clientes", "contatos", "contacts", "customers", "leads"),
    label=gettext_lazy("People"),
    icon="users",
    description=gettext_lazy("Customers and contacts who are persons"),
    fields=PERSON_FIELDS,
    apply=apply_people,
    ahead=drafts_ahead("person"),
    rights=("customer", "create"),
    policies=_POLICIES,
    match=_TELLING,
    order=10,
    list_url_name="directory:people",
    undo=undo_customers,
    names=labels_of("person"),
    chunk_rows=MAX_ROWS,
    before_many=gather_search_entries,
    after_many=settle_search_entries,
    warn=place_warnings,
)
COMPANIES = ImportTarget(
    key="companies",
    file_names=(
        "empresas",
        "contas",
        "fornecedores",
        "organizações",
        "organizations",
        "accounts",
        "sellers",
        "vendedores",
    ),
    label=gettext_lazy("Companies"),
    icon="building",
    description=gettext_lazy("Customers, sellers and partners that are companies"),
    fields=COMPANY_FIELDS,
    apply=apply_companies,
    ahead=drafts_ahead("company"),
    rights=("customer", "create"),
    policies=_POLICIES,
    match=_TELLING,
    order=20,
    list_url_name="directory:companies",
    undo=undo_customers,
    names=labels_of("company"),
    chunk_rows=MAX_ROWS,
    before_many=gather_search_entries,
    after_many=settle_search_entries,
    warn=place_warnings,
)
