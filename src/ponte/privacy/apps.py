"""Django's entry to the privacy module."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Privacy: purposes, legal bases, consent with proof, suppressed addresses, the customers' own page."""

    name = "ponte.privacy"
    label = "privacy"
    verbose_name = "Privacy"

    def ready(self) -> None:
        """Plug the module into the registries of the layers below."""
        from ponte.privacy import jobs, registrations  # noqa: F401
