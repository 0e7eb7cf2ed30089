"""Logging in: passwords, rate limits, second factor, single sign-on, pages under the strict policy."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from ponte.config.accounts import make_account
from ponte.core.tenancy.models import User

PASSWORD = "cavalo correto bateria"


@pytest.fixture
def ana(db) -> User:
    return make_account(email="Ana@Casa.com.br", password=PASSWORD, name="Ana", language="en", verified=True)


def _log_in(client: Client, password: str = PASSWORD, email: str = "ana@casa.com.br"):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_address_is_known_in_any_case(ana):
    client = Client()
    assert _log_in(client, email="ANA@CASA.COM.BR").headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(ana.pk)


def test_logging_in_keeps_the_persons_language(ana):
    assert _log_in(Client()).cookies["ponte_language"].value == "en"


def test_wrong_password_and_unknown_address_look_alike(ana):
    wrong, unknown = _log_in(Client(), "errada errada"), _log_in(Client(), email="x@y.com.br")
    assert wrong.status_code == unknown.status_code == 200
    assert str(wrong.context["form"].errors) == str(unknown.context["form"].errors)


def test_guessing_is_stopped_even_with_the_right_password(ana):
    client = Client()
    for _ in range(5):
        _log_in(client, "errada errada")
    assert _log_in(client).status_code == 200
    assert "_auth_user_id" not in client.session


def test_strangers_cannot_sign_up(ana):
    answer = Client().post("/accounts/signup/", {"email": "x@y.com.br", "password1": PASSWORD})
    assert answer.status_code == 200
    assert User.objects.count() == 1


def test_second_factor_is_asked_for_and_checked(ana):
    secret = "A" * 32
    TOTP.activate(ana, secret)
    client = Client()
    assert _log_in(client).headers["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/teste/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.session["_auth_user_id"] == str(ana.pk)
    again = Client()
    _log_in(again)
    assert again.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200, "a code works once"


def test_second_factor_can_be_set_up_without_a_mail_server(db):
    person = make_account(
        email="b@casa.com.br", password=PASSWORD, name="B", language="pt-br", verified=False
    )
    client = Client()
    _log_in(client, email="b@casa.com.br")
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/"), (
        "changing the locks wants the password again"
    )
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_password_reset_comes_by_mail_and_works_once(ana, settings, mailoutbox):
    settings.PONTE_SENDS_MAIL = True
    Client().post("/accounts/password/reset/", {"email": "ana@casa.com.br"})
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    client, path = Client(), urlsplit(link).path
    form = client.get(path, follow=True)
    where = form.redirect_chain[-1][0]
    new = {"password1": "outra senha bem longa", "password2": "outra senha bem longa"}
    assert client.post(where, new).status_code == 302
    assert _log_in(Client(), "outra senha bem longa").headers["Location"] == "/"
    assert "_auth_user_id" not in Client().session
    again = Client().get(path, follow=True)
    assert not again.redirect_chain, "the link has been used"


def test_no_mail_is_tried_without_a_server(ana, mailoutbox):
    assert Client().post("/accounts/password/reset/", {"email": "ana@casa.com.br"}).status_code == 302
    assert mailoutbox == []


@pytest.mark.parametrize(
    "path", ["login/", "password/reset/", "signup/", "password/change/", "2fa/", "sessions/", "email/"]
)
def test_account_pages_keep_to_the_strict_policy(path, ana):
    client = Client()
    if path not in ("login/", "password/reset/", "signup/"):
        _log_in(client)
    answer = client.get(f"/accounts/{path}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert " style=" not in page
    assert " onclick=" not in page
    scripts = [part.split(">")[0] for part in page.split("<script")[1:]]
    assert all("src=" in script or 'type="application/json"' in script for script in scripts), scripts


@pytest.fixture
def provider(settings) -> Iterator[Any]:
    """An identity provider with the addresses and answers of OpenID Connect."""
    told = SimpleNamespace(person={}, url="")

    class Handler(BaseHTTPRequestHandler):
        def _json(self, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path.endswith("openid-configuration"):
                self._json({
                    "issuer": told.url, "authorization_endpoint": f"{told.url}/authorize",
                    "token_endpoint": f"{told.url}/token", "userinfo_endpoint": f"{told.url}/userinfo",
                    "jwks_uri": f"{told.url}/jwks",
                })  # fmt: skip
            else:
                self._json(told.person)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._json({"access_token": "t", "token_type": "Bearer", "expires_in": 60})

        def log_message(self, *args: object) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{httpd.server_port}"
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    app = {
        "provider_id": "sso", "name": "SSO", "client_id": "ponte", "secret": "s",
        "settings": {"server_url": told.url},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield told
    httpd.shutdown()
    httpd.server_close()


def _through(client: Client, provider: Any, **person: Any):
    provider.person = {"sub": "42", **person}
    away = client.post("/accounts/oidc/sso/login/")
    assert away.headers["Location"].startswith(f"{provider.url}/authorize")
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    return client.get("/accounts/oidc/sso/login/callback/", {"code": "c", "state": state})


def test_single_sign_on_lets_a_known_address_in(ana, provider):
    client = Client()
    _through(client, provider, email="ana@casa.com.br", email_verified=True)
    assert client.session["_auth_user_id"] == str(ana.pk)


@pytest.mark.parametrize(
    "person",
    [{"email": "ana@casa.com.br", "email_verified": False}, {"email": "x@y.com.br", "email_verified": True}],
)
def test_single_sign_on_refuses_unverified_and_unknown_addresses(person, ana, provider):
    client = Client()
    _through(client, provider, **person)
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 1


def test_single_sign_on_refuses_an_answer_nobody_asked_for(ana, provider):
    client = Client()
    provider.person = {"sub": "42", "email": "ana@casa.com.br", "email_verified": True}
    client.get("/accounts/oidc/sso/login/callback/", {"code": "c", "state": "invented"})
    assert "_auth_user_id" not in client.session
