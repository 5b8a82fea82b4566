"""Counting what happened of late: big wins by an index of their own, all rounds by one that keeps itself summarized."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("games", "0007_append_only_audit")]
    operations = [
        migrations.AddIndex(
            model_name="round",
            index=models.Index(
                condition=models.Q(("status", "settled"), ("win__gte", 1000)),
                fields=["settled_at"],
                include=("win", "bet"),
                name="round_big_wins_time",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER INDEX round_time SET (autosummarize = on); SELECT brin_summarize_new_values('round_time');",
                    "ALTER INDEX round_time RESET (autosummarize)",
                )
            ],
            state_operations=[
                migrations.RemoveIndex(model_name="round", name="round_time"),
                migrations.AddIndex(
                    model_name="round",
                    index=django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["created_at"], name="round_time"
                    ),
                ),
            ],
        ),
    ]
