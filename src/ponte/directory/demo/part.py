"""Making and removing the demo's customers, through the directory's own services."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ponte.core.actors import Actor
from ponte.directory.data import (
    AddressData,
    CompanyData,
    EmailData,
    ExternalId,
    HandleData,
    PersonData,
    PhoneData,
)
from ponte.directory.demo import words
from ponte.directory.models import Party
from ponte.directory.services.bulk import bulk_upsert_companies, bulk_upsert_people
from ponte.directory.services.deletion import delete_parties, purge_parties
from ponte.workplace.demo import DemoContext, DemoPart

COMPANIES, EMPLOYEES, CONSUMERS = 80, 120, 180
SOURCE = "demo"


def make(context: DemoContext) -> None:
    """Add 80 companies, 120 people who work there and 180 consumers."""
    context.say("clientes")
    pick = context.random
    companies = [_company(pick, number, _owner(context)) for number in range(COMPANIES)]
    company_ids = _ids(bulk_upsert_companies(actor=context.actor, rows=companies, source=SOURCE))
    people = [
        _person(pick, number, _owner(context), context.today, company_ids if number < EMPLOYEES else ())
        for number in range(EMPLOYEES + CONSUMERS)
    ]
    people_ids = _ids(bulk_upsert_people(actor=context.actor, rows=people, source=SOURCE))
    context.made["companies"], context.made["people"] = company_ids, people_ids


def remove(actor: Actor) -> None:
    """Take the demo's customers away for good, with everything that hangs on them."""
    ids = list(Party.objects.filter(is_demo=True).values_list("id", flat=True))
    delete_parties(actor=actor, party_ids=ids)
    purge_parties(actor=actor, party_ids=ids)


def _company(pick: random.Random, number: int, owner_id: UUID) -> CompanyData:
    trade, industry, _, employees = words.TRADES[number % len(words.TRADES)]
    name = f"{trade} {words.PLACE_NAMES[(number * 7) % len(words.PLACE_NAMES)]}"
    if number >= len(words.PLACE_NAMES):
        name += f" {words.LAST_NAMES[number % len(words.LAST_NAMES)]}"
    domain = f"{plain(name)}.example"
    city = pick.choice(words.CITIES)
    return CompanyData(
        name=name,
        legal_name=f"{name} Comércio de Alimentos Ltda",
        cnpj=cnpj(pick.randrange(10_000_000, 60_000_000)),
        industry=industry,
        employees=max(2, int(pick.gauss(employees, employees / 4))),
        website=f"https://www.{domain}",
        emails=[EmailData(address=f"compras@{domain}", kind="work")],
        phones=[PhoneData(number=f"+55{city[4]}3{pick.randrange(1_000_000, 9_999_999)}")],
        addresses=[_address(pick, city)],
        handles=[HandleData(network="instagram", handle=plain(name))] if pick.random() < 0.6 else [],
        external_ids=[ExternalId(source=SOURCE, id=f"company-{number}")],
        tags=pick.sample(words.COMPANY_TAGS, pick.choice((0, 1, 1, 2))),
        **_common(pick, owner_id),
    )


def _person(
    pick: random.Random, number: int, owner_id: UUID, today: date, company_ids: Sequence[UUID]
) -> PersonData:
    first, last = pick.choice(words.FIRST_NAMES), " ".join(pick.sample(words.LAST_NAMES, pick.choice((1, 2))))
    city = pick.choice(words.CITIES)
    born = today - timedelta(days=pick.randrange(20 * 365, 70 * 365))
    working: dict[str, Any] = {}
    if company_ids:
        index = number % len(company_ids)
        role = pick.choice(words.TRADES[index % len(words.TRADES)][2])
        working = {"company_id": company_ids[index], "company_role": role, "job_title": role}
    return PersonData(
        name=f"{first} {last}",
        cpf=cpf(pick.randrange(100_000_000, 999_999_999)) if pick.random() < 0.7 else "",
        birthday=born if pick.random() < 0.8 else None,
        emails=[EmailData(address=f"{plain(first)}.{plain(last.split()[-1])}{number}@correio.example")]
        if pick.random() < 0.92
        else [],
        phones=[
            PhoneData(number=f"+55{city[4]}9{pick.randrange(81_000_000, 99_999_999)}", has_whatsapp=True)
        ],
        addresses=[_address(pick, city)] if pick.random() < 0.8 else [],
        external_ids=[ExternalId(source=SOURCE, id=f"person-{number}")],
        tags=pick.sample(words.PERSON_TAGS, pick.choice((0, 0, 1, 1, 2))),
        **working,
        **_common(pick, owner_id),
    )


def _common(pick: random.Random, owner_id: UUID) -> dict[str, Any]:
    return {
        "owner_id": owner_id,
        "stage": pick.choices(("lead", "mql", "sql", "customer", "promoter", "lost"), (20, 10, 8, 48, 8, 6))[
            0
        ],
        "source": pick.choice(words.SOURCES),
        "preferred_channel": pick.choice(words.CHANNELS),
        "is_demo": True,
    }


def _address(pick: random.Random, city: tuple[str, str, str, str, str]) -> AddressData:
    return AddressData(
        kind="other",
        postal_code=f"{city[3]}{pick.randrange(0, 999):03d}",
        street=pick.choice(words.STREETS),
        number=str(pick.randrange(10, 2400)),
        district=pick.choice(words.DISTRICTS),
        city=city[0],
        city_code=city[2],
        state=city[1],
    )


def _owner(context: DemoContext) -> UUID:
    sellers = [member for member in context.made["members"] if member.role.key in ("salesperson", "manager")]
    sellers = sellers or context.made["members"]
    owner: UUID = context.random.choice(sellers).id
    return owner


def _ids(results: Sequence[Any]) -> list[UUID]:
    wrong = [result for result in results if result.party_id is None]
    if wrong:
        raise RuntimeError(f"the demo's own rows were refused: {wrong[0].problems}")
    return [result.party_id for result in results]


def plain(text: str) -> str:
    """Return ``text`` as it would stand in a domain or a user name."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in ascii_text if letter.isalnum())


def cpf(base: int) -> str:
    """Return the CPF with these first nine digits (check digits: Receita Federal, modulo 11)."""
    digits = [int(digit) for digit in f"{base:09d}"]
    for _ in range(2):
        total = sum(
            digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)
        )
        digits.append(0 if total % 11 < 2 else 11 - total % 11)
    return "".join(map(str, digits))


def cnpj(root: int) -> str:
    """Return the CNPJ of the head office with this root (check digits: Receita Federal, modulo 11)."""
    digits = [int(digit) for digit in f"{root:08d}0001"]
    for _ in range(2):
        weights = [2 + position % 8 for position in range(len(digits))][::-1]
        total = sum(digit * weight for digit, weight in zip(digits, weights, strict=True))
        digits.append(0 if total % 11 < 2 else 11 - total % 11)
    return "".join(map(str, digits))


PART = DemoPart(key="directory", order=10, make=make, remove=remove)
