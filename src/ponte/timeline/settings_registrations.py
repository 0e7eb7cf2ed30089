"""The settings pages of the timeline, and the notices people may silence."""

from django.utils.translation import gettext_lazy as _

from ponte.workplace.admin.notices import register_notice
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

register_settings_page(
    SettingsPage(
        "hours",
        "workspace",
        _("Hours and holidays"),
        "calendar-time",
        "timeline:hours",
        _("When the business works, and on which days it doesn't."),
        40,
        who_may_area("workspace"),
    )
)
register_settings_page(
    SettingsPage(
        "calendar_feed",
        "me",
        _("Calendar on other devices"),
        "calendar",
        "timeline:feed_settings",
        _("A secret address for Google, Apple or Outlook."),
        60,
        who_may("meeting", "view"),
    )
)
register_settings_page(
    SettingsPage(
        "date_rules",
        "workspace",
        _("Dates that become tasks"),
        "cake",
        "timeline:date_rules",
        _("Birthdays, renewals, maintenance: how many days ahead the owner gets a task."),
        45,
        who_may_area("workspace"),
    )
)
register_settings_page(
    SettingsPage(
        "calendars",
        "me",
        _("Connected calendars"),
        "refresh",
        "timeline:connections",
        _("Keep your own calendar and Ponte's in step, both ways."),
        62,
        who_may("meeting", "create"),
    )
)
register_notice("timeline.shared", _("What colleagues show me"))
register_notice("calendar.conflict", _("Meetings changed in two calendars"))
register_notice("calendar.broken", _("A connected calendar doesn't work"))
