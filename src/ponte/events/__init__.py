"""Domain events: frozen dataclasses, one module per domain. Imports no Django."""
