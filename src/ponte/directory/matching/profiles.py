"""What is compared of a customer, and the keys under which possible doubles meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import product
from uuid import UUID

from ponte.core.text import fold
from ponte.directory.matching.names import NOBODY, Name

ROLES = frozenset(
    [
        "contato",
        "vendas",
        "comercial",
        "financeiro",
        "atendimento",
        "sac",
        "info",
        "admin",
        "compras",
        "rh",
        "suporte",
        "nfe",
        "fiscal",
        "cobranca",
        "adm",
        "email",
        "contact",
        "office",
    ]
)
FREE_DOMAINS = frozenset(
    [
        "gmail.com",
        "hotmail.com",
        "outlook.com",
        "yahoo.com.br",
        "yahoo.com",
        "uol.com.br",
        "bol.com.br",
        "terra.com.br",
        "icloud.com",
        "live.com",
        "ig.com.br",
        "globo.com",
    ]
)
MOST_CONTACTS = 8
LONG_LOCAL = 7  # letters of an e-mail's first part from which it tells somebody apart


@dataclass(slots=True)
class Profile:
    """One customer as the scorer sees them. Phones are canonical (ninth digit), e-mails lower case, city folded."""

    id: UUID | None
    kind: str
    names: tuple[Name, ...]  # of a person one; of a company trade name and legal name
    birthday: date | None = None
    document: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()  # "CEP:number"
    city: str = ""
    domain: str = ""
    keys: frozenset[int] = field(default_factory=frozenset)

    @property
    def name(self) -> Name:
        return self.names[0] if self.names else NOBODY


def locals_of(profile: Profile) -> set[str]:
    """Return the telling first parts of a customer's e-mails, without dots and what follows a plus."""
    found = set()
    for address in profile.emails:
        local = address.partition("@")[0].partition("+")[0].replace(".", "").replace("_", "").replace("-", "")
        if len(local) >= LONG_LOCAL and local not in ROLES:
            found.add(local)
    return found


def personal_emails(profile: Profile) -> frozenset[str]:
    """Return the e-mails that are somebody's own ("contato@" is everybody's)."""
    return frozenset(a for a in profile.emails if a.partition("@")[0] not in ROLES)


def domain_of(website: str, emails: Iterable[str]) -> str:
    """Return the company's own domain, from its site or its e-mails; "" when it has none."""
    host = fold(website).split("//")[-1].split("/")[0].removeprefix("www.")
    if "." in host:
        return host
    own = sorted(d for d in (a.partition("@")[2] for a in emails) if d and d not in FREE_DOMAINS)
    return own[0] if own else ""


def add_keys(profile: Profile) -> Profile:
    """Give a profile its keys: two customers that share one are compared, others never."""
    texts = _shared_keys(profile)
    texts |= _person_keys(profile) if profile.kind == "person" else _company_keys(profile)
    profile.keys = frozenset(map(_hash, (f"{profile.kind[0]}{text}" for text in texts)))
    return profile


def _shared_keys(profile: Profile) -> set[str]:
    keys = {f"p{phone}" for phone in sorted(profile.phones)[:MOST_CONTACTS]}
    keys |= {f"e{address}" for address in sorted(profile.emails)[:MOST_CONTACTS]}
    keys |= {f"l{local}" for local in sorted(locals_of(profile))[:MOST_CONTACTS]}
    if profile.document:
        keys.add(f"d{profile.document}")
    return keys


def _person_keys(profile: Profile) -> set[str]:
    name, keys = profile.name, set()
    if profile.birthday:
        day = f"{profile.birthday:%Y%m%d}"
        keys |= {f"b{day}{call}" for call in name.calls}
        keys |= {f"y{day}{name.last}"} if name.last else set()
    if name.last:
        for call in name.calls:
            pair = "".join(sorted((call, name.last)))
            keys |= {f"n{pair}", f"c{pair}{profile.city}"}
        keys.add("f" + "".join(sorted(name.sounds)))
    keys |= {f"a{place}{call}" for place, call in product(profile.addresses, name.calls)}
    return keys


def _company_keys(profile: Profile) -> set[str]:
    keys = {f"w{profile.domain}"} if profile.domain else set()
    for name in profile.names:
        if name.sounds:
            keys.add("f" + "".join(sorted(name.sounds)))
            keys.add("n" + "".join(sorted(name.sounds[:2])) + profile.city)
            keys |= {f"a{place}{name.first}" for place in profile.addresses}
    return keys


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
