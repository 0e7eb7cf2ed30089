"""When the business works: hours, holidays, half days, and counting time with them.

``load_business_calendar()`` reads the open workspace's once; the calendar it returns answers without further queries.
"""

from ponte.core.business_time.calendar import BusinessCalendar
from ponte.core.business_time.holidays import Holiday
from ponte.core.business_time.settings import (
    BusinessSettings,
    OwnHoliday,
    load_business_calendar,
    load_business_settings,
)

__all__ = [
    "BusinessCalendar",
    "BusinessSettings",
    "Holiday",
    "OwnHoliday",
    "load_business_calendar",
    "load_business_settings",
]
