"""What opportunities and pipelines plug into the layers below."""

from django.utils.translation import gettext_lazy as _

from ponte.core.founding import register_founder
from ponte.core.rights import ObjectRights, register_object
from ponte.sales.services.pipelines import found_sales

register_object(
    ObjectRights("opportunity", label=_("Opportunities"), fields={"description": _("Description")})
)
register_founder("sales", found_sales)
