"""How Django draws a form here: our templates first, Django's own for what we did not redraw."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


def css_for(widget: forms.Widget) -> str:
    """Return the CSS class that gives ``widget`` our look ("" for those that bring their own template)."""
    own = getattr(widget, "css", None)
    if own is not None:
        return str(own)
    if isinstance(widget, CHECKS):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "" if isinstance(widget, forms.HiddenInput) else "form-control"


class PonteBoundField(BoundField):
    """A field of a form, with CSS class and width for the template."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add our CSS class to what Django gives a widget."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        given = str(built.get("class") or widget.attrs.get("class") or "")
        css = css_for(widget)
        if css and css not in given.split():
            built["class"] = f"{css} {given}".strip()
        return built

    @property
    def width(self) -> str:
        """Share of the row: ``half``, ``third``, ``two-thirds``, ``quarter`` or "" (whole), from ``form.widths``."""
        widths: dict[str, str] = getattr(self.form, "widths", {})
        return widths.get(self.name, "")

    @property
    def shown_if(self) -> tuple[str, str] | None:
        """Field and value that this one belongs to, from ``form.shown_if``; with another value the page hides it."""
        told: dict[str, tuple[str, str]] = getattr(self.form, "shown_if", {})
        return told.get(self.name)

    @property
    def is_check(self) -> bool:
        """A single checkbox: its label stands beside it."""
        return isinstance(self.field.widget, forms.CheckboxInput)


class PonteRenderer(BaseRenderer):
    """Set as ``FORM_RENDERER``."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = PonteBoundField

    def __init__(self) -> None:
        super().__init__()
        self._fallback = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """Return a template of ours, or Django's own of that name."""
        try:
            return get_template(template_name)
        except TemplateDoesNotExist:
            return self._fallback.get_template(template_name)
