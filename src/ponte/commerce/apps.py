"""Django's entry to the commerce module."""

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """Commerce: products, orders, what customers are worth."""

    name = "ponte.commerce"
    label = "commerce"
    verbose_name = "Commerce"

    def ready(self) -> None:
        """Plug the module into the registries of the layers below."""
        from ponte.commerce import jobs, price_registrations, registrations, subscribers  # noqa: F401
