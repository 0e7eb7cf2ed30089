"""A real CalDAV server (Radicale) for tests: started, killed and started again as they like."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

USER, PASSWORD = "bia", "senha de aplicativo ç"
_LOGIN = b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Radicale:
    """One server with its folder; ``url`` is its address, ``calendar`` the one calendar there is at first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def calendar(self) -> str:
        return f"{self.url}{USER}/agenda/"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{self.port}",
             "--storage-filesystem-folder", str(self.folder / "data"), "--auth-type", "htpasswd",
             "--auth-htpasswd-filename", str(self.folder / "users"), "--auth-htpasswd-encryption", "plain",
             "--auth-delay", "0", "--logging-level", "error"],
        )  # fmt: skip
        for _try in range(200):
            try:
                self.ask("PROPFIND", self.url, headers={"Depth": "0"})
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Radicale doesn't answer")

    def kill(self) -> None:
        """Kill the server as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def make_calendar(self, url: str = "", name: str = "Agenda da Bia") -> None:
        """Make a calendar."""
        body = (
            '<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>'
            f"<d:displayname>{name}</d:displayname></d:prop></d:set></c:mkcalendar>"
        )
        self.ask("MKCALENDAR", url or self.calendar, body)

    def ask(
        self, method: str, url: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, str, dict[str, str]]:
        """Send a request as another program of the member would; return (status, body, headers)."""
        request = urllib.request.Request(url, data=body.encode() or None, method=method)
        request.add_header("Authorization", f"Basic {_LOGIN}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def files(self) -> dict[str, str]:
        """Return the texts of all events there by file name."""
        folder = self.folder / "data" / "collection-root" / USER / "agenda"
        return {one.name: one.read_text(encoding="utf-8") for one in folder.glob("*.ics")}

    def put(self, name: str, *lines: str) -> None:
        """Write an event of these lines there, as a phone would."""
        text = "\r\n".join(
            ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Phone//1//EN", *lines, "END:VCALENDAR", ""]
        )
        status, answer, _headers = self.ask(
            "PUT", self.calendar + name, text, {"Content-Type": "text/calendar; charset=utf-8"}
        )
        assert status in (201, 204), answer

    def change(self, name: str, old: str, new: str) -> None:
        """Change an event's text there."""
        _status, text, headers = self.ask("GET", self.calendar + name)
        assert old in text, text
        status, answer, _headers = self.ask(
            "PUT", self.calendar + name, text.replace(old, new), {"If-Match": headers["ETag"]}
        )
        assert status in (201, 204), answer

    def delete(self, name: str) -> None:
        """Delete an event there."""
        assert self.ask("DELETE", self.calendar + name)[0] in (200, 204)
