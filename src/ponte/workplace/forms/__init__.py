"""Forms of the workplace."""
