"""The built-in roles and what each may do at first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

ADMINISTRATOR = "administrator"
EVERYTHING = ("view", "create", "edit", "delete", "export")

_DAILY_OBJECTS = (
    "customer", "interaction", "task", "meeting", "order", "file", "lead", "opportunity", "quote", "contract",
    "account_plan",
)  # fmt: skip
_SELLING = ("order", "opportunity", "quote", "contract", "account_plan")
_READING = {"view": "all", "create": "none", "edit": "none", "delete": "none"}


def _objects(
    *, view: str, write: str, delete: str, export: str, selling: str | None = None
) -> dict[str, Any]:
    daily = {"view": view, "create": write, "edit": write, "delete": delete, "export": export}
    rights = {name: dict(daily) for name in _DAILY_OBJECTS}
    if selling is not None:
        for name in _SELLING:
            rights[name].update(create=selling, edit=selling, delete="none")
    for name in ("product", "territory", "cadence"):
        rights[name] = {**_READING, "export": export}
    return rights


def builtin_roles() -> list[dict[str, Any]]:
    """Return the roles a new workspace starts with: key, name, description (English source text), rights."""
    everyone = {"view": "all", "write": "all"}
    return [
        {
            "key": ADMINISTRATOR,
            "name": _("Administrator"),
            "description": _("Everything, settings included"),
            "rights": {"all": True},
        },
        {
            "key": "manager",
            "name": _("Manager"),
            "description": _("Sees and changes every customer, imports, exports and reads the audit log"),
            "rights": {
                "objects": {
                    **_objects(**everyone, delete="all", export="all"),
                    "product": dict.fromkeys(EVERYTHING, "all"),
                    "suppression": dict.fromkeys(EVERYTHING, "all"),
                    "territory": dict.fromkeys(EVERYTHING, "all"),
                    "cadence": dict.fromkeys(EVERYTHING, "all"),
                },
                "areas": ["import", "audit", "products", "sales", "views"],
            },
        },
        {
            "key": "salesperson",
            "name": _("Salesperson"),
            "description": _("Works with customers, tasks and orders"),
            "rights": {
                "objects": {
                    **_objects(**everyone, delete="own", export="none"),
                    "cadence": {**_READING, "create": "all", "edit": "all", "export": "none"},
                },
                "areas": [],
            },
        },
        {
            "key": "marketer",
            "name": _("Marketer"),
            "description": _("Works with customers, imports and exports them"),
            "rights": {
                "objects": {
                    **_objects(**everyone, delete="none", export="all", selling="none"),
                    "suppression": dict.fromkeys(EVERYTHING, "all"),
                    "cadence": dict.fromkeys(EVERYTHING, "all"),
                },
                "areas": ["import", "views"],
            },
        },
        {
            "key": "agent",
            "name": _("Service agent"),
            "description": _("Serves customers; sees orders without changing them"),
            "rights": {
                "objects": _objects(**everyone, delete="own", export="none", selling="none"),
                "areas": [],
            },
        },
        {
            "key": "analyst",
            "name": _("Analyst"),
            "description": _("Reads and exports everything, changes nothing"),
            "rights": {
                "objects": _objects(view="all", write="none", delete="none", export="all"),
                "areas": [],
            },
        },
        {
            "key": "read_only",
            "name": _("Read only"),
            "description": _("Reads, changes nothing"),
            "rights": {
                "objects": _objects(view="all", write="none", delete="none", export="none"),
                "areas": [],
            },
        },
    ]
