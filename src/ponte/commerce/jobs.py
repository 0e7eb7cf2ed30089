"""Background work of commerce."""
