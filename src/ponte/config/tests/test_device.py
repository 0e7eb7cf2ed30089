"""What makes the product installable: manifest, service worker, the page for times without a network."""

from __future__ import annotations

import json

import pytest
from django.contrib.staticfiles import finders
from django.test import Client


@pytest.fixture
def visitor(db):
    return Client()


def test_the_manifest_names_icons_that_exist(visitor):
    answer = visitor.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


def test_the_worker_keeps_files_that_exist(visitor):
    answer = visitor.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    settled = json.loads(answer.content.decode().split("self.PONTE = ", 1)[1].split(";\n", 1)[0])
    assert any("/app-" in name for name in settled["shell"])
    for name in settled["shell"]:
        assert finders.find(name.removeprefix("/static/")), name
    assert all("import" not in line[:7] for line in answer.content.decode().splitlines())


def test_the_worker_is_the_same_for_everybody(visitor, workspace, admin, client_for):
    own = client_for(admin)
    own.cookies["ponte_theme"] = "dark"
    assert own.get("/sw.js").content == visitor.get("/sw.js").content


def test_the_worker_is_a_new_one_when_its_page_changes(visitor, monkeypatch):
    before = visitor.get("/sw.js").content
    monkeypatch.setattr("ponte.config.device.worker.offline_page", lambda language: "<p>nova</p>")
    assert visitor.get("/sw.js").content != before


@pytest.mark.parametrize(("language", "words"), [("pt-br", "Nota rápida"), ("en", "Quick note")])
def test_the_quick_note_speaks_both_languages(visitor, language, words):
    assert f"<h1>{words}</h1>" in visitor.get(f"/offline/?language={language}").content.decode()


def test_the_quick_note_holds_nobodys_data(workspace, admin, client_for, visitor):
    page = client_for(admin).get("/offline/?language=pt-br").content.decode()
    assert page == visitor.get("/offline/?language=pt-br").content.decode()
    assert admin.name not in page
    assert "csrf" not in page
