"""The tree of product categories."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Category
from ponte.commerce.policies import check_product
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.core.text import sort_key

SEPARATOR = ">"
MAX_DEPTH = 6


@transaction.atomic
def create_category(
    *, actor: Actor, name: str, parent_id: UUID | None = None, is_demo: bool = False
) -> Category:
    """Add a category. Raises ``Invalid`` for an empty or taken name, a missing parent or a tree too deep."""
    check_product(actor, "create")
    category = Category(name=_clean_name(name), is_demo=is_demo)
    category.sort_name = sort_key(category.name)
    _place(category, parent_id)
    category.save(force_insert=True)
    audit.record(
        actor=actor, act="category.created", target=category, changes={"name": (None, category.name)}
    )
    return category


@transaction.atomic
def update_category(
    *, actor: Actor, category_id: UUID, name: str, parent_id: UUID | None, version: int | None = None
) -> Category:
    """Rename or move a category with everything below it.

    Raises:
        Missing: no such category. Conflict: somebody changed it. Invalid: taken name, or moved below itself.
    """
    check_product(actor, "edit")
    category = Category.objects.select_for_update().filter(id=category_id).first()
    if category is None:
        raise Missing
    check_version(category, version)
    before, old_path = category.name, category.path
    category.name = _clean_name(name)
    category.sort_name = sort_key(category.name)
    _place(category, parent_id)
    category.version += 1
    category.save()
    _move_below(old_path, category.path)
    audit.record(
        actor=actor, act="category.updated", target=category, changes={"name": (before, category.name)}
    )
    return category


@transaction.atomic
def delete_category(*, actor: Actor, category_id: UUID) -> None:
    """Remove an empty category. Raises ``Invalid`` while products or categories are in it."""
    check_product(actor, "delete")
    category = Category.objects.select_for_update().filter(id=category_id).first()
    if category is None:
        raise Missing
    if category.products.exists() or category.children.exists():
        raise Invalid.on("", "in_use", _("Move the products and categories in it elsewhere first."))
    audit.record(
        actor=actor, act="category.deleted", target=category, changes={"name": (category.name, None)}
    )
    category.delete()


def ensure_categories(*, paths: Iterable[str], is_demo: bool = False) -> dict[str, Category]:
    """Return the categories named by paths such as "Casa > Cozinha", creating what is missing.

    Caller's text → category; empty texts are left out. Part of the caller's act, which checks the rights.
    """
    found: dict[str, Category] = {}
    known = {(row.parent_id, row.sort_name): row for row in Category.objects.all()}
    for text in dict.fromkeys(paths):
        parent: Category | None = None
        for part in [piece.strip() for piece in text.split(SEPARATOR) if sort_key(piece)][:MAX_DEPTH]:
            key = (parent.id if parent else None, sort_key(part[:120]))
            if key not in known:
                known[key] = _insert(part[:120], parent, is_demo)
            parent = known[key]
        if parent is not None:
            found[text] = parent
    return found


def _insert(name: str, parent: Category | None, is_demo: bool) -> Category:
    category = Category(name=name, sort_name=sort_key(name), parent=parent, is_demo=is_demo)
    category.path = f"{parent.path if parent else '/'}{category.id}/"
    category.save(force_insert=True)
    return category


def _clean_name(name: str) -> str:
    cleaner = Cleaner()
    clean = cleaner.text("name", name, 120, required=True)
    if clean and not sort_key(clean):
        cleaner.refuse("name", "invalid", _("Use at least one letter or digit."))
    cleaner.done()
    return clean


def _place(category: Category, parent_id: UUID | None) -> None:
    parent = Category.objects.filter(id=parent_id).first() if parent_id else None
    if parent_id and parent is None:
        raise Invalid.on("parent_id", "missing", _("There is no such category."))
    if parent is not None and str(category.id) in parent.path:
        raise Invalid.on("parent_id", "cycle", _("A category can't be moved below itself."))
    if parent is not None and parent.path.count("/") - 1 >= MAX_DEPTH:
        raise Invalid.on("parent_id", "depth", _("Categories can be six levels deep at most."))
    category.parent = parent
    category.path = f"{parent.path if parent else '/'}{category.id}/"
    siblings = Category.objects.filter(parent=parent, sort_name=category.sort_name).exclude(id=category.id)
    if siblings.exists():
        raise Invalid.on("name", "taken", _("There is a category of this name here already."))


def _move_below(old: str, new: str) -> None:
    if old == new:
        return
    for child in Category.objects.filter(path__startswith=old).exclude(path=new):
        Category.objects.filter(id=child.id).update(path=new + child.path.removeprefix(old))
