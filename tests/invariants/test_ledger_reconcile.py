"""Reconcile: silent over honest books, and it names each way in which they can be cooked."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from casino_club.core.metrics import HOUSE
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.reconcile.services import reconcile, run
from economy.rewards.rules import Amounts
from economy.rewards.services import grant
from economy.streaks.rules import Action
from economy.streaks.services import claim
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def player():
    player = factories.player().pk
    claim(player_id=player, action=Action.DAILY_LOGIN, now=NOW)
    amounts = Amounts(gold=5, gems=4, xp=3, vip_points=2)
    grant(player_id=player, reward_type="GIFT", amounts=amounts, key="gift:1", reason="reward.grant", now=NOW)
    with transaction.atomic():
        ledger.post(player, [Move(Asset.GOLD, -20, "adjustment", "fix", units=3)], now=NOW)
    return player


def tamper(*statements: str) -> None:
    """Change history as only somebody who may switch triggers off can."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("economy_entry", "user_rewards"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("economy_entry", "user_rewards"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def broken() -> set[str]:
    return {finding.invariant.name for finding in reconcile().findings if finding.violations}


def test_honest_books_are_silent(player):
    out = StringIO()
    call_command("reconcile", stdout=out)

    assert broken() == set()
    assert "balance_is_sum_of_entries" in out.getvalue()
    assert "0 violations" in out.getvalue()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE economy_wallet SET gold = gold + 1", {"balance_is_sum_of_entries", "balance_is_last_balance_after"}),
        ("UPDATE economy_wallet SET gems = 0, xp = 0, vip_points = 0", {"balance_is_sum_of_entries"}),
        (
            "UPDATE economy_entry SET amount = amount + 1 WHERE reference = 'fix'",
            {"balance_is_sum_of_entries", "entries_form_a_chain", "tally_is_sum_of_entries"},
        ),
        (
            "UPDATE economy_entry SET balance_after = balance_after + 1 WHERE reason = 'welcome.grant'",
            {"entries_form_a_chain"},
        ),
        ("UPDATE economy_entry SET balance_after = 7 WHERE reference = 'fix'", {"balance_is_last_balance_after"}),
        ("UPDATE economy_entry SET units = 9 WHERE reference = 'fix'", {"tally_is_sum_of_entries"}),
        (
            "UPDATE economy_entry SET created_at = created_at + interval '1 hour' WHERE reference = 'fix'",
            {"tally_is_sum_of_entries"},
        ),
        (
            "UPDATE economy_entry SET reason = 'no.such' WHERE reference = 'fix'",
            {"every_reason_is_in_the_chart", "tally_is_sum_of_entries"},
        ),
        ("DELETE FROM economy_entry WHERE reference = 'fix'", {"balance_is_sum_of_entries", "tally_is_sum_of_entries"}),
        ("DELETE FROM economy_entry", {"balance_is_sum_of_entries", "every_reward_is_its_entries"}),
        ("DELETE FROM economy_wallet", {"every_player_has_a_wallet", "balance_is_sum_of_entries"}),
        ("UPDATE economy_tally SET amount = amount + 1", {"tally_is_sum_of_entries"}),
        ("UPDATE economy_tally SET entries = entries + 1", {"tally_is_sum_of_entries"}),
        ("UPDATE economy_tally SET units = units + 1", {"tally_is_sum_of_entries"}),
        ("DELETE FROM economy_tally", {"tally_is_sum_of_entries"}),
        ("UPDATE user_rewards SET gold_amount = gold_amount + 1", {"every_reward_is_its_entries"}),
        ("UPDATE user_rewards SET gem_amount = 0", {"every_reward_is_its_entries"}),
        (
            "UPDATE user_rewards SET idempotency_key = 'other' WHERE idempotency_key = 'gift:1'",
            {"every_reward_is_its_entries"},
        ),
        ("DELETE FROM user_rewards WHERE idempotency_key = 'gift:1'", {"every_reward_is_its_entries"}),
    ],
)
def test_each_way_of_cooking_the_books_is_named(player, statement, named):
    tamper(statement)

    assert named <= broken()


@pytest.mark.parametrize(
    ("constraint", "statement", "named"),
    [
        ("economy_wallet.wallet_gold_not_negative", "UPDATE economy_wallet SET gold = -1", "no_negative_balance"),
        (
            "economy_entry.entry_balance_not_negative",
            "UPDATE economy_entry SET balance_after = -1",
            "no_negative_balance",
        ),
        (
            "economy_entry.entry_once_per_reference",
            "INSERT INTO economy_entry"
            " (player_id, asset, amount, units, balance_after, reason, reference, metadata, created_at)"
            " SELECT player_id, asset, amount, units, balance_after, reason, reference, metadata, created_at"
            " FROM economy_entry WHERE reference = 'fix'",
            "one_entry_per_reference",
        ),
    ],
)
def test_what_a_constraint_holds_is_still_proved_when_it_is_gone(player, constraint, statement, named):
    table, name = constraint.split(".")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
            [table, name],
        )
        (definition,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        tamper(statement)
        found = broken()
    finally:
        tamper("DELETE FROM economy_entry", "DELETE FROM economy_wallet")
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")

    assert named in found


def test_the_command_fails_and_names_what_is_broken(player):
    tamper("UPDATE economy_wallet SET gold = gold + 1")
    out = StringIO()

    with pytest.raises(CommandError, match="balance_is_sum_of_entries") as failed:
        call_command("reconcile", "--json", stdout=out)

    assert failed.value.returncode == 1
    report = json.loads(out.getvalue())
    assert report["ok"] is False
    by_name = {invariant["name"]: invariant for invariant in report["invariants"]}
    assert by_name["balance_is_sum_of_entries"]["violations"] == 1
    assert by_name["balance_is_sum_of_entries"]["examples"][0]["player_id"] == player


def test_the_metric_says_how_many_rows_are_wrong(player):
    def metric() -> float:
        return HOUSE.get_sample_value("ledger_invariant_violations", {"invariant": "balance_is_sum_of_entries"})

    assert metric() is None, "nothing is proved yet"
    run(scope="full", now=NOW)
    assert metric() == 0
    tamper("UPDATE economy_wallet SET gold = gold + 1, gems = gems + 1")
    run(scope="full", now=NOW)
    assert metric() == 2


def test_reconcile_refuses_to_share_a_transaction(player):
    with pytest.raises(RuntimeError), transaction.atomic():
        reconcile()
