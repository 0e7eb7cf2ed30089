"""Browsers that receive push messages: adding, removing, and the key the installation signs with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ponte.core import http, webpush
from ponte.core.actors import Actor
from ponte.core.crypto import open_secret, seal_secret
from ponte.core.errors import Invalid
from ponte.core.models import Member, PushDevice
from ponte.core.services import audit
from ponte.core.tenancy.models import InstallationSecret

VAPID = "vapid"
MOST = 20


@dataclass(frozen=True)
class Subscription:
    """Where and how a browser is reached: its push service's address and two keys, as base64 for URLs."""

    endpoint: str
    p256dh: str
    auth: str


def signing_key() -> ec.EllipticCurvePrivateKey:
    """Return the installation's key, made when it is first needed."""
    row = InstallationSecret.objects.filter(key=VAPID).first()
    if row is None:
        made = webpush.new_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        row = InstallationSecret.objects.get_or_create(key=VAPID, defaults={"sealed": seal_secret(made)})[0]
    return _read_key(bytes(row.sealed))


@lru_cache(maxsize=2)
def _read_key(sealed: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(open_secret(sealed).encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def public_key() -> str:
    """Return the installation's public key, which browsers subscribe with."""
    return webpush.encode(webpush.public_bytes(signing_key().public_key()))


def add_device(*, member: Member, subscription: Subscription, label: str, actor: Actor) -> PushDevice:
    """Send push messages to a browser from now on. A browser belongs to whoever added it last.

    Raises:
        Invalid: on "endpoint" when it isn't a public https address, on "keys" when they are none.
    """
    _check(subscription)
    digest = endpoint_digest(subscription.endpoint)
    values = {"member": member, "label": label[:80], "sealed": _seal(subscription)}
    device, is_new = PushDevice.objects.update_or_create(digest=digest, defaults=values)
    if is_new:
        kept = PushDevice.objects.filter(member=member).order_by("-id").values_list("id", flat=True)[:MOST]
        PushDevice.objects.filter(member=member).exclude(id__in=list(kept)).delete()
        audit.record(actor=actor, act="push.added", target=member, changes={"device": (None, device.label)})
    return device


def remove_device(*, device: PushDevice, actor: Actor) -> None:
    """Stop sending to a browser, at once."""
    device.delete()
    audit.record(
        actor=actor, act="push.removed", target=device.member, changes={"device": (device.label, None)}
    )


def endpoint_digest(endpoint: str) -> str:
    """Return what a browser is known by."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def open_subscription(device: PushDevice) -> Subscription:
    """Return where and how a device is reached."""
    return Subscription(**orjson.loads(open_secret(bytes(device.sealed))))


def _seal(subscription: Subscription) -> bytes:
    told = {"endpoint": subscription.endpoint, "p256dh": subscription.p256dh, "auth": subscription.auth}
    return seal_secret(orjson.dumps(told).decode())


def _check(subscription: Subscription) -> None:
    # only tests reach a push service without TLS
    is_good = subscription.endpoint.startswith("https://") or bool(settings.PONTE_HTTP_ALLOWED_ADDRESSES)
    try:
        http.check_url(subscription.endpoint)
    except http.OutgoingError as error:
        # a name that can't be looked up just now may pass: the sender checks again
        is_good = is_good and error.code == "name"
    if not is_good:
        raise Invalid.on("endpoint", "refused", _("The browser gave an address that Ponte doesn't send to."))
    try:
        webpush.read_public(webpush.decode(subscription.p256dh))
        is_good = len(webpush.decode(subscription.auth)) == webpush.AUTH_BYTES
    except ValueError:
        is_good = False
    if not is_good:
        raise Invalid.on(
            "keys", "invalid", _("The browser gave no usable keys. Reload the page and try again.")
        )
