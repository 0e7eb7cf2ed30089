"""People's roles at companies and relations between customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.services.audit import record
from ponte.core.services.events import publish
from ponte.directory.models import Affiliation, Party, Relation, RelationKind
from ponte.directory.services.cleaning import Cleaner, clean_line
from ponte.directory.services.parties import lock_party
from ponte.events.directory import AffiliationEnded, AffiliationStarted


def start_affiliation(
    *,
    actor: Actor,
    person_id: UUID,
    company_id: UUID,
    role: str = "",
    department: str = "",
    is_primary: bool = False,
    is_decision_maker: bool = False,
    started_on: date | str | None = None,
) -> Affiliation:
    """Note that a person holds a role at a company from a day on.

    Raises:
        Missing: no such person or company. Invalid: the role is noted already, or a value can't be used.
    """
    cleaner = Cleaner()
    values = cleaner.values(
        Affiliation, {"role": role, "department": department, "started_on": started_on or None}
    )
    cleaner.stop_if_wrong()
    person = lock_party(person_id, kind="person")
    if not Party.objects.filter(id=company_id, kind="company", deleted_at=None).exists():
        raise Missing("company")
    current = Affiliation.objects.filter(person_id=person.id, ended_on=None)
    if current.filter(company_id=company_id, role=values["role"]).exists():
        raise Invalid.on(
            "role", "taken", _("This role at this company is noted already. Change or end that one.")
        )
    if is_primary:
        current.filter(is_primary=True).update(is_primary=False)
    affiliation = Affiliation.objects.create(
        person_id=person.id,
        company_id=company_id,
        is_primary=is_primary or not current.exists(),
        is_decision_maker=is_decision_maker,
        **values,
    )
    _note(actor, affiliation, "affiliation.started", {"role": (None, affiliation.role)})
    publish(
        AffiliationStarted(
            affiliation_id=str(affiliation.id), person_id=str(person_id), company_id=str(company_id)
        ),
        actor=actor,
    )
    return affiliation


def update_affiliation(*, actor: Actor, affiliation_id: UUID, changes: Mapping[str, Any]) -> Affiliation:
    """Change "role", "department", "is_primary", "is_decision_maker", "started_on" of a role.

    Raises:
        Missing: no such role. Invalid: a value can't be used.
    """
    affiliation = _locked(affiliation_id)
    cleaner = Cleaner()
    names = {"role", "department", "is_primary", "is_decision_maker", "started_on"}
    values = cleaner.values(Affiliation, {name: v for name, v in changes.items() if name in names})
    cleaner.stop_if_wrong()
    if values.get("is_primary"):
        Affiliation.objects.filter(person_id=affiliation.person_id, is_primary=True, ended_on=None).update(
            is_primary=False
        )
        affiliation.is_primary = False
    moved = {n: (getattr(affiliation, n), v) for n, v in values.items() if getattr(affiliation, n) != v}
    for name, value in values.items():
        setattr(affiliation, name, value)
    affiliation.version += 1
    _save(affiliation)
    _note(actor, affiliation, "affiliation.updated", moved)
    return affiliation


def end_affiliation(*, actor: Actor, affiliation_id: UUID, ended_on: date | None = None) -> Affiliation:
    """Note that a role ended, today unless said otherwise.

    Raises:
        Missing: no such role. Invalid: it would end before it began.
    """
    affiliation = _locked(affiliation_id)
    last = ended_on or timezone.localdate()
    if affiliation.started_on and last < affiliation.started_on:
        raise Invalid.on(
            "ended_on", "before_start", _("The role can't end before it began. Check the dates.")
        )
    before, affiliation.ended_on = affiliation.ended_on, last
    affiliation.version += 1
    _save(affiliation)
    _note(actor, affiliation, "affiliation.ended", {"ended_on": (before, last)})
    publish(
        AffiliationEnded(
            affiliation_id=str(affiliation.id),
            person_id=str(affiliation.person_id),
            company_id=str(affiliation.company_id),
        ),
        actor=actor,
    )
    return affiliation


def _locked(affiliation_id: UUID) -> Affiliation:
    found = (
        Affiliation.objects.select_for_update(of=("self",))
        .filter(id=affiliation_id, person__party__deleted_at=None)
        .first()
    )
    if found is None:
        raise Missing("affiliation")
    return found


def _save(affiliation: Affiliation) -> None:
    try:
        with transaction.atomic():
            affiliation.save()
    except IntegrityError:
        raise Invalid.on(
            "role", "taken", _("This role at this company is noted already. Change or end that one.")
        ) from None


def _note(actor: Actor, affiliation: Affiliation, act: str, changes: dict[str, tuple[Any, Any]]) -> None:
    record(
        actor=actor,
        act=act,
        target=affiliation,
        changes=changes,
        subject_id=affiliation.person_id,
        personal={"role", "department", "ended_on", "started_on"},
    )


def add_relation(*, actor: Actor, origin_id: UUID, target_id: UUID, kind: str, note: str = "") -> Relation:
    """Note what one customer is to another.

    Raises:
        Invalid: no such kind, or the same customer twice. Missing: no such customer.
    """
    if kind not in RelationKind.values:
        allowed = ", ".join(RelationKind.values)
        raise Invalid.on("kind", "invalid_choice", _("Choose one of: %(allowed)s.") % {"allowed": allowed})
    if origin_id == target_id:
        raise Invalid.on("target_id", "same", _("Choose another customer than this one."))
    if Party.objects.filter(id__in=[origin_id, target_id], deleted_at=None).count() != 2:
        raise Missing("customer")
    relation, created = Relation.objects.get_or_create(
        origin_id=origin_id, target_id=target_id, kind=kind, defaults={"note": clean_line(note)[:200]}
    )
    if created:
        record(
            actor=actor,
            act="relation.added",
            target=relation,
            changes={"kind": (None, kind), "target": (None, target_id)},
            subject_id=origin_id,
            personal={"kind", "target"},
        )
    return relation


def remove_relation(*, actor: Actor, relation_id: UUID) -> None:
    """Forget a relation.

    Raises:
        Missing: there is no such relation.
    """
    relation = Relation.objects.filter(id=relation_id).first()
    if relation is None:
        raise Missing("relation")
    record(
        actor=actor,
        act="relation.removed",
        target=relation,
        changes={"kind": (relation.kind, None), "target": (relation.target_id, None)},
        subject_id=relation.origin_id,
        personal={"kind", "target"},
    )
    relation.delete()
