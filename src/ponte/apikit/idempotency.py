"""``Idempotency-Key``: a write sent twice happens once and is answered twice the same.

The row is inserted first thing in the transaction of the call. A second call with the same key waits for the
first to end: when that committed, its answer is replayed; when it was refused or the process died, the row is
gone with everything else and the second call runs. No stale claims, no window between effect and record.
"""

from __future__ import annotations

import hashlib
import re

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ponte.apikit import problems
from ponte.apikit.models import IdempotencyKey
from ponte.apikit.problems import FieldError, Problem
from ponte.core.tenancy.models import ApiToken

KEEP_HOURS = 24
WAIT = "10s"
_FORM = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = ("ETag", "Location", "Content-Type")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def begin(request: HttpRequest, token: ApiToken) -> IdempotencyKey | HttpResponse | None:
    """Claim the request's key inside the operation's transaction.

    Returns the claim to be completed, the answer to be replayed, or None when no key was sent. Raises a 400
    problem for a malformed key, 422 for a key used with another request, 409 when the first call takes too long.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method in _SAFE:
        return None
    if not _FORM.fullmatch(key):
        message = _("Idempotency-Key must have 1 to 200 visible ASCII characters.")
        raise problems.bad_request("bad_idempotency_key", message, [_on_header(message)])
    digest = _hash(request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
        claim = _insert(token, key, digest)
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    if claim is not None:
        return claim
    return _replay(IdempotencyKey.objects.get(token_id=token.id, key=key), digest)


def finish(claim: IdempotencyKey, response: HttpResponse) -> None:
    """Keep the answer with the effects, in the same transaction."""
    claim.status = response.status_code
    claim.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    claim.body = bytes(response.content)
    claim.save(update_fields=["status", "headers", "body"])


def _insert(token: ApiToken, key: str, digest: str) -> IdempotencyKey | None:
    claim = IdempotencyKey(token_id=token.id, key=key, request_hash=digest)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO apikit_idempotencykey (id, token_id, key, request_hash, status, headers, body, created_at)"
            " VALUES (%s, %s, %s, %s, 0, '{}', '', now()) ON CONFLICT (token_id, key) DO NOTHING",
            [claim.id, token.id, key, digest],
        )
        inserted = cursor.rowcount == 1
    claim._state.adding = False
    return claim if inserted else None


def _replay(known: IdempotencyKey, digest: str) -> HttpResponse:
    if known.request_hash != digest:
        message = _("This Idempotency-Key was used with another request. Use a new key for a new request.")
        raise Problem(422, "idempotency_key_reused", _("Key already used"), message, [_on_header(message)])
    response = HttpResponse(bytes(known.body), status=known.status)
    for name, value in known.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response


def _hash(request: HttpRequest) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def _on_header(message: str) -> FieldError:
    return FieldError("Idempotency-Key", "invalid", message, "header")
