"""The acts of one operator are found by an index. The table is pghistory's own, so the index is made by name."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_audit_trail'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX audit_by_operator ON pghistory_context ((metadata ->> 'operator'), created_at)",
            "DROP INDEX audit_by_operator",
        ),
    ]
