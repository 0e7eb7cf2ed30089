import django.contrib.postgres.fields
import django.db.models.deletion
import ponte.core.ids
from django.db import migrations, models


# built-in roles of workspaces made before these rights existed; what somebody has set since is left alone
RIGHTS = """
UPDATE core_role SET rights = jsonb_set(rights, '{objects}', jsonb_build_object(
    'account_plan', coalesce(rights #> '{objects,opportunity}', '{}'),
    'territory', CASE WHEN key = 'manager' THEN rights #> '{objects,product}'
        ELSE coalesce(rights #> '{objects,product}', '{}') || '{"create": "none", "edit": "none", "delete": "none"}' END,
    'cadence', CASE WHEN key IN ('manager', 'marketer')
        THEN '{"view": "all", "create": "all", "edit": "all", "delete": "all", "export": "all"}'
        WHEN key = 'salesperson' THEN '{"view": "all", "create": "all", "edit": "all", "delete": "none", "export": "none"}'
        ELSE coalesce(rights #> '{objects,product}', '{}') || '{"create": "none", "edit": "none", "delete": "none"}' END
) || (rights -> 'objects'))
WHERE key IS NOT NULL AND rights ? 'objects'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_push'),
        ('directory', '0009_queue_and_registers'),
        ('sales', '0003_deals'),
    ]

    operations = [
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('id', models.UUIDField(default=ponte.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('path', models.TextField(editable=False)),
                ('position', models.PositiveIntegerField(default=0)),
                ('states', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('cities', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=125), blank=True, default=list, size=None)),
                ('postal_ranges', models.JSONField(blank=True, default=list)),
                ('condition', models.JSONField(blank=True, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='sales.territory')),
            ],
            options={
                'verbose_name': 'Territory',
                'verbose_name_plural': 'Territories',
            },
        ),
        migrations.CreateModel(
            name='TerritoryMember',
            fields=[
                ('id', models.UUIDField(default=ponte.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='territory_seats', to='core.member')),
                ('territory', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='sales.territory')),
            ],
            options={
                'verbose_name': 'Member of a territory',
                'verbose_name_plural': 'Members of territories',
            },
        ),
        migrations.AddField(
            model_name='territory',
            name='members',
            field=models.ManyToManyField(related_name='territories', through='sales.TerritoryMember', to='core.member'),
        ),
        migrations.CreateModel(
            name='TerritoryPlacement',
            fields=[
                ('party', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='territory_placement', serialize=False, to='directory.party')),
                ('is_fixed', models.BooleanField(default=False)),
                ('since', models.DateTimeField()),
                ('territory', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='sales.territory')),
            ],
            options={
                'verbose_name': "Customer's territory",
                'verbose_name_plural': "Customers' territories",
            },
        ),
        migrations.CreateModel(
            name='TerritoryRun',
            fields=[
                ('id', models.UUIDField(default=ponte.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='running', max_length=8)),
                ('is_preview', models.BooleanField(default=True)),
                ('gives_owners', models.BooleanField(default=False)),
                ('cursor', models.UUIDField(blank=True, null=True)),
                ('seen', models.PositiveIntegerField(default=0)),
                ('moved', models.PositiveIntegerField(default=0)),
                ('given', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('moves', models.JSONField(default=list)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.member')),
            ],
            options={
                'verbose_name': 'Assignment of territories',
                'verbose_name_plural': 'Assignments of territories',
            },
        ),
        migrations.AddConstraint(
            model_name='territorymember',
            constraint=models.UniqueConstraint(fields=('territory', 'member'), name='sales_territory_member_once'),
        ),
        migrations.AddIndex(
            model_name='territory',
            index=models.Index(fields=['position', 'id'], name='sales_territory_order'),
        ),
        migrations.AddIndex(
            model_name='territoryplacement',
            index=models.Index(fields=['territory', 'party'], name='sales_placement_territory'),
        ),
        migrations.AddConstraint(
            model_name='territoryrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('is_preview',), name='sales_territory_run_alone'),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop, elidable=True),
    ]
