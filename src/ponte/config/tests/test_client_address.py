"""Whose address it is, behind a proxy and without one."""

from __future__ import annotations

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings as configured
from django.http import HttpResponse
from django.test import RequestFactory

from ponte.config.middleware import ClientAddressMiddleware
from ponte.core.models import AuditEntry

PROXY, CLIENT = "10.0.0.1", "203.0.113.7"


def address_of(forwarded: str | None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, headers=headers)
    ClientAddressMiddleware(lambda _request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


@pytest.mark.parametrize("forwarded", [None, CLIENT, f"127.0.0.1, {CLIENT}"])
def test_without_a_trusted_proxy_the_header_is_the_clients_word(settings, forwarded):
    settings.PONTE_TRUSTED_PROXY = False
    assert address_of(forwarded) == PROXY


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (CLIENT, CLIENT),
        (f"127.0.0.1, 198.51.100.9,{CLIENT} ", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        (None, PROXY),
        ("", PROXY),
        (f"{CLIENT}, unknown", PROXY),
        (f"{CLIENT},", PROXY),
        ("fe80::1%eth0", PROXY),
    ],
)
def test_behind_a_trusted_proxy_the_last_hop_counts(settings, forwarded, address):
    settings.PONTE_TRUSTED_PROXY = True
    assert address_of(forwarded) == address


def test_address_is_put_right_before_anybody_reads_it():
    assert configured.MIDDLEWARE[0] == "ponte.config.middleware.ClientAddressMiddleware"


@pytest.mark.parametrize("trusted", [True, False])
def test_audit_notes_the_client_and_not_the_proxy(settings, client_for, admin, trusted):
    settings.PONTE_TRUSTED_PROXY = trusted
    client = client_for(admin)
    client.get("/teste/settings/audit/export.csv", headers={"X-Forwarded-For": f"127.0.0.1, {CLIENT}"})
    assert AuditEntry.objects.get(act="audit.exported").address == (CLIENT if trusted else "127.0.0.1")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "status"),
    [
        (True, CLIENT, 404),
        (True, f"127.0.0.1, {CLIENT}", 404),
        (True, "127.0.0.1", 200),
        (False, CLIENT, 200),
    ],
)
def test_metrics_without_a_token_are_for_this_machine(
    settings, client, workspace, trusted, forwarded, status
):
    settings.PONTE_METRICS_TOKEN, settings.PONTE_TRUSTED_PROXY = "", trusted
    assert client.get("/metrics", headers={"X-Forwarded-For": forwarded}).status_code == status


def test_log_in_limits_count_the_same_address(settings):
    settings.PONTE_TRUSTED_PROXY = True
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().get("/", headers={"X-Forwarded-For": f"127.0.0.1,{CLIENT}"})
    ClientAddressMiddleware(lambda _request: HttpResponse())(request)
    assert get_client_ip(request) == request.META["REMOTE_ADDR"] == CLIENT
