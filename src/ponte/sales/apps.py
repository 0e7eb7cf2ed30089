"""Django's entry to the sales module."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Sales: from the first contact to the signed contract."""

    name = "ponte.sales"
    label = "sales"
    verbose_name = "Sales"

    def ready(self) -> None:
        """Plug the module into the registries of the layers below."""
        from ponte.sales import jobs, registrations, subscribers  # noqa: F401
