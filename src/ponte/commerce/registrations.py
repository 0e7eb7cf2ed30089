"""What commerce plugs into the registries of the layers below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.core.rights import ObjectRights, register_object

register_object(ObjectRights("order", label=_("Orders"), fields={"margin": _("Margin"), "notes": _("Notes")}))
register_object(ObjectRights("product", label=_("Products"), fields={"cost": _("Cost")}, owned=False))
