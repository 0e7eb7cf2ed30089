"""The words a customer's attributes may take. Keys are stable and public, labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartyKind(models.TextChoices):
    """What a customer is."""

    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class Stage(models.TextChoices):
    """Where a customer stands in the life cycle."""

    VISITOR = "visitor", _("Visitor")
    LEAD = "lead", _("Lead")
    MQL = "mql", _("MQL")
    SQL = "sql", _("SQL")
    CUSTOMER = "customer", pgettext_lazy("life-cycle stage", "Customer")
    PROMOTER = "promoter", _("Promoter")
    LOST = "lost", pgettext_lazy("life-cycle stage", "Lost")


class Source(models.TextChoices):
    """The usual first sources of a customer; an import may bring other words."""

    WEBSITE = "website", _("Website")
    FORM = "form", _("Form")
    REFERRAL = "referral", _("Referral")
    EVENT = "event", _("Event")
    SOCIAL = "social", _("Social networks")
    ADS = "ads", _("Ads")
    SEARCH = "search", _("Search engine")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MARKETPLACE = "marketplace", _("Marketplace")
    STORE = "store", _("Physical store")
    PROSPECTING = "prospecting", _("Prospecting")
    PARTNER = "partner", _("Partner")
    IMPORT = "import", pgettext_lazy("source", "Import")
    API = "api", _("Integration")
    OTHER = "other", _("Other")


class Channel(models.TextChoices):
    """How a customer prefers to be reached."""

    WHATSAPP = "whatsapp", _("WhatsApp")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    SOCIAL = "social", _("Social networks")
    VISIT = "visit", _("Visit")
    MAIL = "mail", pgettext_lazy("channel", "Post")


class Tone(models.TextChoices):
    """How a customer likes to be spoken to."""

    FORMAL = "formal", _("Formal")
    NEUTRAL = "neutral", _("Neutral")
    INFORMAL = "informal", _("Informal")


class ContactKind(models.TextChoices):
    """What an e-mail or phone is used for."""

    WORK = "work", _("Work")
    PERSONAL = "personal", _("Personal")
    MOBILE = "mobile", pgettext_lazy("phone", "Mobile")
    LANDLINE = "landline", _("Landline")
    BILLING = "billing", _("Billing")
    OTHER = "other", _("Other")


class AddressKind(models.TextChoices):
    """What an address is used for."""

    HOME = "home", pgettext_lazy("address", "Home")
    WORK = "work", _("Work")
    BILLING = "billing", _("Billing")
    DELIVERY = "delivery", _("Delivery")
    OTHER = "other", _("Other")


class Validity(models.TextChoices):
    """What is known of an e-mail's or phone's working."""

    UNKNOWN = "unknown", _("Not checked")
    VALID = "valid", _("Works")
    INVALID = "invalid", _("Doesn't work")


class Network(models.TextChoices):
    """Social networks and sites where a customer has a name."""

    INSTAGRAM = "instagram", "Instagram"
    LINKEDIN = "linkedin", "LinkedIn"
    FACEBOOK = "facebook", "Facebook"
    TIKTOK = "tiktok", "TikTok"
    YOUTUBE = "youtube", "YouTube"
    X = "x", "X"
    TELEGRAM = "telegram", "Telegram"
    WEBSITE = "website", _("Website")
    OTHER = "other", _("Other")


class IdentityKind(models.TextChoices):
    """By what a customer is recognised."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    WHATSAPP = "whatsapp", _("WhatsApp")
    CPF = "cpf", "CPF"
    CNPJ = "cnpj", "CNPJ"
    SOCIAL = "social", _("Social network")
    EXTERNAL = "external", _("External id")
    COOKIE = "cookie", _("Browser cookie")
    DEVICE = "device", _("Device")


class ClaimStatus(models.TextChoices):
    """What became of a disputed identity."""

    OPEN = "open", _("To review")
    MOVED = "moved", _("Moved to the claimant")
    KEPT = "kept", _("Kept where it was")
    MERGED = "merged", _("Both are one customer now")


class RelationKind(models.TextChoices):
    """What one customer is to another, read from the first to the second."""

    SPOUSE = "spouse", _("Spouse")
    PARENT = "parent", _("Parent of")
    SIBLING = "sibling", _("Sibling")
    RELATIVE = "relative", _("Relative")
    FRIEND = "friend", _("Friend")
    COLLEAGUE = "colleague", _("Colleague")
    REFERRED = "referred", _("Referred")
    DEPENDENT = "dependent", _("Responsible for")
    PARTNER = "partner", _("Business partner")
    SUPPLIER = "supplier", _("Supplier of")
    COMPETITOR = "competitor", _("Competitor")
    OTHER = "other", _("Other")


class Gender(models.TextChoices):
    """Gender as the person states it."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    NON_BINARY = "non_binary", _("Non-binary")
    OTHER = "other", _("Other")


class MaritalStatus(models.TextChoices):
    """Civil status."""

    SINGLE = "single", _("Single")
    MARRIED = "married", _("Married")
    STABLE_UNION = "stable_union", _("Stable union")
    DIVORCED = "divorced", _("Divorced")
    WIDOWED = "widowed", _("Widowed")


class Education(models.TextChoices):
    """Highest level of schooling."""

    PRIMARY = "primary", _("Primary school")
    SECONDARY = "secondary", _("High school")
    TECHNICAL = "technical", _("Technical course")
    UNDERGRADUATE = "undergraduate", _("University degree")
    POSTGRADUATE = "postgraduate", _("Postgraduate degree")


class IncomeBand(models.TextChoices):
    """Monthly household income in minimum wages."""

    UP_TO_2 = "up_to_2", _("Up to 2 minimum wages")
    FROM_2_TO_4 = "2_to_4", _("2 to 4 minimum wages")
    FROM_4_TO_10 = "4_to_10", _("4 to 10 minimum wages")
    FROM_10_TO_20 = "10_to_20", _("10 to 20 minimum wages")
    OVER_20 = "over_20", _("Over 20 minimum wages")


class CompanySize(models.TextChoices):
    """Size class as Brazilian law and the BNDES use them."""

    MEI = "mei", _("MEI (individual micro-entrepreneur)")
    MICRO = "micro", _("Micro-enterprise")
    SMALL = "small", _("Small enterprise")
    MEDIUM = "medium", _("Medium enterprise")
    LARGE = "large", _("Large enterprise")


class State(models.TextChoices):
    """The 27 federative units."""

    AC = "AC", "Acre"
    AL = "AL", "Alagoas"
    AP = "AP", "Amapá"
    AM = "AM", "Amazonas"
    BA = "BA", "Bahia"
    CE = "CE", "Ceará"
    DF = "DF", "Distrito Federal"
    ES = "ES", "Espírito Santo"
    GO = "GO", "Goiás"
    MA = "MA", "Maranhão"
    MT = "MT", "Mato Grosso"
    MS = "MS", "Mato Grosso do Sul"
    MG = "MG", "Minas Gerais"
    PA = "PA", "Pará"
    PB = "PB", "Paraíba"
    PR = "PR", "Paraná"
    PE = "PE", "Pernambuco"
    PI = "PI", "Piauí"
    RJ = "RJ", "Rio de Janeiro"
    RN = "RN", "Rio Grande do Norte"
    RS = "RS", "Rio Grande do Sul"
    RO = "RO", "Rondônia"
    RR = "RR", "Roraima"
    SC = "SC", "Santa Catarina"
    SP = "SP", "São Paulo"
    SE = "SE", "Sergipe"
    TO = "TO", "Tocantins"
