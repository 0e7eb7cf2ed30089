"""The behaviours of ``frontend/src`` in a real browser, against a small stand-in server."""
