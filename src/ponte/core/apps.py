from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "ponte.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ponte.core import deliveries, jobs, registrations, subscribers  # noqa: F401
        from ponte.core.rows import read_times_quickly

        read_times_quickly()
