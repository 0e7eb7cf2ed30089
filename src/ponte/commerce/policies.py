"""Who may see and change products and orders.

An order follows its customer's visibility. The rights "own" and "team" on orders mean the salesperson's; for viewing, the
customer's owner counts too, so that nobody misses an order of their customer that came in by itself. Products belong to
the whole business: rights on them are none or all.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from ponte.commerce.models import Order, Product
from ponte.core.actors import Actor
from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import Scope, filter_owned, may, owned_condition, scope_of
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties


def visible_products(member: Member) -> QuerySet[Product]:
    """Return the products the member may see."""
    return Product.objects.all() if may(member, "product", "view") else Product.objects.none()


def visible_orders(member: Member, *, deleted: bool = False) -> QuerySet[Order]:
    """Return the orders the member may see: those there are, or with ``deleted`` those in the bin."""
    orders = Order.objects.filter(deleted_at__isnull=not deleted)
    condition = order_condition(member)
    return orders.none() if condition is None else orders.filter(condition)


def order_condition(member: Member) -> Q | None:
    """Return "the member sees this order" as a join condition, None when they see none."""
    customers = owned_condition(member, "customer", "view", owner="party__owner", team="party__team")
    mine = owned_condition(member, "order", "view", owner="party__owner", team="party__team")
    sold = owned_condition(member, "order", "view", owner="owner", team="owner__team")
    if customers is None or mine is None or sold is None:
        return None
    reach = Q() if scope_of(member, "order", "view") is Scope.ALL else (mine | sold)
    return Q(party__deleted_at__isnull=True) & customers & reach


def editable_orders(member: Member) -> QuerySet[Order]:
    """Return the orders the member sees and may edit, those in the bin included."""
    condition = order_condition(member)
    if condition is None:
        return Order.objects.none()
    seen = Order.objects.filter(condition)
    return filter_owned(seen, member, "order", "edit", owner="owner", team="owner__team")


def get_visible_order(member: Member, order_id: UUID, *, deleted: bool = False) -> Order:
    """Return an order the member may see; raise ``Missing`` otherwise."""
    order = (
        visible_orders(member, deleted=deleted).select_related("party", "owner").filter(id=order_id).first()
    )
    if order is None:
        raise Missing
    return order


def get_visible_product(member: Member, product_id: UUID) -> Product:
    """Return a product the member may see; raise ``Missing`` otherwise."""
    product = visible_products(member).select_related("category").filter(id=product_id).first()
    if product is None:
        raise Missing
    return product


def get_customer(actor: Actor, party_id: UUID) -> Party | None:
    """Return the customer an order is for, None when there is none the actor may see."""
    if actor.member is None:
        return Party.objects.filter(id=party_id, deleted_at__isnull=True).first()
    return visible_parties(actor.member).filter(id=party_id).first()


def check_order(actor: Actor, act: str, order: Order | None = None) -> None:
    """Raise unless the actor may do ``act`` (on ``order``); acts of the system may.

    Raises:
        Missing: the order is not visible to the member. Denied: the role doesn't reach it.
    """
    member = actor.member
    if member is None:
        return
    if (
        order is not None
        and not visible_orders(member, deleted=order.deleted_at is not None).filter(id=order.id).exists()
    ):
        raise Missing
    if not may(member, "order", act, order):
        raise Denied("order", act)


def may_order(member: Member, act: str, order: Order) -> bool:
    """Tell whether to offer ``act`` on an order the member sees."""
    return may(member, "order", act, order)


def check_product(actor: Actor, act: str) -> None:
    """Raise ``Denied`` unless the actor may do ``act`` on products; acts of the system may."""
    if actor.member is not None and not may(actor.member, "product", act):
        raise Denied("product", act)
