"""Imports and complete exports for programs."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest

PEOPLE = "Código;Nome;CPF\n1;Ana;529.982.247-25\n2;Bia;111.111.111-11\n"


def body(**more: Any) -> dict[str, Any]:
    content = base64.b64encode(PEOPLE.encode()).decode()
    return {"target": "people", "file_name": "pessoas.csv", "content": content, "source": "erp", **more}


def test_a_program_brings_people_in(admin: Any, api_for: Any, run_jobs: Any) -> None:
    api = api_for(admin)
    assert "people" in [each["key"] for each in api.get("/imports/targets").json()]
    made = api.post("/imports", body())
    assert made.status_code == 201, made.content
    address = made.headers["Location"]
    assert made.json()["state"] == "queued"
    run_jobs()
    done = api.get(address).json()
    assert (done["state"], done["created"], done["rejected"]) == ("done", 1, 1)
    (refused,) = api.get(f"{address}/rejections").json()["items"]
    assert refused["row"] == 3
    assert refused["problems"][0][1] == "cpf_invalid"
    assert [each["id"] for each in api.get("/imports").json()["items"]] == [done["id"]]
    assert api.post(f"{address}/start").status_code == 422


def test_a_draft_waits(admin: Any, api_for: Any) -> None:
    api = api_for(admin)
    made = api.post("/imports", body(start=False, mapping={"Código": "", "Nome": "social_name"})).json()
    assert made["state"] == "draft"
    assert api.post(f"/imports/{made['id']}/start").json()["state"] == "queued"
    assert api.post(f"/imports/{made['id']}/cancel").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"content": "???"}, "content"),
        ({"content": "não é"}, "content"),
        ({"content": base64.b64encode(b"%PDF-1.4").decode()}, "file"),
        ({"target": "nothing"}, "target"),
        ({"mapping": {"Nada": "name"}}, "mapping"),
        ({"mapping": {"Nome": "nada"}}, "mapping"),
        ({"policy": "steal"}, "policy"),
        ({"source": "Não Vale"}, "source"),
    ],
)
def test_what_cannot_be_read_is_named(wrong: dict[str, Any], field: str, admin: Any, api_for: Any) -> None:
    answer = api_for(admin).post("/imports", body(**wrong))
    assert answer.status_code == 422
    assert field in {each["field"] for each in answer.json()["errors"]}


def test_a_program_takes_everything_out(admin: Any, api_for: Any, run_jobs: Any) -> None:
    api = api_for(admin)
    made = api.post("/exports").json()
    assert api.get(f"/exports/{made['id']}/download").status_code == 404
    run_jobs()
    assert api.get(f"/exports/{made['id']}").json()["rows"] > 0
    answer = api.get(f"/exports/{made['id']}/download")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert "manifest.json" in archive.namelist()


def test_not_for_everybody(member_with: Any, api_for: Any) -> None:
    api = api_for(member_with("salesperson"))
    for path in ("/imports", "/imports/targets", "/exports"):
        assert api.get(path).status_code in (403, 404), path
    assert api.post("/imports", body()).status_code in (403, 404)
    assert api.post("/exports").status_code in (403, 404)
