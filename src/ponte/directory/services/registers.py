"""Saying which public registers customers' data are looked up in."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.crypto import seal_secret
from ponte.core.errors import Invalid
from ponte.core.services.audit import record
from ponte.directory.adapters.registers import SHAPES
from ponte.directory.models import RegisterSource

MOST_A_MINUTE = 600


def save_source(
    *,
    actor: Actor,
    what: str,
    shape: str,
    url: str,
    key: str | None = None,
    per_minute: int = 20,
    is_active: bool = True,
    version: int | None = None,
) -> RegisterSource:
    """Say where companies ("cnpj") or addresses ("cep") are looked up.

    Args:
        actor: who does it. what: "cnpj" or "cep". shape: key of ``adapters.registers.SHAPES``. url: where the provider is.
        key: access key, kept sealed; None: as it was, "": none. per_minute: the most requests a minute, 1 to 600.
        is_active: whether anything is asked at all. version: the version the caller has seen.

    Raises:
        Invalid: a shape for something else, no web address, a number out of range. Conflict: changed meanwhile.
    """
    known = SHAPES.get(shape)
    if known is None or known.what != what:
        raise Invalid.on("shape", "invalid_choice", _("Choose one of the providers offered."))
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(url) > 300:
        raise Invalid.on("url", "url_invalid", _("Write a web address that begins with https://."))
    if not 1 <= per_minute <= MOST_A_MINUTE:
        raise Invalid.on("per_minute", "range", _("Give between 1 and 600 requests a minute."))
    row = RegisterSource.objects.select_for_update().filter(what=what).first()
    if row is None:
        row = RegisterSource(what=what)
        before: dict[str, object] = {}
    else:
        check_version(row, version)
        row.version += 1
        before = _values(row)
    row.shape, row.url, row.per_minute, row.is_active = shape, url.strip(), per_minute, is_active
    if key is not None:
        row.sealed_key = seal_secret(key) if key else None
    row.save()
    after = _values(row)
    changes = {name: (before.get(name), after[name]) for name in after if before.get(name) != after[name]}
    if key is not None:
        changes["api_key"] = ("", key)  # masked by the audit log
    record(actor=actor, act="register.configured", target=row, changes=changes)
    return row


def _values(row: RegisterSource) -> dict[str, object]:
    names = ("shape", "url", "per_minute", "is_active")
    return {name: getattr(row, name) for name in names}
