"""The composition root: settings, addresses, the API, the WSGI and ASGI applications."""
