"""Django's entry to the directory module."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Directory: the customers, people and companies alike."""

    name = "ponte.directory"
    label = "directory"
    verbose_name = "Directory"

    def ready(self) -> None:
        """Plug the module into the registries of the layers below."""
        from ponte.directory import jobs, registrations, subscribers  # noqa: F401
