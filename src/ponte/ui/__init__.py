"""Ponte's look: base templates, components, template tags and helpers. No business rules live here."""
