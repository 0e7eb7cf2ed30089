"""Repetitions as people choose and read them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.timeline.recurrence import joined, parts_of

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CHOICES: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Doesn't repeat")),
    ("daily", gettext_lazy("Every day")),
    ("weekdays", gettext_lazy("Monday to Friday")),
    ("weekly", gettext_lazy("Every week on this day")),
    ("fortnightly", gettext_lazy("Every two weeks on this day")),
    ("monthly", gettext_lazy("Every month on this day of the month")),
    ("monthly_weekday", gettext_lazy("Every month on this weekday (first, second …)")),
    ("yearly", gettext_lazy("Every year on this date")),
]
CUSTOM = ("custom", gettext_lazy("As it is now"))


def rule_for(choice: str, day: date, until: date | None = None) -> str:
    """Return the rule of a choice for something that first happens on ``day``."""
    weekday = DAYS[day.weekday()]
    rules = {
        "daily": "FREQ=DAILY",
        "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "weekly": f"FREQ=WEEKLY;BYDAY={weekday}",
        "fortnightly": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
        "monthly": f"FREQ=MONTHLY;BYMONTHDAY={day.day}",
        "monthly_weekday": f"FREQ=MONTHLY;BYDAY={_position(day)}{weekday}",
        "yearly": "FREQ=YEARLY",
    }
    rule = rules.get(choice, "")
    return f"{rule};UNTIL={until:%Y%m%d}T235959" if rule and until else rule


def _position(day: date) -> int:
    """Which of its weekday in the month; the fifth counts as the last."""
    number = (day.day - 1) // 7 + 1
    return -1 if number == 5 else number


def choice_of(rule: str, day: date) -> tuple[str, date | None]:
    """Return the choice and the last day a rule stands for; "custom" when it is none of those offered."""
    parts = parts_of(rule)
    until = parts.pop("UNTIL", "")
    last = datetime.strptime(until[:8], "%Y%m%d").date() if until else None
    bare = joined(parts)
    for choice, _label in CHOICES:
        if rule_for(choice, day) == bare:
            return choice, last
    return "custom", last


def describe(rule: str, day: date) -> str:
    """Say a rule in the active language: "every 2 weeks on Monday and Wednesday, until 31/12/2026"."""
    if not rule:
        return ""
    parts = parts_of(rule)
    number = int(parts.get("INTERVAL", "1"))
    words = _frequency(parts.get("FREQ", ""), number)
    if parts.get("BYDAY"):
        words = _("%(often)s on %(days)s") % {"often": words, "days": _days(parts["BYDAY"])}
    elif parts.get("BYMONTHDAY"):
        words = _("%(often)s on day %(day)s") % {
            "often": words,
            "day": parts["BYMONTHDAY"].replace("-1", _("last")),
        }
    elif parts.get("FREQ") == "YEARLY":
        words = _("%(often)s on %(date)s") % {"often": words, "date": f"{day.day} {MONTHS[day.month]}"}
    return words + _end(parts)


def _frequency(frequency: str, number: int) -> str:
    texts = {
        "DAILY": ngettext("every day", "every %(number)d days", number),
        "WEEKLY": ngettext("every week", "every %(number)d weeks", number),
        "MONTHLY": ngettext("every month", "every %(number)d months", number),
        "YEARLY": ngettext("every year", "every %(number)d years", number),
    }
    text = texts.get(frequency, "")
    return text % {"number": number} if "%(number)d" in text else text


def _days(text: str) -> str:
    positions = {"1": _("first"), "2": _("second"), "3": _("third"), "4": _("fourth"), "-1": _("last")}
    names = []
    for part in text.split(","):
        day, position = part[-2:], part[:-2].lstrip("+")
        name = str(WEEKDAYS[DAYS.index(day)]) if day in DAYS else day
        names.append(f"{positions.get(position, position)} {name}".strip())
    return ", ".join(names)


def _end(parts: dict[str, str]) -> str:
    if parts.get("UNTIL"):
        last = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d")
        return ", " + _("until %(day)s") % {"day": date_format(last, "SHORT_DATE_FORMAT")}
    if parts.get("COUNT"):
        number = int(parts["COUNT"])
        return ", " + ngettext("%(number)d time", "%(number)d times", number) % {"number": number}
    return ""
