"""Addresses for programs without an account: calendars under secret addresses."""

from django.urls import path

from ponte.timeline.views.calendar_login import back
from ponte.timeline.views.feed import feed

urlpatterns = [
    path("public/calendar/<str:token>.ics", feed, name="calendar_feed"),
    path("public/calendar-login/<slug:provider>/", back, name="calendar_login"),
]
