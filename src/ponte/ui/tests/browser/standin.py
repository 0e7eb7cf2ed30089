"""A stand-in for the modules' pages: real shell and scripts, canned answers, the product's security policy."""

import json
import mimetypes
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

from django.template import engines
from django.test import RequestFactory

from ponte.ui.assets import BUILD
from ponte.ui.htmx import refresh_page
from ponte.ui.shell import Link, Section, ShellPart

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'"

ROWS = "".join(
    f'<tr data-row="{n}" data-href="/people/{n}/" data-panel="/people/{n}/panel/" tabindex="-1">'
    f'<td class="col-check"><input type="checkbox" class="form-check-input" data-select name="id" value="{n}"'
    f' form="bulk-form" aria-label="Select {n}"></td>'
    f'<td class="col-main"><a class="cell-main" href="/people/{n}/">Person {n}</a></td><td>Lead</td></tr>'
    for n in range(1, 9)
)

LIST = f"""{{% extends "ui/shell.html" %}}{{% block title %}}People{{% endblock %}}{{% block content %}}<div class="page">
<header class="page-header"><h1>People</h1><div class="page-actions">
<a class="btn btn-primary" id="new" href="/people/new/" data-dialog>New</a>
<button class="btn" id="fail" hx-post="/fail/" hx-swap="none">Fail</button>
<button class="btn" id="delete" hx-post="/delete/" hx-swap="none" data-confirm="Delete it?" data-confirm-yes="Delete">
Delete</button>
<button class="btn" id="refresh" hx-post="/refresh/" hx-swap="none">Refresh</button></div></header>
<section class="list" id="list" data-list="people" data-page-context="list:people">
<div class="table-wrap"><table class="table table-list"><thead><tr><th class="col-check">
<input type="checkbox" class="form-check-input" data-select-all aria-label="Select all"></th><th>Name</th><th>Stage</th>
</tr></thead><tbody>{ROWS}</tbody></table></div>
<form class="bulk-bar" id="bulk-form" data-bulk-bar hidden><span class="bulk-count" data-bulk-count></span>
<button type="button" class="btn btn-sm" data-bulk-clear>Clear</button></form></section></div>{{% endblock %}}"""

RECORD = """{% extends "ui/shell.html" %}{% block title %}Ana{% endblock %}{% block content %}<div class="page">
<header class="page-header"><h1>Ana</h1></header><div class="page-body">
<div class="editable" data-edit="/field/" tabindex="0" id="email">ana@example.com</div>
<div class="editable" data-edit="/field/?conflict" tabindex="0" id="city">Recife</div>
<form id="note" data-draft="note:1" method="post" hx-post="/note/" hx-swap="outerHTML"><label class="form-label" for="body">
Note</label><textarea class="form-control" id="body" name="body"></textarea>
<label class="form-label" for="phone">Phone</label><input class="form-control" id="phone" name="phone" data-mask="phone">
<label class="form-label" for="money">Amount</label><input class="form-control" id="money" name="money" data-mask="money">
<span class="form-label" id="owner-label">Owner</span><div class="picker" data-picker="/choices/">
<input type="hidden" name="owner"><input type="text" id="owner" class="form-control" role="combobox"
 aria-expanded="false" aria-labelledby="owner-label"></div>
<button class="btn">Save</button></form>
<ul class="m-0" data-sortable><li>One <button class="grip" type="button" aria-label="Move One">·</button></li>
<li>Two <button class="grip" type="button" aria-label="Move Two">·</button></li></ul></div></div>{% endblock %}"""

FIELD = """<form hx-post="/field/{query}" hx-target="closest .editable" hx-swap="outerHTML">
<input class="form-control" name="value" value="ana@example.com" aria-label="E-mail"></form>"""
SAVED = '<div class="editable" data-edit="/field/" tabindex="0" id="email">{value}</div>'
NEW = """<div class="dialog-part"><header class="dialog-head"><h2 id="dialog-title">New person</h2></header>
<form hx-post="/people/new/" hx-target="#dialog-content"><div class="dialog-body"><label for="n">Name</label>
<input id="n" name="name" class="form-control" {extra}>{error}</div></form></div>"""
CONFLICT = """<div class="dialog-part"><header class="dialog-head"><h2 id="dialog-title">Two versions</h2></header>
<div class="dialog-body versions"><div>Recife</div><div>Olinda</div></div></div>"""
PALETTE = {
    "groups": [
        {"label": "Commands", "items": [{"label": "Import", "url": "/record/", "icon": ""}]},
        {"label": "", "items": [{"label": "Ana", "html": "<mark>An</mark>a <b>x</b>", "url": "/record/"}]},
    ]
}


@dataclass
class Answer:
    """What the stand-in says to one request."""

    body: str = ""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[dict[str, list[str]], str], Answer]


def shell_part() -> ShellPart:
    """Return a small shell."""
    return ShellPart(
        sections=[
            Section("", (Link("Home", "/record/", "home", shortcut="g h"), Link("People", "/list/", "users")))
        ],
        create=[Link("Person", "/people/new/", "user-plus", dialog=True)],
        urls={"home": "/record/", "palette": "/palette/"},
    )


def page(source: str) -> Answer:
    """Render a template in the shell, as Marina sees it."""
    request = RequestFactory().get("/list/")
    request.member = SimpleNamespace(name="Marina Souza", email="marina@example.com", id="1")  # type: ignore[attr-defined]
    request.workspace = SimpleNamespace(name="Atelier", slug="atelier", timezone="America/Sao_Paulo")  # type: ignore[attr-defined]
    return Answer(engines["django"].from_string(source).render({}, request))


def create(form: dict[str, list[str]], _: str) -> Answer:
    """Refuse an empty name, take any other."""
    if form.get("name", [""])[0]:
        toast = {"text": "Saved", "tone": "success"}
        return Answer(
            status=204, headers={"HX-Trigger": json.dumps({"ponte:close": True, "ponte:toast": toast})}
        )
    return Answer(NEW.format(extra='aria-invalid="true"', error="<p class='form-error'>Required</p>"), 422)


def save_field(form: dict[str, list[str]], query: str) -> Answer:
    """Save, or say that somebody else did."""
    if "conflict" in query:
        return Answer(CONFLICT, 409)
    return Answer(SAVED.format(value=form["value"][0]))


GET: dict[str, Handler] = {
    "/list/": lambda form, query: page(LIST),
    "/record/": lambda form, query: page(RECORD),
    "/people/new/": lambda form, query: Answer(NEW.format(extra="", error="")),
    "/field/": lambda form, query: Answer(FIELD.format(query=f"?{query}" if query else "")),
    "/palette/": lambda form, query: Answer(json.dumps(PALETTE), kind="application/json"),
    "/choices/": lambda form, query: Answer(
        json.dumps({"items": [{"value": "7", "label": "Bia"}, {"value": "8", "label": "Bruno"}]}),
        kind="application/json",
    ),
}


def refresh(form: dict[str, list[str]], _: str) -> Answer:
    """Answer as ``ponte.ui.htmx.refresh_page`` does."""
    answer = refresh_page("Team saved")
    return Answer(status=answer.status_code, headers={"HX-Trigger": answer.headers["HX-Trigger"]})


POST: dict[str, Handler] = {
    "/refresh/": refresh,
    "/people/new/": create,
    "/field/": save_field,
    "/note/": lambda form, query: Answer(
        '<form id="note" data-draft="note:1"><textarea id="body" name="body" aria-label="Note"></textarea></form>'
    ),
    "/fail/": lambda form, query: Answer(
        '{"detail": "The e-mail is taken."}', 400, "application/problem+json"
    ),
    "/delete/": lambda form, query: Answer(
        status=204, headers={"HX-Trigger": json.dumps({"ponte:toast": {"text": "Deleted", "undo": "/note/"}})}
    ),
}


class StandIn(BaseHTTPRequestHandler):
    """Answers from the tables above."""

    def do_GET(self) -> None:
        """Answer a page, a part or a built file."""
        parts = urlsplit(self.path)
        if parts.path.startswith("/static/ponte/"):
            self._file(parts.path.rsplit("/", 1)[-1])
        elif parts.path.endswith("/panel/"):
            number = parts.path.split("/")[2]
            self._send(
                Answer(
                    f'<div data-panel-part data-title="Person {number}"><p class="p-3">Seen {number}</p></div>'
                )
            )
        else:
            handler = GET.get(parts.path)
            self._send(handler({}, parts.query) if handler else page(RECORD))

    def do_POST(self) -> None:
        """Answer a form."""
        parts = urlsplit(self.path)
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self._send(POST[parts.path](form, parts.query))

    def _file(self, name: str) -> None:
        content = (BUILD / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", mimetypes.guess_type(name)[0] or "font/woff2")
        self.end_headers()
        self.wfile.write(content)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {
            "Content-Type": answer.kind,
            "Content-Security-Policy": POLICY,
            **answer.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(answer.body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve() -> tuple[ThreadingHTTPServer, str]:
    """Start the stand-in; return it and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"
