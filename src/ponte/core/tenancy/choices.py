"""What a workspace may choose from: kinds of business, time zones, currencies, languages."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.tenancy.models import Workspace


@dataclass(frozen=True)
class BusinessKind:
    """A kind of business as the first page shows it."""

    value: str
    label: str | Promise
    icon: str


KINDS = (
    BusinessKind(Workspace.Kind.RETAIL, _("Shop or online shop"), "building-store"),
    BusinessKind(Workspace.Kind.SERVICES, _("Services"), "briefcase"),
    BusinessKind(Workspace.Kind.INDUSTRY, _("Industry or distributor"), "building-factory-2"),
    BusinessKind(Workspace.Kind.CLINIC, _("Clinic or practice"), "activity"),
    BusinessKind(Workspace.Kind.SCHOOL, _("School or course"), "school"),
    BusinessKind(Workspace.Kind.REAL_ESTATE, _("Real estate"), "home"),
    BusinessKind(Workspace.Kind.OTHER, _("Something else"), "building"),
)

LANGUAGES = (("pt-br", "Português (Brasil)"), ("en", "English"))

TIME_ZONES = (
    ("America/Sao_Paulo", _("Brasília (most of Brazil)")),
    ("America/Manaus", _("Manaus (Amazonas, Rondônia, Roraima)")),
    ("America/Cuiaba", _("Cuiabá (Mato Grosso)")),
    ("America/Campo_Grande", _("Campo Grande (Mato Grosso do Sul)")),
    ("America/Rio_Branco", _("Rio Branco (Acre)")),
    ("America/Noronha", _("Fernando de Noronha")),
    ("Europe/Lisbon", _("Lisbon")),
    ("America/New_York", _("New York")),
    ("UTC", "UTC"),
)

CURRENCIES = (
    ("BRL", _("Brazilian real (R$)")),
    ("USD", _("US dollar (US$)")),
    ("EUR", _("Euro (€)")),
)


def kind_choices() -> list[tuple[str, str | Promise]]:
    """Return the kinds of business as choices of a form."""
    return [(kind.value, kind.label) for kind in KINDS]
