from django.db import migrations

# built-in roles of workspaces made before these rights existed: leads like tasks, what is sold like orders
RIGHTS = """
UPDATE core_role SET rights = jsonb_set(rights, '{objects}', jsonb_build_object(
    'lead', coalesce(rights #> '{objects,task}', '{}'),
    'opportunity', coalesce(rights #> '{objects,order}', '{}'),
    'quote', coalesce(rights #> '{objects,order}', '{}'),
    'contract', coalesce(rights #> '{objects,order}', '{}')
) || (rights -> 'objects'))
WHERE key IS NOT NULL AND rights ? 'objects'
"""
AREA = """
UPDATE core_role SET rights = jsonb_set(rights, '{areas}', (rights -> 'areas') || '["sales"]')
WHERE key = 'manager' AND NOT (rights -> 'areas') ? 'sales'
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial"), ("core", "0002_push")]

    operations = [
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(AREA, migrations.RunSQL.noop, elidable=True),
    ]
