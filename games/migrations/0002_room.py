"""Rows that change with every round: room on each page keeps those updates off the indexes."""

from django.db import migrations

TABLES = ("games_seedpair", "games_freespins", "user_game_stats", "user_game_stats_daily")


class Migration(migrations.Migration):
    dependencies = [("games", "0001_initial")]
    operations = [
        migrations.RunSQL(f"ALTER TABLE {table} SET (fillfactor = 75)", f"ALTER TABLE {table} RESET (fillfactor)")
        for table in TABLES
    ]
