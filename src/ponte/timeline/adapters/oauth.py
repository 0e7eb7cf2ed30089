"""Logging in at Google and Microsoft (OAuth 2.0 with PKCE), and JSON requests with the tokens that brings."""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings

from ponte.core import http
from ponte.timeline.adapters.caldav.transport import seconds_of
from ponte.timeline.adapters.remote import RemoteError

TIMEOUT = 30.0
MAX_BYTES = 16 * 1024 * 1024
EARLY = 60  # seconds before its end a token is renewed


@dataclass(frozen=True, slots=True)
class OAuthProvider:
    """Where one provider's log-in is, and what is asked for there."""

    key: str
    authorise_url: str
    token_url: str
    api_url: str
    scopes: str
    client_id: str
    client_secret: str = field(repr=False)
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Tokens:
    """What a log-in brought. ``expires_at`` is in seconds since 1970."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: float

    def as_json(self) -> str:
        """Return the text that is kept, sealed."""
        kept = {"access": self.access, "refresh": self.refresh, "expires_at": self.expires_at}
        return orjson.dumps(kept).decode()


def provider_of(key: str) -> OAuthProvider | None:
    """Return a provider as the operator configured it, None when they didn't."""
    told = settings.PONTE_CALENDAR_PROVIDERS.get(key)
    return OAuthProvider(key=key, **told) if told and told["client_id"] and told["client_secret"] else None


def configured_providers() -> list[str]:
    """Return the keys of the providers the operator configured."""
    return [key for key in settings.PONTE_CALENDAR_PROVIDERS if provider_of(key) is not None]


def new_verifier() -> str:
    """Return a secret of one log-in (RFC 7636)."""
    return secrets.token_urlsafe(48)


def login_url(provider: OAuthProvider, *, back: str, state: str, verifier: str) -> str:
    """Return where the browser is sent to log in."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": provider.client_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": provider.scopes,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **provider.more,
    }
    return f"{provider.authorise_url}?{urlencode(asked)}"


def tokens_for_code(provider: OAuthProvider, *, code: str, back: str, verifier: str) -> Tokens:
    """Exchange the code a log-in came back with.

    Raises:
        RemoteError: "login" when it is refused.
    """
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    tokens = _ask_tokens(provider, told, "")
    if not tokens.refresh:
        raise RemoteError("login", detail="no refresh token")
    return tokens


def _ask_tokens(provider: OAuthProvider, told: Mapping[str, str], refresh: str) -> Tokens:
    body = urlencode({**told, "client_id": provider.client_id, "client_secret": provider.client_secret})
    answer = send(
        "POST", provider.token_url, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    if answer.status in (400, 401, 403):
        raise RemoteError("login", detail=str(answer.status))
    found = read_json(answer)
    if answer.status != 200 or not isinstance(found.get("access_token"), str):
        raise RemoteError("answer", detail=str(answer.status))
    lasts = found.get("expires_in", 3600)
    seconds = int(lasts) if str(lasts).isdecimal() else 3600
    return Tokens(found["access_token"], str(found.get("refresh_token") or refresh), time.time() + seconds)


@dataclass(slots=True)
class Session:
    """JSON requests as a member; ``keep`` stores tokens that were renewed."""

    provider: OAuthProvider
    tokens: Tokens
    keep: Callable[[Tokens], None]

    def ask(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Send a request and return (status, JSON, headers). What asks to wait or to log in anew is raised."""
        if self.tokens.expires_at - EARLY < time.time():
            self._renew()
        answer = self._send(method, url, body, headers or {})
        if answer.status == 401:
            self._renew()
            answer = self._send(method, url, body, headers or {})
        if answer.status == 401:
            raise RemoteError("login")
        found = read_json(answer) if answer.body else {}
        if answer.status == 429 or answer.status >= 500 or _is_limit(answer.status, found):
            raise RemoteError("busy", wait=seconds_of(answer.headers.get("retry-after", "")))
        return answer.status, found, answer.headers

    def _send(self, method: str, url: str, body: Any, headers: Mapping[str, str]) -> http.Answer:
        own = {"Authorization": f"Bearer {self.tokens.access}", "Accept": "application/json"}
        if body is not None:
            own["Content-Type"] = "application/json"
        return send(method, url, None if body is None else orjson.dumps(body), {**own, **headers})

    def _renew(self) -> None:
        told = {"grant_type": "refresh_token", "refresh_token": self.tokens.refresh}
        self.tokens = _ask_tokens(self.provider, told, self.tokens.refresh)
        self.keep(self.tokens)


def _is_limit(status: int, found: Any) -> bool:
    """Google says with 403 that there were too many requests."""
    if status != 403 or not isinstance(found, dict):
        return False
    error = found.get("error")
    reasons = error.get("errors", []) if isinstance(error, dict) else []
    return any("imitExceeded" in str(one.get("reason", "")) for one in reasons if isinstance(one, dict))


def send(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> http.Answer:
    """Send one request through the guarded client."""
    try:
        answer = http.request(method, url, body=body, headers=headers, timeout=TIMEOUT, max_bytes=MAX_BYTES)
    except http.OutgoingError as error:
        raise RemoteError("network", detail=error.code) from error
    if answer.cut:
        raise RemoteError("answer", detail="too large")
    return answer


def read_json(answer: http.Answer) -> Any:
    """Return the JSON of an answer; none where the status says enough."""
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        if answer.status >= 400:
            return {}
        raise RemoteError("answer", detail="json") from error
