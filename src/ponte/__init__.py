"""Ponte: customer relationship management for Brazilian small and mid-size companies."""
