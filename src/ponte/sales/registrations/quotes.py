"""What quotes and contracts plug into the layers below."""

from django.utils.translation import gettext_lazy as _

from ponte.core.rights import ObjectRights, register_object

register_object(ObjectRights("quote", label=_("Quotes"), fields={"margin": _("Cost and margin")}))
register_object(ObjectRights("contract", label=_("Contracts")))
