"""Assessing a purchase: what Redis counts, what is decided, what is kept, and what happens without Redis."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from casino_club.core import redis
from casino_club.core.models import Alert
from economy.fraud import rulebook, signals
from economy.fraud.models import FraudAudit, FraudRules
from economy.fraud.rules import Attempt, Tier
from economy.fraud.services import FraudHardBlock, FraudSoftBlock, assess, enforce
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 1, 6, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def fresh_rulebook(monkeypatch):
    monkeypatch.setattr(rulebook, "book", rulebook.Rulebook())


@pytest.fixture
def player():
    return factories.player().pk


def attempt(player, **given):
    known = {
        "user_id": player,
        "action": "shop.buy",
        "amount": 9_900,
        "card_hash": "a" * 64,
        "address": "203.0.113.9",
        "fingerprint": "device-0001",
        "reference": "order-1",
    }
    return Attempt(**(known | given))


def tried(player, times=1, now=NOON, **given):
    for _ in range(times):
        decision = assess(attempt=attempt(player, **given), now=now)
    return decision


def features(decision):
    return FraudAudit.objects.get(pk=decision.audit_id).features


# --- Decisions -----------------------------------------------------------------------------------------------------
def test_an_ordinary_purchase_is_allowed_and_kept_with_what_it_was_judged_by(player):
    decision = tried(player)

    assert (decision.tier, decision.score, decision.matched) == (Tier.ALLOW, 0, ())
    enforce(decision)
    audit = FraudAudit.objects.get(pk=decision.audit_id)
    assert (audit.user_id, audit.action, audit.amount, audit.tier, audit.signals) == (
        player,
        "shop.buy",
        9_900,
        "allow",
        True,
    )
    assert audit.features["attempts_user_5m"] == 1
    assert FraudRules.objects.get(pk=audit.rules_version).content == rulebook.SHIPPED.read_text()


def test_the_twentieth_attempt_in_five_minutes_is_turned_away_for_now(player):
    assert tried(player, 19).tier is Tier.ALLOW
    decision = tried(player)

    assert (decision.tier, decision.matched) == (Tier.SOFT_BLOCK, ("many_attempts",))
    with pytest.raises(FraudSoftBlock) as refused:
        enforce(decision)
    assert (refused.value.code, refused.value.status, refused.value.retry_after) == ("fraud_soft_block", 429, 300)


def test_the_third_card_in_five_minutes_is_turned_away_for_now(player):
    tiers = [tried(player, card_hash=card * 64).tier for card in "aabbc"]

    assert tiers == [Tier.ALLOW] * 4 + [Tier.SOFT_BLOCK]


def test_the_sixth_card_of_a_day_is_turned_away(player):
    cards = [
        tried(player, card_hash=card * 64, now=NOON + hour * timedelta(hours=1)) for hour, card in enumerate("abcdef")
    ]

    assert [decision.tier for decision in cards] == [Tier.ALLOW] * 5 + [Tier.HARD_BLOCK]
    with pytest.raises(FraudHardBlock) as refused:
        enforce(cards[-1])
    assert (refused.value.code, refused.value.status) == ("fraud_hard_block", 403)


def test_a_review_passes(player):
    for _ in range(5):
        decision = tried(factories.player().pk)

    assert (decision.tier, decision.matched) == (Tier.REVIEW, ("shared_device",))
    enforce(decision)


def test_a_decision_outlives_whatever_is_rolled_back_after_it_and_refuses_to_be_part_of_it(player):
    assert transaction.get_connection().in_atomic_block  # the test's own, which does not count
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        tried(player)


# --- Signals -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "window", "most"),
    [
        ("attempts_user_5m", 300, 2),
        ("attempts_user_1h", 3600, 2),
        ("attempts_ip_5m", 300, 2),
        ("attempts_ip_1h", 3600, 2),
        ("attempts_fingerprint_5m", 300, 2),
        ("attempts_fingerprint_1h", 3600, 2),
    ],
)
def test_an_attempt_counts_until_its_window_has_passed(player, field, window, most):
    def counted(seconds_later):
        redis.client().flushdb()
        tried(player)
        return features(tried(player, now=NOON + seconds_later * SECOND))[field]

    assert [counted(window + step) for step in (-1, 0, 1)] == [most, 1, 1]


@pytest.mark.parametrize(("field", "window"), [("distinct_cards_5m", 300), ("distinct_cards_24h", 86_400)])
def test_a_card_counts_until_its_window_has_passed_since_its_last_use(player, field, window):
    def counted(seconds_later):
        redis.client().flushdb()
        tried(player, card_hash="b" * 64)
        return features(tried(player, now=NOON + seconds_later * SECOND))[field]

    assert [counted(window + step) for step in (-1, 0, 1)] == [2, 1, 1]


def test_accounts_of_a_device_count_for_thirty_days(player):
    def counted(seconds_later):
        redis.client().flushdb()
        tried(factories.player().pk)
        return features(tried(player, now=NOON + timedelta(days=30) + seconds_later * SECOND))["accounts_device_30d"]

    assert [counted(step) for step in (-1, 0, 1)] == [2, 1, 1]


def test_the_deviation_of_the_amounts_of_a_day_is_exact(player):
    for amount in (2, 4, 4, 4, 5, 5, 7, 9):
        decision = tried(player, amount=amount * 1000)

    assert features(decision)["amount_stddev_24h"] == 2000
    assert features(tried(player, now=NOON + timedelta(days=1)))["amount_stddev_24h"] == 0


def test_players_devices_and_addresses_are_counted_apart(player):
    tried(player, 3)
    found = features(tried(factories.player().pk, address="198.51.100.7", fingerprint="device-0002"))

    assert {name: found[name] for name in found if name.startswith(("attempts", "distinct", "accounts"))} == {
        **{f"attempts_{whose}_{window}": 1 for whose in ("ip", "fingerprint", "user") for window in ("5m", "1h")},
        "distinct_cards_5m": 1,
        "distinct_cards_24h": 1,
        "accounts_device_30d": 1,
    }


def test_without_a_device_or_a_card_nothing_is_counted_for_them(player):
    tried(player)
    found = features(tried(player, fingerprint=None, card_hash=None))

    assert (found["has_fingerprint"], found["attempts_fingerprint_5m"], found["accounts_device_30d"]) == (False, 0, 0)
    assert (found["has_card"], found["distinct_cards_5m"]) == (False, 1)


def test_a_flood_is_remembered_up_to_a_bound_and_fades(player, monkeypatch):
    monkeypatch.setattr(signals, "REMEMBERED", 25)
    decision = tried(player, 30)

    assert features(decision)["attempts_user_5m"] == 25
    assert decision.tier is Tier.SOFT_BLOCK
    assert all(redis.client().ttl(key) > 0 for key in redis.client().keys("fraud:*"))


def test_the_signals_take_one_round_trip(player, monkeypatch):
    tried(player)  # the script is there from now on
    sent = []
    execute = redis.Redis.execute_command
    monkeypatch.setattr(
        redis.Redis, "execute_command", lambda self, *args, **more: sent.append(args[0]) or execute(self, *args, **more)
    )

    tried(player)

    assert sent == ["EVALSHA"]


def test_the_accounts_age_comes_from_when_it_was_made(player):
    made = factories.User.objects.get(pk=player).created_at

    ages = [
        features(tried(player, now=made + timedelta(hours=24) + step * SECOND))["account_age_hours"] for step in (-1, 0)
    ]

    assert ages == [23, 24]


# --- Without Redis -------------------------------------------------------------------------------------------------
def test_without_redis_a_purchase_waits_for_review_and_operators_are_told(player, monkeypatch):
    def away():
        raise redis.RedisError

    monkeypatch.setattr(redis, "client", away)

    decision = tried(player)

    assert (decision.tier, decision.matched) == (Tier.REVIEW, ("signals_unavailable",))
    audit = FraudAudit.objects.get(pk=decision.audit_id)
    assert not audit.signals
    assert "attempts_user_5m" not in audit.features
    assert Alert.objects.get(rule="fraud_signals_unavailable").severity == "warning"


# --- What is kept --------------------------------------------------------------------------------------------------
def test_neither_address_nor_device_nor_card_is_kept_anywhere(player):
    tried(player)

    row = str(FraudAudit.objects.values().get())
    store = redis.client()
    remembered = store.keys("fraud:*") + [
        member for key in store.keys("fraud:*") for member in store.zrange(key, 0, -1)
    ]
    for secret in ("203.0.113.9", "device-0001", "a" * 64):
        assert secret not in row
        assert secret not in str(remembered)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fraud_audit SET tier = 'allow', score = 1",
        "UPDATE fraud_audit SET features = '{}'",
        "DELETE FROM fraud_audit",
        "UPDATE economy_fraudrules SET content = ''",
        "DELETE FROM economy_fraudrules",
    ],
)
def test_decisions_and_rules_cannot_be_rewritten(player, statement):
    tried(player)

    with pytest.raises(DatabaseError), transaction.atomic(), transaction.get_connection().cursor() as cursor:
        cursor.execute(statement)
