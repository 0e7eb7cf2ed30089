"""Django's entry to the condition language."""

from django.apps import AppConfig


class ConditionsConfig(AppConfig):
    """Conditions: which records are meant."""

    name = "ponte.conditions"
    label = "conditions"
    verbose_name = "Conditions"
