"""Django's entry to the API kit."""

from django.apps import AppConfig


class ApikitConfig(AppConfig):
    """API kit: its two tables (idempotency keys, rate windows) live in each workspace."""

    name = "ponte.apikit"
    label = "apikit"
    verbose_name = "API"

    def ready(self) -> None:
        """Register the nightly clean-up."""
        from ponte.apikit import jobs  # noqa: F401
