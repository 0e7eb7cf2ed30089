"""What commerce plugs into the registries of the layers below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.core.rights import ObjectRights, register_object

register_object(ObjectRights("order", label=_("Orders"), fields={"margin": _("Margin"), "notes": _("Notes")}))
register_object(ObjectRights("product", label=_("Products"), fields={"cost": _("Cost")}, owned=False))

from ponte.commerce.demo import PART as DEMO  # noqa: E402
from ponte.workplace.demo import register_demo  # noqa: E402

register_demo(DEMO)

from ponte.commerce.imports import TARGETS  # noqa: E402
from ponte.workplace.importing import register_target  # noqa: E402

for _target in TARGETS:
    register_target(_target)
