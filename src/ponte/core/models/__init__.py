from ponte.core.models.audit import AccessEntry, AuditEntry, SubjectKey
from ponte.core.models.event import EventDelivery, StoredEvent
from ponte.core.models.file import Attachment
from ponte.core.models.member import Member, Role, Team
from ponte.core.models.notification import Notification
from ponte.core.models.preference import WorkspaceSetting
from ponte.core.models.push import PushDevice
from ponte.core.models.run import BackgroundRun
from ponte.core.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "AccessEntry",
    "Attachment",
    "AuditEntry",
    "BackgroundRun",
    "EventDelivery",
    "Member",
    "Notification",
    "PushDevice",
    "Role",
    "StoredEvent",
    "SubjectKey",
    "Team",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WorkspaceSetting",
]
