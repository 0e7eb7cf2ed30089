"""Stand-ins of the calendars of Google and Microsoft, with the shapes of their public documentation."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Fake:
    """One server with one account. ``answers`` are given first, in order: (status, JSON, headers)."""

    prefix = ""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.sequence = 0
        self.forgets = False  # cursors are answered with 410 Gone
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.requests: list[tuple[str, str]] = []
        self.valid = "first"  # the access token that works
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def handle_all(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                status, answer, headers = fake.answer(self.command, self.path, body, dict(self.headers))
                text = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_DELETE = handle_all  # noqa: N815

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        self.requests.append((method, path))
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/token":
            told = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            if told.get("code") == "wrong" or told.get("refresh_token") == "revoked":
                return 400, {"error": "invalid_grant"}, {}
            return 200, {"access_token": self.valid, "refresh_token": "again", "expires_in": 3600}, {}
        if headers.get("Authorization") != f"Bearer {self.valid}":
            return 401, {"error": {"code": 401}}, {}
        if self.answers:
            return self.answers.pop(0)
        told = json.loads(body) if body else {}
        names = [unquote(one) for one in parts.path.removeprefix(self.prefix).strip("/").split("/")]
        status, found = self.route(method, names, query, told, headers)
        return status, found, {}

    def route(
        self,
        method: str,
        names: list[str],
        query: dict[str, str],
        told: dict[str, Any],
        headers: dict[str, str],
    ) -> tuple[int, Any]:
        raise NotImplementedError

    def touch(self, item: dict[str, Any]) -> dict[str, Any]:
        self.sequence += 1
        item["_seq"] = self.sequence
        return item

    def alive(self) -> list[dict[str, Any]]:
        return [one for one in self.items.values() if not one.get("_gone")]


def _public(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if not name.startswith("_")}


class FakeGoogle(Fake):
    """Google Calendar API v3: sync tokens, pages of two, exceptions as events of their own, etags."""

    prefix = "/calendar/v3"

    def route(self, method, names, query, told, headers):
        if names[:2] == ["users", "me"]:
            return 200, {"items": [{"id": "me@x", "summary": "Pessoal", "accessRole": "owner"},
                                   {"id": "h", "summary": "Feriados", "accessRole": "reader"}]}  # fmt: skip
        rest = names[3:]
        if not rest:
            return self._list(query) if method == "GET" else self._insert(told)
        if rest[1:] == ["instances"]:
            return 200, {"items": [self._instance(rest[0], query["originalStart"])]}
        return self._one(method, rest[0], told, headers)

    def _list(self, query):
        if self.forgets and "syncToken" in query:
            return 410, {"error": {"code": 410, "errors": [{"reason": "fullSyncRequired"}]}}
        since = int(query.get("syncToken", "0"))
        found = [one for one in self.items.values() if one["_seq"] > since]
        if "iCalUID" in query:
            found = [one for one in found if one["iCalUID"] == query["iCalUID"]]
        if not since:
            found = [one for one in found if one.get("status") != "cancelled" or one.get("recurringEventId")]
        start = int(query.get("pageToken", "0"))
        answer = {"items": [_public(one) for one in found[start : start + 2]]}
        if start + 2 < len(found):
            return 200, {**answer, "nextPageToken": str(start + 2)}
        self.forgets = False
        return 200, {**answer, "nextSyncToken": str(self.sequence)}

    def _insert(self, told):
        if told["id"] in self.items:
            return 409, {"error": {"code": 409}}
        item = {"status": "confirmed", "iCalUID": f"{told['id']}@google.com", **told}
        self.items[item["id"]] = self._write(item, {})
        return 200, _public(item)

    def _write(self, item, told):
        for name, value in told.items():
            if value is None:
                item.pop(name, None)
            elif isinstance(value, dict):
                item[name] = {k: v for k, v in {**item.get(name, {}), **value}.items() if v is not None}
            else:
                item[name] = value
        for name in ("start", "end"):
            item[name] = {k: v for k, v in item[name].items() if v is not None}
        self.touch(item)
        item["etag"] = f'"{self.sequence}"'
        return item

    def _one(self, method, key, told, headers):
        item = self.items.get(key)
        if item is None and "_" in key:
            item = self._instance(*key.split("_"))
        if item is None:
            return 404, {"error": {"code": 404}}
        if method == "GET":
            return 200, _public(item)
        if headers.get("If-Match") not in (None, item.get("etag")):
            return 412, {"error": {"code": 412}}
        if item.get("status") == "cancelled":
            return 410, {"error": {"code": 410}}
        if method == "DELETE":
            item["status"] = "cancelled"
            self.touch(item)
            return 204, None
        self.items[item["id"]] = self._write(item, told)
        return 200, _public(item)

    def _instance(self, root, start):
        moment = datetime.fromisoformat(start.replace("Z", "+00:00"))
        key = f"{root}_{moment:%Y%m%dT%H%M%SZ}"
        if key in self.items:
            return self.items[key]
        master = self.items[root]
        length = datetime.fromisoformat(master["end"]["dateTime"]) - datetime.fromisoformat(
            master["start"]["dateTime"]
        )
        return {**{name: value for name, value in master.items() if name not in ("recurrence", "_seq")}, "id": key,
                "recurringEventId": root, "originalStartTime": {"dateTime": moment.isoformat()},
                "start": {"dateTime": moment.isoformat()}, "end": {"dateTime": (moment + length).isoformat()}}  # fmt: skip

    def put(self, **told: Any) -> dict[str, Any]:
        """Write an event as the member's phone would."""
        key = told.setdefault("id", uuid.uuid4().hex)
        item = self.items.get(key) or {"status": "confirmed", "iCalUID": f"{key}@google.com"}
        self.items[key] = self._write({**item, **told}, {})
        return self.items[key]

    def change(self, key: str, **told: Any) -> None:
        self._write(self.items[key], told)

    def drop(self, key: str) -> None:
        self.items[key]["status"] = "cancelled"
        self.touch(self.items[key])

    def titles(self) -> list[str]:
        return sorted(one["summary"] for one in self.items.values() if one.get("status") != "cancelled")


class FakeGraph(Fake):
    """Microsoft Graph v1.0: delta links, pages of two, masters with exceptionOccurrences, change keys, transactionId."""

    prefix = "/v1.0"

    def route(self, method, names, query, told, headers):
        if names == ["me", "calendars"]:
            return 200, {"value": [{"id": "cal=1", "name": "Calendário", "canEdit": True}]}
        if names[1] == "calendars":
            if names[3:] == ["calendarView", "delta"]:
                return self._delta(query)
            if names[3:] == ["calendarView"]:
                return 200, {"value": [self._shown(one) for one in self.alive()]}
            return self._insert(told)
        if names[3:] == ["instances"]:
            return 200, {"value": self._instances(names[2], query)}
        return self._one(method, names[2], told, headers, query)

    def _delta(self, query):
        if self.forgets and "$deltatoken" in query:
            self.forgets = False
            return 410, {"error": {"code": "SyncStateNotFound"}}
        since, start = int(query.get("$deltatoken", "0")), int(query.get("$skiptoken", "0"))
        found = []
        for one in self.items.values():
            if one["_seq"] > since:
                if not one.get("_gone"):
                    found.append(self._shown(one))
                elif since:
                    found.append({"id": one["id"], "@removed": {"reason": "deleted"}})
        link = f"{self.url}/v1.0/me/calendars/cal%3D1/calendarView/delta?"
        answer = {"value": found[start : start + 2]}
        if start + 2 < len(found):
            return 200, {**answer, "@odata.nextLink": f"{link}$deltatoken={since}&$skiptoken={start + 2}"}
        return 200, {**answer, "@odata.deltaLink": f"{link}$deltatoken={self.sequence}"}

    def _shown(self, item, whole=False):
        shown = _public(item)
        shown["type"] = "seriesMaster" if item.get("recurrence") else item.get("type", "singleInstance")
        if whole and item.get("recurrence"):
            shown["exceptionOccurrences"] = [_public(one) for one in item.get("_exceptions", {}).values()]
            shown["cancelledOccurrences"] = [f"OID.{item['id']}.{day}" for day in item.get("_cancelled", [])]
        return shown

    def _insert(self, told):
        same = told.get("transactionId")
        known = next((one for one in self.alive() if same and one.get("transactionId") == same), None)
        if known is not None:
            return 409, {"error": {"code": "ErrorDuplicateTransactionId"}}
        item = self.put(**told)
        return 201, self._shown(item)

    def put(self, **told: Any) -> dict[str, Any]:
        """Write an event as Outlook would."""
        key = told.setdefault("id", f"AAMk={uuid.uuid4().hex}")
        item = {
            **self.items.get(
                key, {"iCalUId": f"uid-{key}", "originalStartTimeZone": told["start"]["timeZone"]}
            ),
            **told,
        }
        self.items[key] = self.touch(item)
        item["changeKey"] = f"ck{self.sequence}"
        return item

    def change(self, key: str, **told: Any) -> None:
        item = self.touch(self.items[key])
        item.update(told)
        item["changeKey"] = f"ck{self.sequence}"

    def drop(self, key: str) -> None:
        self.touch(self.items[key])["_gone"] = True

    def _one(self, method, key, told, headers, query):
        if "@" in key:
            return self._occurrence(method, key, told)
        item = self.items.get(key)
        if item is None or item.get("_gone"):
            return 404, {"error": {"code": "ErrorItemNotFound"}}
        if method == "GET":
            return 200, self._shown(item, "$expand" in query)
        if headers.get("If-Match") not in (None, f'W/"{item["changeKey"]}"'):
            return 412, {"error": {"code": "ErrorIrresolvableConflict"}}
        if method == "DELETE":
            self.drop(key)
            return 204, None
        self.change(key, **told)
        return 200, self._shown(item)

    def _instances(self, key, query):
        item = self.items[key]
        assert item["recurrence"]["pattern"]["type"] == "weekly"
        since = datetime.fromisoformat(query["startDateTime"]).replace(tzinfo=None)
        until = datetime.fromisoformat(query["endDateTime"]).replace(tzinfo=None) + timedelta(hours=12)
        moment, found = datetime.fromisoformat(item["start"]["dateTime"]), []
        while moment < until:
            day = moment.date().isoformat()
            if moment >= since - timedelta(hours=12) and day not in item.get("_cancelled", []):
                found.append({"id": f"{key}@{day}", "occurrenceId": f"OID.{key}.{day}", "type": "occurrence"})
            moment += timedelta(days=7)
        return found

    def _occurrence(self, method, key, told):
        root, day = key.split("@")
        item = self.touch(self.items[root])
        if method == "DELETE":
            item.setdefault("_cancelled", []).append(day)
            return 204, None
        known = item.setdefault("_exceptions", {}).get(day, {})
        item["_exceptions"][day] = {**known, **told, "id": key, "occurrenceId": f"OID.{root}.{day}",
                                    "changeKey": f"ck{self.sequence}", "type": "exception"}  # fmt: skip
        return 200, item["_exceptions"][day]

    def titles(self) -> list[str]:
        return sorted(one["subject"] for one in self.alive())
