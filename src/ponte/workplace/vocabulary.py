"""What a business calls its customers: patients in a clinic, students in a school.

The words follow the workspace's kind of business, which travels with each request, so they cost no query. They are lazy: a
module registers ``vocabulary.people`` once, and each workspace reads its own word.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import OutsideWorkspace, current_workspace


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words for the people a business serves."""

    customers: str | Promise
    people: str | Promise
    new_person: str | Promise
    every_person: str | Promise


USUAL = Vocabulary(_("Customers"), _("People"), _("New person"), pgettext_lazy("feminine", "All"))
BY_KIND: dict[str, Vocabulary] = {
    Workspace.Kind.CLINIC: Vocabulary(_("Patients"), _("Patients"), _("New patient"), _("All")),
    Workspace.Kind.SCHOOL: Vocabulary(_("Students and families"), _("Students"), _("New student"), _("All")),
}


def vocabulary_of(kind: str) -> Vocabulary:
    """Return the words of a kind of business."""
    return BY_KIND.get(kind, USUAL)


def _word(name: str) -> str:
    try:
        kind = current_workspace().kind
    except OutsideWorkspace:
        kind = ""
    return str(getattr(vocabulary_of(kind), name))


_lazy_word = lazy(_word, str)
customers, people, new_person, every_person = (
    _lazy_word(name) for name in ("customers", "people", "new_person", "every_person")
)
