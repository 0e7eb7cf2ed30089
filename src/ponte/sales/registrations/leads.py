"""What leads and forms plug into the layers below."""

from django.utils.translation import gettext_lazy as _

from ponte.core.rights import ObjectRights, register_object

register_object(
    ObjectRights("lead", label=_("Leads"), fields={"message": _("Message"), "typed": _("What was typed")})
)
