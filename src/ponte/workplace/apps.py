"""Django's entry to the workplace module."""

from django.apps import AppConfig


class WorkplaceConfig(AppConfig):
    """Workplace: the tools that every other module plugs its records into."""

    name = "ponte.workplace"
    label = "workplace"
    verbose_name = "Workplace"

    def ready(self) -> None:
        """Plug the module's own entries into its registries and into the layers below."""
        from ponte.workplace import jobs, registrations  # noqa: F401
