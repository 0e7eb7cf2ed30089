"""Django's entry to the timeline module."""

from django.apps import AppConfig


class TimelineConfig(AppConfig):
    """Timeline: what happened with a customer and what is to be done next."""

    name = "ponte.timeline"
    label = "timeline"
    verbose_name = "Timeline"

    def ready(self) -> None:
        """Plug the module into the registries of the layers below."""
        from ponte.timeline import (  # noqa: F401
            jobs,
            registrations,
            search_registrations,
            settings_registrations,
            subscribers,
        )
