"""The rules of sales for what to do next about an opportunity."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.core.models import Member
from ponte.sales.models import DealChance, DealRole, DealStatus, Opportunity, QuoteStatus, Stage
from ponte.sales.policies import visible_opportunities
from ponte.sales.quote_policies import visible_quotes
from ponte.sales.selectors.lens import zone
from ponte.sales.selectors.pipelines import find_pipeline, stages_of
from ponte.sales.suggestions import Suggestion, SuggestionRule, register_suggestion
from ponte.sales.tables.deal_cards import rotting_since
from ponte.workplace.lists.cells.reader import new_reader
from ponte.workplace.visibility import who_may

EXPIRES_WITHIN = 3  # days
FELL_BY, FELL_TO = (
    Decimal("0.10"),
    Decimal("0.75"),
)  # of a chance: at least so much, and to at most this share of it
LEAST_LOST = 3  # sales lost to a competitor that are worth a word
LIKELY = 50  # per cent: from this stage on a value should be known


def _about(deal: Opportunity) -> dict[str, str]:
    return {"about": f"opportunity:{deal.id}"}


def nothing_planned(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """Nothing is planned."""
    if deal.next_activity_at is not None:
        return None
    days = (now - deal.stage_since).days
    return Suggestion(
        text=_("Plan the next step"),
        reason=ngettext(
            "Nothing with a date is planned, and it came to this stage %(count)s day ago.",
            "Nothing with a date is planned, and it came to this stage %(count)s days ago.",
            days,
        )
        % {"count": days},
        fact=str(deal.stage_id),
        label=_("Plan a step"),
        url_name="timeline:task_new",
        query=_about(deal),
        icon="calendar-due",
    )


def close_passed(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """The day it should close on has passed."""
    today = now.astimezone(zone()).date()
    if deal.expected_close is None or deal.expected_close >= today:
        return None
    days = (today - deal.expected_close).days
    return Suggestion(
        text=_("Say when it will close"),
        reason=ngettext(
            "It was expected to close %(day)s, %(count)s day ago. In the forecast it counts in no month ahead.",
            "It was expected to close %(day)s, %(count)s days ago. In the forecast it counts in no month ahead.",
            days,
        )
        % {"day": new_reader().day(deal.expected_close), "count": days},
        fact=deal.expected_close.isoformat(),
        label=_("Set the day"),
        url_name="sales:opportunity_edit",
        record=deal.id,
        icon="calendar",
    )


def stands_still(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """It has been in its stage for longer than the stage allows."""
    if rotting_since(deal, now) is None:
        return None
    following = _following(deal)
    reason = _("It has stood in “%(stage)s” for %(days)s days; %(most)s is what you allow.") % {
        "stage": deal.stage.name, "days": (now - deal.stage_since).days, "most": deal.stage.max_days,
    }  # fmt: skip
    if following is None:
        button: dict[str, Any] = {"label": _("Close it as lost"), "url_name": "sales:opportunity_lose"}
    else:
        button = {
            "label": _("Move to %(stage)s") % {"stage": following.name},
            "url_name": "sales:opportunity_move", "how": "post", "query": {"stage": str(following.id)},
        }  # fmt: skip
    return Suggestion(
        text=_("Move it on, or close it"), reason=reason, fact=deal.stage_since.isoformat(), icon="clock", record=deal.id,
        **button,
    )  # fmt: skip


def _following(deal: Opportunity) -> Stage | None:
    pipeline = find_pipeline(deal.pipeline_id)
    if pipeline is None or pipeline.id != deal.pipeline_id:
        return None
    return next((one for one in stages_of(pipeline) if one.position > deal.stage.position), None)


def nobody_decides(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """None of the people of the opportunity is known to decide."""
    found = deal.contacts.aggregate(all=Count("id"), deciding=Count("id", filter=Q(role=DealRole.DECIDES)))
    if found["deciding"]:
        return None
    number = found["all"]
    told = ngettext(
        "%(count)s person is noted here, who doesn't decide.",
        "%(count)s people are noted here, and none of them decides.",
        number,
    )
    return Suggestion(
        text=_("Find out who decides"),
        reason=told % {"count": number} if number else _("Nobody of the customer's is noted here yet."),
        fact=str(number),
        label=_("Add a contact"),
        url_name="sales:opportunity_contact_new",
        record=deal.id,
        icon="user-star",
    )


def without_value(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """It is far along, and nobody said what it is worth."""
    if deal.amount or deal.monthly or deal.stage.probability < LIKELY:
        return None
    reason = _(
        "“%(stage)s” counts with a chance of %(chance)s%%, but the value is zero: the forecast leaves it out."
    )
    return Suggestion(
        text=_("Say what it is worth"),
        reason=reason % {"stage": deal.stage.name, "chance": deal.stage.probability},
        fact=str(deal.stage_id),
        label=_("Enter the value"),
        url_name="sales:opportunity_edit",
        record=deal.id,
        icon="coin",
    )


def quote_seen(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """The customer opened a quote today, or one is about to expire or has expired unanswered."""
    today = now.astimezone(zone()).date()
    rows = visible_quotes(member).filter(opportunity_id=deal.id, status=QuoteStatus.SENT)
    for quote in rows.order_by("-last_viewed_at", "valid_until")[:20]:
        seen = quote.last_viewed_at.astimezone(zone()) if quote.last_viewed_at else None
        left = (quote.valid_until - today).days
        words = {"number": quote.number, "count": abs(left), "day": new_reader().day(quote.valid_until)}
        if seen is not None and seen.date() == today:
            text = _("Call: the customer has just looked at the quote")
            words |= {"time": f"{seen:%H:%M}", "count": quote.views}
            reason = ngettext(
                "Quote %(number)s was opened today at %(time)s, %(count)s time in all.",
                "Quote %(number)s was opened today at %(time)s, %(count)s times in all.",
                quote.views,
            )
            fact = f"{quote.id}:{today.isoformat()}"
        elif left < 0:
            text, fact = _("Renew the quote"), f"{quote.id}:expired"
            reason = _("Quote %(number)s expired on %(day)s without an answer.")
        elif left <= EXPIRES_WITHIN:
            text, fact = _("Remind the customer of the quote"), f"{quote.id}:{quote.valid_until.isoformat()}"
            reason = _("Quote %(number)s is valid until %(day)s and isn't answered.")
        else:
            continue
        return Suggestion(
            text=text, reason=reason % words, fact=fact, label=_("Open the quote"), how="link", icon="file-invoice",
            url_name="sales:quote",
        record=quote.id,
        )  # fmt: skip
    return None


def chance_fell(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """The learnt chance is well below what it was some days ago."""
    row = DealChance.objects.filter(opportunity_id=deal.id, earlier__isnull=False).first()
    if row is None or row.earlier is None or row.earlier_on is None:
        return None
    if row.earlier - row.chance < FELL_BY or row.chance > row.earlier * FELL_TO:
        return None
    reason = _(
        "By your own history its chance was %(before)s%% on %(day)s and is %(now)s%% today: the longer it stands, the less likely."
    )
    return Suggestion(
        text=_("Look at it again with the customer"),
        reason=reason % {"before": round(row.earlier * 100), "day": new_reader().day(row.earlier_on), "now": round(row.chance * 100)},
        fact=row.earlier_on.isoformat(),
        label=_("Plan a step"),
        url_name="timeline:task_new",
        query=_about(deal),
        icon="trending-down",
    )  # fmt: skip


def known_rival(member: Member, deal: Opportunity, now: datetime) -> Suggestion | None:
    """A competitor is in it who took several sales, most of those they were in."""
    rivals = {one.competitor_id: one.competitor for one in deal.rivals.select_related("competitor")}
    if not rivals:
        return None
    year = now - timedelta(days=365)
    seen = visible_opportunities(member).filter(closed_at__gte=year)
    lost = dict(
        seen.filter(status=DealStatus.LOST, competitor_id__in=rivals).order_by().values_list("competitor_id").annotate(Count("id"))
    )  # fmt: skip
    worst = max(lost, key=lambda key: (lost[key], str(key)), default=None)
    if worst is None or lost[worst] < LEAST_LOST:
        return None
    won = seen.filter(status=DealStatus.WON, rivals__competitor_id=worst).count()
    name = rivals[worst].name
    reason = _("In twelve months %(lost)s sales were lost to %(name)s and %(won)s won against them.")
    return Suggestion(
        text=_("Prepare for %(name)s") % {"name": name},
        reason=reason % {"lost": lost[worst], "name": name, "won": won},
        fact=str(worst),
        label=_("Note what to answer"),
        url_name="sales:opportunity_rival_new",
        record=deal.id,
        query={"competitor": str(worst)},
        icon="flag",
    )


def register() -> None:
    """Add the rules of sales."""
    plans = who_may("task", "create")
    for rule in (
        SuggestionRule("quote", quote_seen, 10, who_may("quote", "view"), needs_edit=False),
        SuggestionRule("close", close_passed, 20),
        SuggestionRule("planned", nothing_planned, 30, plans, needs_edit=False),
        SuggestionRule("still", stands_still, 40),
        SuggestionRule("chance", chance_fell, 50, plans, needs_edit=False),
        SuggestionRule("decides", nobody_decides, 60),
        SuggestionRule("rival", known_rival, 70),
        SuggestionRule("value", without_value, 80),
    ):
        register_suggestion(rule)
