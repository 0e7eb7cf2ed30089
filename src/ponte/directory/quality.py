"""What good data about a customer are: the fields that count, and what can be wrong."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.directory.standards.addresses import CEP_RANGES


@dataclass(frozen=True)
class Counted:
    """A field that makes a record complete.

    ``sql`` tells over the tables ``p`` (party), ``n`` (person) and ``c`` (company) whether it is filled; ``kinds``
    whose records it counts for; ``weight`` how much. ``right`` is the name a role hides it by. ``worth`` tells whether a filled field
    counts for the score.
    """

    key: str
    label: str | Promise
    sql: str
    weight: int
    kinds: tuple[str, ...] = ("person", "company")
    right: str = ""
    worth: str = "true"


# the domain of the e-mail messages go to, as DNS last said; none while the check is off
_DOMAIN = "FROM directory_emaildomain AS d WHERE d.domain = lower(split_part(p.email, '@', 2))"
COUNTED = (
    Counted("name", _("Name"), "p.name <> ''", 2),
    Counted(
        "email",
        _("E-mail"),
        "p.email <> ''",
        3,
        right="email",
        worth=f"NOT EXISTS (SELECT 1 {_DOMAIN} AND d.state IN ('missing', 'no_mail'))",
    ),
    Counted("phone", _("Phone"), "p.phone <> ''", 3, right="phone"),
    Counted(
        "document",
        _("CPF or CNPJ"),
        "coalesce(n.cpf, '') <> '' OR coalesce(c.cnpj, '') <> ''",
        2,
        right="cpf",
    ),
    Counted("address", _("City and state"), "p.city <> '' AND p.state <> ''", 2, right="address"),
    Counted("owner", _("Owner"), "p.owner_id IS NOT NULL", 1, right="owner"),
    Counted("source", _("Source"), "p.source <> ''", 1, right="source"),
    Counted("birthday", _("Birthday"), "n.birthday IS NOT NULL", 1, ("person",), right="birthday"),
    Counted("industry", _("Industry"), "coalesce(c.industry, '') <> ''", 1, ("company",)),
)
FIELDS = {field.key: field for field in COUNTED}

# Domains that give out addresses for minutes, and names that stand for a function instead of a person. Short lists of the
# best known: an address on neither isn't thereby good.
DISPOSABLE = (
    "10minutemail.com", "guerrillamail.com", "mailinator.com", "maildrop.cc", "sharklasers.com", "temp-mail.org",
    "tempmail.com", "throwawaymail.com", "trashmail.com", "yopmail.com",
)  # fmt: skip
ROLES = (
    "abuse", "admin", "atendimento", "comercial", "compras", "contato", "contact", "faleconosco", "financeiro", "info",
    "marketing", "no-reply", "noreply", "postmaster", "rh", "sac", "sales", "suporte", "support", "vendas", "webmaster",
)  # fmt: skip


@dataclass(frozen=True)
class Flaw:
    """Something wrong with a record; ``sql`` tells over ``p``, ``f`` (figures), ``n``, ``c``; ``help`` what to do.

    ``right`` is the name a role hides it by; ``mark`` the text it is about, by which "it's right" is remembered; ``fix`` what is
    asked to mend it ("name", "email", "reach", "place", "owner", "" for nothing a form could ask).
    """

    key: str
    label: str | Promise
    help: str | Promise
    sql: str
    right: str = ""
    mark: str = "''"
    fix: str = ""


_MAILS = "FROM directory_partyemail AS e WHERE e.party_id = p.id"
# Brazilian addresses whose CEP lies in another state than the one written; as texts, so that nothing has to be cast
_CEPS = ", ".join(f"('{low:05}', '{high:05}', '{state}')" for low, high, state in CEP_RANGES)
_STATES = ", ".join(f"'{state}'" for state in sorted({state for _low, _high, state in CEP_RANGES}))
_ASTRAY = (
    f"FROM directory_partyaddress AS a JOIN (VALUES {_CEPS}) AS r (low, high, uf)"
    ' ON left(a.postal_code, 5) COLLATE "C" BETWEEN r.low AND r.high'
    " WHERE a.party_id = p.id AND a.country = 'BR' AND a.postal_code ~ '^[0-9]{5}([0-9]{3})?$'"
    f" AND a.state IN ({_STATES}) AND a.state <> r.uf"
)
FLAWS = (
    Flaw(
        "unreachable",
        _("No e-mail and no phone"),
        _("Nobody can reach this customer. Ask at the next contact."),
        "p.email = '' AND p.phone = ''",
        fix="reach",
    ),
    Flaw(
        "bad_email",
        _("E-mail doesn't work"),
        _("Messages come back. Ask for another address."),
        f"EXISTS (SELECT 1 {_MAILS} AND e.is_primary AND e.validity = 'invalid')",
        right="email",
        mark="p.email",
        fix="email",
    ),
    Flaw(
        "mistyped",
        _("E-mail mistyped"),
        _("The domain doesn't exist; the right one is suggested."),
        f"EXISTS (SELECT 1 {_MAILS} AND split_part(e.address, '@', 2) = ANY(%(typos)s))",
        right="email",
        mark="p.email",
        fix="email",
    ),
    Flaw(
        "no_domain",
        _("E-mail of a domain that doesn't exist"),
        _("What follows the @ is registered nowhere: messages can't arrive. Ask for the right address."),
        f"EXISTS (SELECT 1 {_DOMAIN} AND d.state = 'missing')",
        right="email",
        mark="p.email",
        fix="email",
    ),
    Flaw(
        "no_mail",
        _("E-mail of a domain that takes no mail"),
        _("The domain exists but has no mail server. Ask for the right address."),
        f"EXISTS (SELECT 1 {_DOMAIN} AND d.state = 'no_mail')",
        right="email",
        mark="p.email",
        fix="email",
    ),
    Flaw(
        "disposable",
        _("Throw-away e-mail"),
        _("The address lives for minutes. Ask for a real one."),
        f"EXISTS (SELECT 1 {_MAILS} AND split_part(e.address, '@', 2) = ANY(%(disposable)s))",
        right="email",
        mark="p.email",
        fix="email",
    ),
    Flaw(
        "role_email",
        _("E-mail of a department"),
        _("Nobody in particular reads it. Ask the person for their own."),
        f"p.kind = 'person' AND EXISTS (SELECT 1 {_MAILS} AND e.is_primary AND split_part(e.address, '@', 1) = ANY(%(roles)s))",
        right="email",
        mark="p.email",
        fix="email",
    ),
    Flaw(
        "cep_state",
        _("CEP of another state"),
        _("CEP and state contradict each other. Find out which of the two is right."),
        f"EXISTS (SELECT 1 {_ASTRAY})",
        right="address",
        mark=f"(SELECT string_agg(a.postal_code || a.state, ',' ORDER BY a.id) {_ASTRAY})",
        fix="place",
    ),
    Flaw(
        "nameless",
        _("No name"),
        _("Find out who this is, or merge the record."),
        "p.name = ''",
        fix="name",
    ),
    Flaw(
        "shouting",
        _("Name in capitals or small letters"),
        _("Write it as people do."),
        "length(p.name) > 3 AND p.name LIKE '%% %%' AND (p.name = upper(p.name) OR p.name = lower(p.name))",
        mark="p.name",
        fix="name",
    ),
    Flaw(
        "ownerless",
        _("No owner"),
        _("Give the customer to somebody."),
        "p.owner_id IS NULL",
        right="owner",
        fix="owner",
    ),
    Flaw(
        "stale",
        _("No contact for long"),
        _("Get in touch, or mark the customer as lost."),
        "p.created_at < %(stale)s AND (f.last_interaction_at IS NULL OR f.last_interaction_at < %(stale)s)",
        mark="coalesce(f.last_interaction_at::text, '')",
    ),
)
LABELS = {flaw.key: flaw for flaw in FLAWS}
