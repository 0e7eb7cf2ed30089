"""Work in lanes against a real database: each lane sees the workspace and commits by itself."""

from __future__ import annotations

from tests.runtime.running import Commands

SCORE = """
import time
from django.db import connection
from django.utils import timezone
from ponte.core.actors import Actor
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_context, workspace_scope
from ponte.directory.models import Party
from ponte.sales.models import Lead
from ponte.sales.services.score_rules import ScoreRuleData, create_score_rule
from ponte.sales.services.scores import rescore_all
workspace, actor, now = Workspace.objects.get(slug="loja"), Actor.system("test"), timezone.now()
with workspace_scope(workspace):
    party = Party.objects.create(kind="person", name="Ana", sort_name="ana")
    Lead.objects.bulk_create(
        Lead(party=party, title=str(number), origin="email" if number % 3 else "social", captured_at=now, status_since=now)
        for number in range(23)
    )
    where = {"all": [{"field": "origin", "op": "is", "value": ["social"]}]}
    create_score_rule(actor=actor, data=ScoreRuleData(name="Rede social", points=40, kind="profile", where=where))
with workspace_context(workspace):
    print("looked at", rescore_all(actor=actor, chunk=5, lanes=2))
with workspace_scope(workspace):
    points = {origin: set(Lead.objects.filter(origin=origin).values_list("score", flat=True)) for origin in ("social", "email")}
    print("points", points)
lanes = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%sales_lead%'"
for _ in range(100):  # a server process ends a moment after its connection
    with connection.cursor() as cursor:
        cursor.execute(lanes)
        left = cursor.fetchone()[0]
    if not left:
        break
    time.sleep(0.1)
print("connections left", left)
"""


def test_leads_are_scored_side_by_side_and_no_connection_stays(shop: Commands) -> None:
    said = shop("manage", "shell", "-v", "0", "-c", SCORE)
    assert "looked at 23" in said
    assert "points {'social': {40}, 'email': {0}}" in said
    assert "connections left 0" in said
