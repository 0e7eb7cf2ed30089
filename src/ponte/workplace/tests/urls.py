"""The workplace's addresses alone, and the test list's: the layers above stay out of its tests."""

from django.urls import include, path

from ponte.workplace.tests.colleagues import COLLEAGUES
from ponte.workplace.views.lists import list_view

urlpatterns = [
    path("test/colleagues/", list_view(COLLEAGUES), name="test_colleagues"),
    path("", include("ponte.workplace.urls")),
]
