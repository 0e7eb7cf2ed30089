"""Web push: the standard's own example, what a browser reads of it, and how sending to a push service goes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ponte.core import webpush
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry, Member, Notification, PushDevice
from ponte.core.services.notice_choices import choose_notices, quiet_until
from ponte.core.services.notifications import count_unread, mark_read, notify
from ponte.core.services.push_devices import Subscription, add_device, public_key, signing_key
from ponte.core.services.push_sending import PushFailed, send_push
from ponte.core.tenancy.models import InstallationSecret

RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key_of(text):
    return ec.derive_private_key(int.from_bytes(webpush.decode(text), "big"), ec.SECP256R1())


def test_the_example_of_the_standard():
    """RFC 8291, appendix A."""
    receiver = webpush.public_bytes(key_of(RECEIVER).public_key())
    body = webpush.encrypt(
        b"When I grow up, I want to be a watermelon",
        receiver,
        webpush.decode(AUTH),
        salt=webpush.decode(SALT),
        sender=key_of(SENDER),
    )
    assert webpush.encode(body) == MESSAGE


def test_too_long_a_text_is_refused():
    receiver = webpush.public_bytes(webpush.new_key().public_key())
    assert len(webpush.encrypt(b"x" * webpush.MAX_BYTES, receiver, b"a" * 16)) == 4096
    with pytest.raises(ValueError, match="3993"):
        webpush.encrypt(b"x" * (webpush.MAX_BYTES + 1), receiver, b"a" * 16)


class Browser:
    """A browser with a subscription: reads what was sent to it."""

    def __init__(self, endpoint: str) -> None:
        self.key, self.auth = webpush.new_key(), b"0123456789abcdef"
        self.public = webpush.public_bytes(self.key.public_key())
        self.subscription = Subscription(endpoint, webpush.encode(self.public), webpush.encode(self.auth))

    def read(self, body: bytes) -> dict[str, str]:
        """Decrypt as RFC 8291 tells the receiver to; written apart from the sender's code."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert size == 4096
        assert len(body) <= 4096
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        secret = hkdf(shared, self.auth, b"WebPush: info\x00" + self.public + sender, 32)
        text = AESGCM(hkdf(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)).decrypt(
            hkdf(secret, salt, b"Content-Encoding: nonce\x00", 12), sealed, None
        )
        assert text.endswith(b"\x02")
        return json.loads(text[:-1])


def hkdf(secret, salt, info, length):
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


class PushService:
    """A push service on this machine: keeps what it gets, answers what it is told to."""

    def __init__(self) -> None:
        self.status, self.got = 201, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers), body))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    started = PushService()
    yield started
    started.server.shutdown()
    started.server.server_close()


@pytest.fixture
def phone(service, admin, actor):
    browser = Browser(f"{service.origin}/push/abc")
    add_device(member=admin, subscription=browser.subscription, label="Chrome, Android", actor=actor)
    return browser


def tell(member, **fields):
    return notify(
        member=member,
        **{"kind": "task.assigned", "title": "Ligue para a Marta", "url": "/teste/tasks/", **fields},
    )


def test_a_notice_reaches_the_phone_encrypted_and_signed(service, phone, admin, run_jobs):
    notice = tell(admin, body="Até sexta 🙂")
    run_jobs()
    ((path, headers, body),) = service.got
    assert path == "/push/abc"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["TTL"] == "86400"
    assert b"Marta" not in body
    told = phone.read(body)
    assert told == {
        "title": "Ligue para a Marta",
        "body": "Até sexta 🙂",
        "url": f"/teste/notifications/{notice.id}/open/",
        "tag": str(notice.id),
    }
    check_signature(headers["Authorization"], service.origin)
    assert PushDevice.objects.get().last_sent_at is not None


def check_signature(header, origin):
    scheme, rest = header.split(" ", 1)
    told = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, told["k"]) == ("vapid", public_key())
    signed, signature = told["t"].rsplit(".", 1)
    raw = webpush.decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    signing_key().public_key().verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(webpush.decode(signed.split(".")[1]))
    assert claims["aud"] == origin
    assert claims["sub"].startswith("mailto:")
    assert 0 < claims["exp"] - datetime.now().timestamp() <= 24 * 3600


def test_a_long_notice_fits(service, phone, admin, run_jobs):
    tell(admin, title="🙂" * 200, body="ç" * 5000)
    run_jobs()
    assert phone.read(service.got[0][2])["title"] == "🙂" * 200


@pytest.mark.parametrize("status", [404, 410, 400, 403])
def test_a_subscription_that_is_gone_is_forgotten(service, phone, admin, run_jobs, status):
    service.status = status
    tell(admin)
    run_jobs()
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_push_service_is_asked_again(service, phone, admin, status):
    service.status = status
    notice, device = tell(admin), PushDevice.objects.get()
    with pytest.raises(PushFailed):
        send_push(notice.id, device.id)
    service.status = 201
    send_push(notice.id, device.id)
    assert len(service.got) == 2
    assert phone.read(service.got[0][2])["tag"] == phone.read(service.got[1][2])["tag"], "shown once"


def test_an_address_that_turned_private_is_never_called(service, phone, admin, settings):
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset()
    send_push(tell(admin).id, PushDevice.objects.get().id)
    assert not service.got
    assert not PushDevice.objects.exists()


def test_what_was_read_meanwhile_is_not_sent(service, phone, admin, run_jobs):
    notice = tell(admin)
    mark_read(member=admin, notification_id=str(notice.id))
    run_jobs()
    assert not service.got


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://127.0.0.1/x",
        "https://10.0.0.8/x",
        "ftp://x",
        "https://u:p@push.example/",
        "",
        "x" * 600,
    ],
)
def test_addresses_that_are_no_push_service_are_refused(admin, actor, endpoint):
    with pytest.raises(Invalid):
        add_device(member=admin, subscription=Browser(endpoint).subscription, label="", actor=actor)


@pytest.mark.parametrize(("p256dh", "auth"), [("", "x"), ("AAAA", AUTH), ("não", AUTH), (MESSAGE, AUTH)])
def test_keys_that_are_none_are_refused(service, admin, actor, p256dh, auth):
    with pytest.raises(Invalid):
        add_device(
            member=admin, subscription=Subscription(service.origin, p256dh, auth), label="", actor=actor
        )


def test_a_browser_belongs_to_who_added_it_last(service, phone, member_with, actor, run_jobs):
    other = member_with("agent")
    add_device(member=other, subscription=phone.subscription, label="Chrome", actor=actor)
    tell(Member.objects.get(id=actor.member_id))
    run_jobs()
    assert not service.got
    assert PushDevice.objects.get().member_id == other.id


def test_addresses_and_keys_are_sealed(service, phone, admin):
    assert b"push/abc" not in bytes(PushDevice.objects.get().sealed)
    public_key()
    assert b"PRIVATE" not in bytes(InstallationSecret.objects.get(key="vapid").sealed)
    assert AuditEntry.objects.filter(act="push.added").count() == 1


def ways(app=True, mail=True, push=True):
    return {"task.assigned": {"app": app, "mail": mail, "push": push}}


def test_each_way_can_be_switched_off(service, phone, admin, run_jobs):
    choose_notices(member=admin, wanted=ways(push=False), digest=True, quiet=None)
    tell(admin)
    run_jobs()
    assert not service.got
    assert count_unread(admin.id) == 1
    choose_notices(member=admin, wanted=ways(app=False), digest=True, quiet=None)
    tell(admin)
    run_jobs()
    assert len(service.got) == 1
    assert count_unread(admin.id) == 1, "it doesn't ring in the app"
    choose_notices(member=admin, wanted=ways(False, False, False), digest=True, quiet=None)
    assert tell(admin) is None


def test_the_digest_honours_the_ways(admin, settings, run_jobs, mailoutbox):
    from ponte.core.services.digests import send_digests

    settings.PONTE_SENDS_MAIL = True
    choose_notices(member=admin, wanted=ways(mail=False), digest=True, quiet=None)
    tell(admin)
    assert send_digests() == 0
    choose_notices(member=admin, wanted=ways(app=False, push=False), digest=True, quiet=None)
    tell(admin, title="Só por e-mail")
    assert send_digests() == 1
    run_jobs()
    assert "Só por e-mail" in mailoutbox[0].body
    assert send_digests() == 0
    assert not Notification.objects.filter(digested_at=None).exists()


NIGHT = {"from": "20:00", "until": "08:00", "weekends": False}


@pytest.mark.parametrize(
    ("now", "quiet", "until"),
    [
        ("2026-11-25 14:00", NIGHT, None),
        ("2026-11-25 08:00", NIGHT, None),
        ("2026-11-25 20:00", NIGHT, "2026-11-26 08:00"),
        ("2026-11-26 03:00", NIGHT, "2026-11-26 08:00"),
        ("2026-11-25 13:00", {**NIGHT, "from": "12:00", "until": "14:00"}, "2026-11-25 14:00"),
        ("2026-11-27 21:00", {**NIGHT, "weekends": True}, "2026-11-30 08:00"),  # Friday night to Monday
        ("2026-11-28 12:00", {**NIGHT, "weekends": True}, "2026-11-30 08:00"),
        ("2026-11-28 12:00", {"from": "", "until": "", "weekends": True}, "2026-11-30 00:00"),
        ("2026-11-25 21:00", {"from": "20:00", "until": "20:00"}, None),
        ("2026-11-25 21:00", {"from": "nonsense", "until": "08:00"}, None),
    ],
)
def test_quiet_hours(admin, workspace, now, quiet, until):
    zone = ZoneInfo(workspace.timezone)
    admin.preferences = {"quiet_hours": quiet}
    expected = None if until is None else datetime.fromisoformat(until).replace(tzinfo=zone)
    assert quiet_until(admin, datetime.fromisoformat(now).replace(tzinfo=zone)) == expected


def test_in_quiet_hours_the_push_waits(service, phone, admin, run_jobs):
    from procrastinate.contrib.django.models import ProcrastinateJob

    choose_notices(
        member=admin, wanted=ways(), digest=True, quiet={"from": "00:00", "until": "23:59", "weekends": True}
    )
    tell(admin)
    job = ProcrastinateJob.objects.filter(task_name="core.push").get()
    assert job.scheduled_at is not None
