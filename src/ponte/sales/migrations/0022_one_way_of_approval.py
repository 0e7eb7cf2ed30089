"""Requests for approval of quotes and of contracts become rows of one table, who approves contracts becomes a step."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

WAITS = models.Q(state="waiting")
CONTRACT_ANSWER_DAYS, CONTRACT_VALID_DAYS = 10, 30


def move(apps, schema_editor):
    """Carry over who was named, what was asked and what was said."""
    schema_editor.execute(
        "SET CONSTRAINTS ALL IMMEDIATE"
    )  # tables with checks to come can't be altered below

    def rows(name, app="sales"):
        return apps.get_model(app, name).objects.using(schema_editor.connection.alias)

    for name in ("ApprovalStep", "ApprovalRequestStep"):
        for row in rows(name).exclude(member=None):
            row.members.add(row.member_id)
    rows("ApprovalStep").filter(approver__in=("role", "member")).update(approver="named")
    _move_settings(rows)
    _move_contracts(rows)


def _move_settings(rows):
    kept = rows("WorkspaceSetting", "core").filter(key="sales.contracts").first()
    if kept is None:
        return
    people = kept.value.pop("approver_ids", None) or []
    role_id = kept.value.pop("approver_role_id", None) or None
    kept.save()
    members = list(rows("Member", "core").filter(id__in=people))
    role = rows("Role", "core").filter(id=role_id).first() if role_id else None
    if members or role:
        name = (role or members[0]).name[:80]
        step = rows("ApprovalStep").create(kind="contract", name=name, approver="named", role=role, version=1)
        step.members.set(members)


def _move_contracts(rows):
    named = rows("ApprovalStep").filter(kind="contract").first()
    newest = dict(rows("ContractApproval").order_by("id").values_list("contract_id", "id"))
    for old in rows("ContractApproval").select_related("contract").order_by("id"):
        waits = newest[old.contract_id] == old.id and old.contract.status == "approval"
        state = old.decision or ("waiting" if waits else "outdated")
        request = rows("ApprovalRequest").create(
            id=old.id,
            contract_id=old.contract_id,
            edition=old.contract.edition,
            state=state,
            fingerprint=old.text_sha256,
            asked_by_id=old.asked_by_id,
            expires_at=_expires(state),
            closed_at=None if state == "waiting" else old.decided_at or old.updated_at,
        )
        step = rows("ApprovalRequestStep").create(
            approval=request,
            position=1,
            role_id=named.role_id if named else None,
            state=state,
            decided_by_id=old.decided_by_id,
            decided_at=old.decided_at,
            note=old.note,
        )
        if named:
            step.members.set(named.members.all())
        for moved in (
            rows("ApprovalRequest").filter(id=request.id),
            rows("ApprovalRequestStep").filter(id=step.id),
        ):
            moved.update(created_at=old.created_at, updated_at=old.updated_at)


def _expires(state):
    days = CONTRACT_VALID_DAYS if state == "approved" else CONTRACT_ANSWER_DAYS
    return timezone.now() + timedelta(days=days)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_squashed_0002_push"),
        ("sales", "0021_answers_put_down"),
    ]

    operations = [
        migrations.RemoveConstraint("approvalstep", "approval_step_role"),
        migrations.RemoveConstraint("approvalstep", "approval_step_member"),
        migrations.RemoveConstraint("quoteapproval", "quote_approval_one_waits"),
        migrations.RemoveConstraint("quoteapproval", "quote_approval_state"),
        migrations.RemoveConstraint("quoteapprovalstep", "quote_approval_step_once"),
        migrations.RenameIndex("quoteapproval", new_name="approval_quote", old_name="quote_approval_quote"),
        migrations.RenameIndex("quoteapproval", new_name="approval_waits", old_name="quote_approval_waits"),
        migrations.RenameIndex("quoteapproval", new_name="approval_newest", old_name="quote_approval_newest"),
        migrations.RenameModel("QuoteApproval", "ApprovalRequest"),
        migrations.RenameModel("QuoteApprovalStep", "ApprovalRequestStep"),
        migrations.AddField(
            "approvalstep",
            "kind",
            models.CharField(
                choices=[("quote", "Quotes over the limit"), ("contract", "Contracts")],
                default="quote",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "approvalstep",
            "above_amount",
            models.DecimalField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="above a value of"
            ),
        ),
        migrations.AddField(
            "approvalstep",
            "members",
            models.ManyToManyField(blank=True, related_name="+", to="core.member"),
        ),
        migrations.AddField(
            "approvalrequeststep",
            "members",
            models.ManyToManyField(blank=True, related_name="+", to="core.member"),
        ),
        migrations.AlterField(
            "approvalstep",
            "approver",
            models.CharField(
                choices=[
                    ("leader", "The leader of the salesperson's team"),
                    ("named", "People or a role"),
                    ("sales", "Whoever runs sales"),
                ],
                default="leader",
                max_length=8,
                verbose_name="who",
            ),
        ),
        migrations.AlterField(
            "approvalstep",
            "role",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="core.role",
            ),
        ),
        migrations.AlterField(
            "approvalrequest",
            "quote",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="approvals",
                to="sales.quote",
            ),
        ),
        migrations.AlterField(
            "approvalrequest",
            "reason",
            models.CharField(blank=True, max_length=500, verbose_name="reason"),
        ),
        migrations.AlterField(
            "approvalrequest",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("approved", "Approved"),
                    ("refused", "Refused"),
                    ("outdated", "Outdated: it changed"),
                    ("expired", "Expired without an answer"),
                    ("cancelled", "Taken back"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "approvalrequeststep",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("approved", "Approved"),
                    ("refused", "Refused"),
                    ("outdated", "Outdated: it changed"),
                    ("expired", "Expired without an answer"),
                    ("cancelled", "Taken back"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "approvalrequeststep", "note", models.CharField(blank=True, max_length=1000, verbose_name="note")
        ),
        migrations.AlterField(  # makes room for the new key of that name
            "contractapproval",
            "contract",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="sales.contract",
            ),
        ),
        migrations.AddField(
            "approvalrequest",
            "contract",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="approvals",
                to="sales.contract",
            ),
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel("ContractApproval"),
        migrations.RemoveField("approvalstep", "member"),
        migrations.RemoveField("approvalrequeststep", "member"),
        migrations.AddIndex(
            "approvalrequest", models.Index(fields=["contract", "-id"], name="approval_contract")
        ),
        migrations.AddConstraint(
            "approvalrequest",
            models.UniqueConstraint(condition=WAITS, fields=["quote"], name="approval_quote_waits_once"),
        ),
        migrations.AddConstraint(
            "approvalrequest",
            models.UniqueConstraint(
                condition=WAITS, fields=["contract"], name="approval_contract_waits_once"
            ),
        ),
        migrations.AddConstraint(
            "approvalrequest",
            models.CheckConstraint(
                condition=models.Q(quote__isnull=False, contract=None)
                | models.Q(quote=None, contract__isnull=False),
                name="approval_of_one_document",
            ),
        ),
        migrations.AddConstraint(
            "approvalrequest",
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["waiting", "approved", "refused", "outdated", "expired", "cancelled"]
                ),
                name="approval_state_known",
            ),
        ),
        migrations.AddConstraint(
            "approvalrequeststep",
            models.UniqueConstraint(fields=["approval", "position"], name="approval_step_once"),
        ),
        migrations.AddConstraint(
            "approvalstep",
            models.CheckConstraint(
                condition=models.Q(kind__in=["quote", "contract"]), name="approval_step_kind"
            ),
        ),
        migrations.AddConstraint(
            "approvalstep",
            models.CheckConstraint(
                condition=models.Q(approver__in=["leader", "named", "sales"]), name="approval_step_approver"
            ),
        ),
    ]
