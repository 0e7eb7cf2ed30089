from django.db import migrations

# ``public.ponte_keep_proof`` is installed before any workspace is migrated (core/tenancy/functions.sql)
TRIGGER = """
CREATE TRIGGER privacy_keep_proof BEFORE UPDATE OR DELETE ON privacy_consentrecord
FOR EACH ROW EXECUTE FUNCTION public.ponte_keep_proof()
"""
NO_TRIGGER = "DROP TRIGGER privacy_keep_proof ON privacy_consentrecord"

# built-in roles of workspaces made before this right existed; what somebody has set since is left alone
RIGHTS = """
UPDATE core_role SET rights = jsonb_set(
    jsonb_set(rights, '{objects}', coalesce(rights -> 'objects', '{}')), '{objects,suppression}',
    '{"view": "all", "create": "all", "edit": "all", "delete": "all", "export": "all"}')
WHERE key IN ('manager', 'marketer') AND NOT coalesce(rights -> 'objects', '{}') ? 'suppression'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_initial"),
        ("core", "0002_push"),
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop, elidable=True),
    ]
