"""Commissions: what is earned in a month, its approval, plans and shares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area, requires
from ponte.sales.forms.plans import PlanForm, ShareForm
from ponte.sales.models import CommissionPlan, CommissionStatement, DealShare, Opportunity
from ponte.sales.months import month_label
from ponte.sales.selectors.commissions import (
    Earned,
    earned,
    earned_by,
    members_of,
    visible_statements,
)
from ponte.sales.selectors.lens import later_month, previous_month, today
from ponte.sales.services.commissions import PlanData, approve_statement, archive_plan, save_plan, share_deal
from ponte.sales.views.writing import money, number
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.lists.cells import one_reader, reader

MONTHS = 6


@require_safe
@requires("opportunity", "view")
def commissions(request: WorkspaceRequest) -> HttpResponse:
    """Show who earned what in a month: all with the area "sales", otherwise one's own."""
    month = read_month(request.GET.get("month"))
    this_month = today().replace(day=1)
    with one_reader():
        rows = _rows(request.member, month)
        months = [
            (one, month_label(one), urlencode({"month": one.isoformat()}))
            for one in (later_month(this_month, -back) for back in range(MONTHS))
        ]
    context = {
        "rows": rows,
        "month": month,
        "months": months,
        "plans": CommissionPlan.objects.filter(archived_at=None).order_by("name"),
        "may_change": may_area(request.member, "sales"),
        "is_over": month < this_month,
    }
    return render(request, "sales/plans/commissions.html", context)


def read_month(text: Any) -> date:
    """Return the month an address asks for, the last one where it makes no sense."""
    try:
        found = date.fromisoformat(str(text)).replace(day=1)
    except ValueError:
        return previous_month(today())
    return found if 2000 <= found.year <= today().year + 1 else previous_month(today())


def _rows(viewer: Member, month: date) -> list[dict[str, Any]]:
    approved = {(one.plan_id, one.member_id): one for one in visible_statements(viewer).filter(month=month)}
    rows = [
        _approved_row(one)
        for one in sorted(approved.values(), key=lambda one: (one.plan.name, one.member.sort_name))
    ]
    for plan in CommissionPlan.objects.filter(archived_at=None).order_by("name"):
        open_ones = [one for one in members_of(plan, viewer) if (plan.id, one.id) not in approved]
        found = earned_by(plan, open_ones, month)
        rows += [_open_row(plan, member, found[member.id]) for member in open_ones]
    return rows


def _open_row(plan: CommissionPlan, member: Member, found: Earned) -> dict[str, Any]:
    return {
        "plan": plan, "member": member, "base": money(found.base, 2), "total": money(found.total, 2),
        "sales": len(found.lines), "approved": None,
    }  # fmt: skip


def _approved_row(one: CommissionStatement) -> dict[str, Any]:
    return {
        "plan": one.plan, "member": one.member, "base": money(one.base, 2), "total": money(one.total, 2),
        "sales": len(one.lines), "approved": one,
    }  # fmt: skip


@require_safe
@requires("opportunity", "view")
def statement(request: WorkspaceRequest, plan_id: UUID, member_id: UUID, month: str) -> HttpResponse:
    """Show a member's statement: as approved, or as it stands."""
    first = read_month(month)
    kept = (
        visible_statements(request.member).filter(plan_id=plan_id, member_id=member_id, month=first).first()
    )
    plan = CommissionPlan.objects.filter(id=plan_id).first()
    if plan is None:
        raise Missing("commission_plan")
    member = (
        kept.member
        if kept
        else next((one for one in members_of(plan, request.member) if one.id == member_id), None)
    )
    if member is None:
        raise Missing("member")
    found = earned(plan, member, first)
    with one_reader():
        context = {
            "plan": plan,
            "member": member,
            "month": first,
            "month_label": month_label(first),
            "kept": kept,
            "changed": kept is not None and kept.total != found.total and money(found.total, 2),
            "may_change": may_area(request.member, "sales"),
            "is_over": first < today().replace(day=1),
            **(_as_kept(kept) if kept else _as_now(found)),
        }
    return render(request, "sales/plans/statement.html", context)


def _as_now(found: Earned) -> dict[str, Any]:
    lines = [
        {"id": one.opportunity_id, "title": one.title, "day": reader().day(one.day), "value": money(one.value, 2),
         "share": number(one.share), "counted": money(one.counted, 2)}
        for one in found.lines
    ]  # fmt: skip
    return {
        "lines": lines, "parts": [_part(*part) for part in found.parts], "base": money(found.base, 2),
        "total": money(found.total, 2), "factor": number(found.factor, 2) if found.factor != 1 else "",
        "attainment": "" if found.attainment is None else number(found.attainment),
    }  # fmt: skip


def _as_kept(kept: CommissionStatement) -> dict[str, Any]:
    lines = [
        {"id": one["opportunity"], "title": one["title"], "day": reader().day(date.fromisoformat(one["day"])),
         "value": money(Decimal(one["value"]), 2), "share": number(Decimal(one["share"])),
         "counted": money(Decimal(one["counted"]), 2)}
        for one in kept.lines
    ]  # fmt: skip
    factor, attainment = Decimal(kept.reckoning["factor"]), kept.reckoning["attainment"]
    return {
        "lines": lines, "parts": [_part(*map(Decimal, part)) for part in kept.reckoning["parts"]],
        "base": money(kept.base, 2), "total": money(kept.total, 2), "factor": number(factor, 2) if factor != 1 else "",
        "attainment": "" if attainment is None else number(Decimal(attainment)),
    }  # fmt: skip


def _part(part: Decimal, rate: Decimal, amount: Decimal) -> dict[str, str]:
    return {
        "part": money(part, 2),
        "rate": number(rate, 0 if rate == int(rate) else 2),
        "amount": money(amount, 2),
    }


@require_POST
@requires("sales")
def approve(request: WorkspaceRequest, plan_id: UUID, member_id: UUID, month: str) -> HttpResponse:
    """Approve a statement: from then on it stays as it is."""
    first = read_month(month)
    return answer_act(
        request,
        lambda: approve_statement(actor=request.actor, plan_id=plan_id, member_id=member_id, month=first),
        done=_("Approved."),
        back=f"{reverse('sales:commissions')}?{urlencode({'month': first.isoformat()})}",
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def edit_plan(request: WorkspaceRequest, plan_id: UUID | None = None) -> HttpResponse:
    """Ask for a plan, new or known."""
    plan = CommissionPlan.objects.filter(id=plan_id, archived_at=None).first() if plan_id else None
    if plan_id and plan is None:
        raise Missing("commission_plan")
    form = PlanForm(request.POST or None, initial=_initial(plan))

    def save(given: dict[str, Any]) -> None:
        data = PlanData(
            name=given["name"],
            basis=given["basis"],
            tiers=form.tiers(),
            accelerator_from=given["accelerator_from"],
            accelerator=given["accelerator"] or Decimal(1),
            member_ids=[one.id for one in given["members"]],
        )
        save_plan(actor=request.actor, data=data, plan_id=plan_id, version=given["version"])

    title = _("Commission plan") if plan is None else plan.name
    return answer_form(request, form, save, title=title, done=_("Saved."), back=reverse("sales:commissions"))


def _initial(plan: CommissionPlan | None) -> dict[str, Any]:
    if plan is None:
        return {}
    values: dict[str, Any] = {
        "name": plan.name, "basis": plan.basis, "accelerator_from": plan.accelerator_from, "accelerator": plan.accelerator,
        "members": list(plan.members.values_list("id", flat=True)), "version": plan.version,
    }  # fmt: skip
    for at, tier in enumerate(plan.tiers[:4], 1):
        values |= {f"from_{at}": Decimal(tier["from"]), f"rate_{at}": Decimal(tier["rate"])}
    return values


@require_POST
@requires("sales")
def archive(request: WorkspaceRequest, plan_id: UUID) -> HttpResponse:
    """Use a plan no more."""
    return answer_act(
        request,
        lambda: archive_plan(actor=request.actor, plan_id=plan_id),
        done=_("Archived."),
        back=reverse("sales:commissions"),
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def share(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Ask who else earns by a sale."""
    deal = Opportunity.objects.filter(id=opportunity_id, deleted_at=None).first()
    if deal is None:
        raise Missing("opportunity")
    known = list(DealShare.objects.filter(opportunity=deal).order_by("id")[:3])
    initial: dict[str, Any] = {f"member_{at}": one.member_id for at, one in enumerate(known, 1)}
    initial |= {f"percent_{at}": one.percent for at, one in enumerate(known, 1)}
    form = ShareForm(request.POST or None, initial=initial)
    return answer_form(
        request,
        form,
        lambda _given: share_deal(actor=request.actor, opportunity_id=deal.id, shares=form.shares()),
        title=_("Shares of %(title)s") % {"title": deal.title},
        done=_("Saved."),
        back=reverse("sales:commissions"),
    )
