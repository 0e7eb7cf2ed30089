"""Counting in business days and hours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ponte.core.business_time import BusinessCalendar, OwnHoliday, load_business_calendar
from ponte.core.business_time.calendar import NeverOpen
from ponte.core.errors import Invalid, Missing
from ponte.core.models import AuditEntry
from ponte.core.services.business_time import add_holiday, remove_holiday, set_working_hours

SP = ZoneInfo("America/Sao_Paulo")
SPLIT = ((time(8), time(12)), (time(13), time(18)))
HOURS = dict.fromkeys(range(5), SPLIT)
CALENDAR = BusinessCalendar(zone=SP, hours=HOURS, state="SP")


def at(day, hour, minute=0):
    return datetime(2026, *day, hour, minute, tzinfo=SP)


def test_national_state_and_customary_days():
    names = {
        one.day: (one.name, one.kind) for one in CALENDAR.holidays_between(date(2026, 1, 1), date(2027, 1, 1))
    }
    assert names[date(2026, 9, 7)][1] == "national"
    assert names[date(2026, 7, 9)][1] == "state"
    assert names[date(2026, 2, 17)] == ("Carnaval", "optional")
    assert names[date(2026, 12, 24)][1] == "half"
    assert date(2026, 10, 28) not in names  # public servants' alone
    plain = BusinessCalendar(zone=SP, hours=HOURS, customary=False, half_days=False)
    kinds = {one.kind for one in plain.holidays_between(date(2026, 1, 1), date(2027, 1, 1))}
    assert kinds == {"national"}


def test_half_days():
    ashes, eve = date(2026, 2, 18), date(2026, 12, 24)
    assert CALENDAR.spans_of(ashes) == [(at((2, 18), 13), at((2, 18), 18))]
    assert CALENDAR.spans_of(eve) == [(at((12, 24), 8), at((12, 24), 12))]
    assert CALENDAR.is_business_day(ashes)


def test_business_days():
    friday = date(2026, 11, 27)
    assert CALENDAR.add_business_days(friday, 1) == date(2026, 11, 30)
    assert CALENDAR.add_business_days(date(2026, 11, 28), 1) == date(2026, 11, 30)
    assert CALENDAR.add_business_days(date(2026, 12, 23), 2) == date(
        2026, 12, 28
    )  # the eve counts, Christmas doesn't
    assert CALENDAR.add_business_days(date(2026, 11, 30), -1) == friday
    assert CALENDAR.next_business_day(date(2026, 11, 28)) == date(2026, 11, 30)
    assert CALENDAR.last_business_day(date(2026, 11, 29)) == friday


def test_business_time_goes_on_over_breaks_weekends_and_holidays():
    assert CALENDAR.add_business_time(at((11, 27), 11), timedelta(hours=2)) == at((11, 27), 14)
    assert CALENDAR.add_business_time(at((11, 27), 17, 30), timedelta(hours=1)) == at((11, 30), 8, 30)
    assert CALENDAR.add_business_time(at((11, 28), 3), timedelta()) == at((11, 30), 8)
    assert CALENDAR.add_business_time(at((11, 27), 11), timedelta(hours=1)) == at((11, 27), 12)
    assert CALENDAR.add_business_time(at((12, 24), 11), timedelta(hours=2)) == at((12, 28), 9)


def test_what_is_added_lies_between():
    start = at((12, 22), 16, 20)
    for hours in (1, 5, 9, 40, 200):
        end = CALENDAR.add_business_time(start, timedelta(hours=hours))
        assert CALENDAR.business_time_between(start, end) == timedelta(hours=hours)
    assert CALENDAR.business_time_between(end, start) == timedelta()
    assert CALENDAR.is_open(at((11, 27), 9))
    assert not CALENDAR.is_open(at((11, 27), 12))


def test_a_business_that_never_opens_is_told():
    shut = BusinessCalendar(zone=SP, hours={})
    for ask in (
        lambda: shut.add_business_days(date(2026, 1, 1), 1),
        lambda: shut.next_business_day(date(2026, 1, 1)),
        lambda: shut.last_business_day(date(2026, 1, 1)),
        lambda: shut.add_business_time(at((1, 1), 9), timedelta(hours=1)),
    ):
        with pytest.raises(NeverOpen):
            ask()


def test_usual_hours_without_settings(workspace, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar = load_business_calendar()
        assert calendar.is_open(at((11, 27), 9))
        assert not calendar.is_open(at((11, 28), 9))


def test_own_holidays(actor):
    set_working_hours(actor=actor, state="SP", hours=HOURS, customary=True, half_days=True)
    add_holiday(actor=actor, holiday=OwnHoliday(date(2026, 1, 25), "Aniversário da cidade", yearly=True))
    add_holiday(actor=actor, holiday=OwnHoliday(date(2026, 11, 26), "Balanço", "company", half="afternoon"))
    calendar = load_business_calendar()
    assert not calendar.is_business_day(date(2027, 1, 25))
    assert calendar.spans_of(date(2026, 11, 26)) == [(at((11, 26), 8), at((11, 26), 12))]
    remove_holiday(actor=actor, day=date(2026, 11, 26))
    assert len(load_business_calendar().spans_of(date(2026, 11, 26))) == 2
    with pytest.raises(Missing):
        remove_holiday(actor=actor, day=date(2026, 11, 26))
    assert AuditEntry.objects.filter(act__startswith="business_time.").count() == 4


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"state": "XX"}, "state"),
        ({"hours": {}}, "day_0"),
        ({"hours": {2: ((time(8), time(12)), (time(11), time(18)))}}, "day_2"),
        ({"hours": {1: ((time(12), time(8)),)}}, "day_1"),
    ],
)
def test_impossible_hours(actor, told, field):
    with pytest.raises(Invalid) as refusal:
        set_working_hours(
            actor=actor, **{"state": "", "hours": HOURS, "customary": True, "half_days": True, **told}
        )
    assert refusal.value.problems[0].field == field
