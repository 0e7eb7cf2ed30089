"""Clients for tests: the browser's and the API's."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client


class ApiClient:
    """Calls ``/api/v1`` with a token; bodies are JSON."""

    def __init__(self, secret: str) -> None:
        self.client = Client()
        self.secret = secret

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Call ``path`` below /api/v1; header names are given with underscores (``if_match="3"``)."""
        data = b"" if body is None else json.dumps(body, default=str).encode()
        extra = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        url = path if path.startswith("/api/") else f"/api/v1{path}"
        return self.client.generic(
            method,
            url,
            data,
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.secret}",
            **extra,
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.request("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.request("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.request("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.request("DELETE", path, **headers)
