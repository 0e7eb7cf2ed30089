"""Django app of the user interface kit."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Templates, static files and template tags shared by every module."""

    name = "ponte.ui"
    label = "ui"
    verbose_name = _("Interface")
