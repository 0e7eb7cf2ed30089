"""The words sales' attributes may take. Keys are stable and public, labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LeadStatus(models.TextChoices):
    """Where a lead stands: marketing works it until it is handed over, sales from then on."""

    NEW = "new", _("New")
    WORKING = "working", _("In contact")
    MQL = "mql", _("Marketing qualified")
    SQL = "sql", _("Sales accepted")
    CONVERTED = "converted", _("Converted")
    DISQUALIFIED = "disqualified", _("Disqualified")


class Origin(models.TextChoices):
    """Where an interest came from; finer marks (campaign, medium, page) stand beside it."""

    ORGANIC_SEARCH = "organic_search", _("Organic search")
    PAID_SEARCH = "paid_search", _("Paid search")
    SOCIAL = "social", _("Social networks")
    EMAIL = "email", _("E-mail")
    DIRECT = "direct_traffic", _("Direct traffic")
    REFERRAL = "referral", _("Link on another site")
    DISPLAY = "display", _("Display ads")
    WHATSAPP = "whatsapp", _("WhatsApp")
    PHONE = "phone", _("Phone")
    EVENT = "event", _("Fair or event")
    RECOMMENDATION = "recommendation", _("Recommendation")
    PARTNER = "partner", _("Partner")
    OUTBOUND = "outbound", _("Prospecting")
    OTHER_PUBLICITIES = "other_publicities", _("Other publicity")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class DealStatus(models.TextChoices):
    """Whether an opportunity is still being worked."""

    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class ForecastCategory(models.TextChoices):
    """How sure the salesperson is, apart from the stage's probability."""

    PIPELINE = "pipeline", _("Pipeline")
    BEST_CASE = "best_case", _("Best case")
    COMMIT = "commit", _("Commit")
    OMITTED = "omitted", _("Left out")


class ReasonKind(models.TextChoices):
    """What a reason explains."""

    LOST = "lost", _("Opportunity lost")
    DISQUALIFIED = "disqualified", _("Lead disqualified")
    REJECTED = "rejected", _("Hand-off rejected")


class StageAct(models.TextChoices):
    """What wrote an entry of an opportunity's history."""

    OPENED = "opened", _("Opened")
    MOVED = "moved", _("Moved")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    REOPENED = "reopened", _("Reopened")


class DealRole(models.TextChoices):
    """What say a person has in a customer's decision."""

    DECIDES = "decides", _("Decides")
    PAYS = "pays", _("Approves the budget")
    INFLUENCES = "influences", _("Influences")
    USES = "uses", _("Will use it")
    SUPPORTS = "supports", _("Supports us")
    BLOCKS = "blocks", _("Is against it")
    OTHER = "other", _("Other")
