"""A write sent twice happens once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from ponte.apikit.jobs import forget_idempotency_keys
from ponte.apikit.models import IdempotencyKey
from ponte.core.models import Team

pytestmark = pytest.mark.urls("ponte.apikit.tests.sample")


@pytest.fixture
def post(admin, api_for):
    api = api_for(admin)

    def send(body, key, path="/api/v1/teams"):
        return api.client.generic(
            "POST",
            path,
            json.dumps(body),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {api.secret}",
            HTTP_IDEMPOTENCY_KEY=key,
        )

    return send


def test_the_same_request_is_answered_the_same_without_happening_again(post):
    first, second = post({"name": "Norte"}, "k1"), post({"name": "Norte"}, "k1")
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second["Location"] == first["Location"]
    assert second["ETag"] == first["ETag"]
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Team.objects.count() == 1


def test_another_request_under_the_same_key_is_refused(post):
    post({"name": "Norte"}, "k1")
    refused = post({"name": "Sul"}, "k1")
    assert refused.status_code == 422
    assert json.loads(refused.content)["type"].endswith("idempotency_key_reused")
    assert Team.objects.count() == 1


def test_a_refused_request_frees_its_key(post):
    assert post({"name": "refused"}, "k1").status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert post({"name": "Norte"}, "k1").status_code == 201


def test_keys_belong_to_a_token(admin, api_for, post):
    post({"name": "Norte"}, "k1")
    other = api_for(admin)
    response = other.client.generic(
        "POST", "/api/v1/teams", b'{"name": "Sul"}', content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {other.secret}", HTTP_IDEMPOTENCY_KEY="k1",
    )  # fmt: skip
    assert response.status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é"])
def test_malformed_keys_are_400(post, key):
    assert post({"name": "Norte"}, key).status_code == 400
    assert not Team.objects.exists()


def test_answers_are_forgotten_after_their_day(post):
    post({"name": "Norte"}, "old")
    post({"name": "Sul"}, "new")
    IdempotencyKey.objects.filter(key="old").update(created_at=timezone.now() - timedelta(hours=25))
    forget_idempotency_keys()
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]
