"""What the directory plugs into the layers below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.core.rights import ObjectRights, register_object
from ponte.directory.imports import COMPANIES, PEOPLE
from ponte.workplace.importing import register_target

CUSTOMER = ObjectRights(
    "customer",
    label=_("Customers"),
    fields={
        "email": _("E-mails"),
        "phone": _("Phones"),
        "address": _("Addresses"),
        "cpf": "CPF",
        "cnpj": "CNPJ",
        "birthday": _("Birthday"),
        "gender": _("Gender"),
        "marital_status": _("Marital status"),
        "education": _("Education"),
        "income_band": _("Income"),
        "children": _("Children"),
        "annual_revenue": _("Annual revenue"),
        "description": _("Description"),
        "source": _("Source"),
        "owner": _("Owner"),
        "stage": _("Stage"),
        "revenue": _("Revenue"),
        "margin": _("Margin"),
    },
)

register_object(CUSTOMER)

register_target(PEOPLE)
register_target(COMPANIES)

from ponte.directory.demo import PART as DEMO  # noqa: E402
from ponte.workplace.demo import register_demo  # noqa: E402

register_demo(DEMO)
