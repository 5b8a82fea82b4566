"""Past decisions made again: the same by their own rules; by a candidate's, what would flip. And what is watched."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection

from casino_club.core import clock
from casino_club.core.models import Alert
from economy.fraud import rulebook, watch
from economy.fraud.models import FraudAudit, FraudRules
from economy.fraud.parsing import parse
from economy.fraud.rules import FIELDS, Attempt, Tier, judge
from economy.fraud.selectors import backtest, decisions_by_tier, hits_by_rule, replay, rules_of
from economy.fraud.services import assess
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 1, 6, 12, tzinfo=UTC)
STRICTER = rulebook.SHIPPED.read_text().replace("value: 20", "value: 10")


@pytest.fixture(autouse=True)
def fresh_rulebook(monkeypatch):
    monkeypatch.setattr(rulebook, "book", rulebook.Rulebook())
    rules_of.cache_clear()


@pytest.fixture
def player():
    return factories.player().pk


def tried(player, times=1, now=NOON, **given):
    known = {"user_id": player, "action": "shop.buy", "amount": 9_900, "card_hash": "a" * 64}
    known |= {"address": "203.0.113.9", "fingerprint": "device-0001", "reference": "order-1"}
    for _ in range(times):
        decision = assess(attempt=Attempt(**(known | given)), now=now)
    return decision


def random_features(chance):
    ranges = {"amount": 600_000, "account_age_hours": 60, "amount_stddev_24h": 120_000}
    features = {}
    for name, kind in FIELDS.items():
        if kind is int:
            features[name] = chance.randrange(ranges.get(name, 80 if "attempts" in name else 9))
        elif kind is bool:
            features[name] = chance.random() < 0.7
    return features | {"action": "shop.buy"}


def stored(player, verdicts, version, now=NOON):
    FraudAudit.objects.bulk_create(
        FraudAudit(
            user_id=player,
            action="shop.buy",
            reference="",
            amount=features["amount"],
            tier=verdict.tier,
            score=verdict.score,
            matched_rules=list(verdict.matched),
            shadow_rules=list(verdict.shadowed),
            features=features,
            signals=signals,
            rules_version=version,
            created_at=now,
        )
        for features, signals, verdict in verdicts
    )


# --- Replay --------------------------------------------------------------------------------------------------------
def test_ten_thousand_decisions_come_out_the_same_again(player):
    chance, rules = random.Random(7), rulebook.book.current(now=NOON)
    cases = [(random_features(chance), chance.random() < 0.9) for _ in range(10_000)]
    verdicts = [(features, signals, judge(rules, features, signals=signals)) for features, signals in cases]
    stored(player, verdicts, rules.version)
    assert {verdict.tier for _, _, verdict in verdicts} == set(Tier)

    assert replay(since=NOON) == (10_000, [])


def test_a_decision_is_made_again_by_the_rules_of_its_time(player, tmp_path, settings):
    file = tmp_path / "rules.yaml"
    settings.FRAUD_RULES_PATH = str(file)
    file.write_text(rulebook.SHIPPED.read_text())
    first = tried(player, 15)
    file.write_text(STRICTER)
    rulebook.book.state(now=NOON, look=True)
    second = tried(player)

    assert (first.tier, second.tier) == (Tier.ALLOW, Tier.SOFT_BLOCK)
    assert first.rules_version != second.rules_version
    assert replay(since=NOON) == (16, [])


def test_a_decision_that_cannot_have_been_made_so_is_found(player):
    decision = tried(player)
    audit = FraudAudit.objects.get(pk=decision.audit_id)
    forged = FraudAudit(**{field.attname: getattr(audit, field.attname) for field in FraudAudit._meta.fields})
    forged.pk, forged.tier = None, Tier.HARD_BLOCK
    forged.save()

    assert replay(since=NOON) == (2, [forged.pk])


# --- Back-test -----------------------------------------------------------------------------------------------------
def test_a_back_test_counts_what_would_flip_and_changes_nothing(player):
    tried(player, 12)
    tried(player, now=NOON - timedelta(days=9))
    before = list(FraudAudit.objects.order_by("pk").values())

    found = backtest(candidate=parse(STRICTER.encode()), since=NOON - timedelta(days=7))

    assert (found.examined, found.flipped) == (12, 3)
    assert dict(found.moves) == {(Tier.ALLOW, Tier.ALLOW): 9, (Tier.ALLOW, Tier.SOFT_BLOCK): 3}
    assert [flip.after.matched for flip in found.flips] == [("many_attempts",)] * 3
    assert (found.hits_before["many_attempts"], found.hits_after["many_attempts"]) == (0, 3)
    assert list(FraudAudit.objects.order_by("pk").values()) == before


def test_a_back_test_can_be_bounded_to_the_latest(player):
    tried(player, 12)

    found = backtest(candidate=parse(STRICTER.encode()), since=NOON, most=2)

    assert (found.examined, found.flipped) == (2, 2)


def test_the_command_lists_what_would_flip(player, tmp_path, capsys):
    tried(player, 12, now=clock.now())
    candidate = tmp_path / "candidate.yaml"
    candidate.write_text(STRICTER)

    call_command("fraud_backtest", str(candidate), days=1)

    told = capsys.readouterr().out
    assert "12 decisions, 3 would flip" in told
    assert "allow (0) -> soft_block (60; many_attempts)" in told


def test_the_command_names_the_line_of_a_malformed_file_and_a_file_that_is_not_there(tmp_path):
    candidate = tmp_path / "candidate.yaml"
    candidate.write_text("tiers: 1\n")

    with pytest.raises(CommandError, match=r"candidate\.yaml: .*1"):
        call_command("fraud_backtest", str(candidate))
    with pytest.raises(CommandError, match="No such file"):
        call_command("fraud_backtest", str(tmp_path / "absent"))


@pytest.mark.parametrize("days", ["0", "-1", "999999999999"])
def test_the_command_looks_back_a_day_to_ten_years(days):
    with pytest.raises(CommandError, match="from 1 to 3650"):
        call_command("fraud_backtest", "--days", days)


def test_the_command_without_a_file_proves_that_decisions_can_be_made_again(player, capsys):
    tried(player, 2, now=clock.now())
    call_command("fraud_backtest")
    assert "2 decisions made again, 0 came out otherwise" in capsys.readouterr().out
    audit = FraudAudit.objects.first()
    audit.pk, audit.score = None, 5
    audit.save(force_insert=True)

    with pytest.raises(CommandError, match=f"Not reproducible: {audit.pk}"):
        call_command("fraud_backtest")


# --- Counts --------------------------------------------------------------------------------------------------------
def test_decisions_and_hits_are_counted_from_their_moment_on(player):
    get_user_model().objects.filter(pk=player).update(created_at=NOON)
    tried(player, 21, fingerprint=None)

    assert decisions_by_tier(since=NOON) == {Tier.ALLOW: 19, Tier.REVIEW: 0, Tier.SOFT_BLOCK: 2, Tier.HARD_BLOCK: 0}
    assert hits_by_rule(since=NOON) == {"many_attempts": 2, "no_device": 21}
    assert hits_by_rule(since=NOON + timedelta(seconds=1)) == {}


# --- Watching ------------------------------------------------------------------------------------------------------
def decided(player, *, allowed, blocked, now=NOON):
    rows = [{"tier": "allow", "score": 0}] * allowed + [{"tier": "hard_block", "score": 100}] * blocked
    FraudAudit.objects.bulk_create(
        FraudAudit(
            user_id=player,
            action="shop.buy",
            amount=1,
            matched_rules=[],
            shadow_rules=[],
            features={},
            signals=True,
            rules_version="0" * 16,
            created_at=now,
            **row,
        )
        for row in rows
    )


def open_alerts(rule):
    return Alert.objects.filter(rule=rule, resolved_at=None)


@pytest.mark.parametrize(
    ("allowed", "blocked", "alarmed"),
    [(96, 4, False), (95, 5, False), (94, 6, True), (45, 4, False), (45, 5, True), (0, 0, False)],
)
def test_a_share_of_blocks_out_of_its_band_raises_an_alert(player, allowed, blocked, alarmed):
    decided(player, allowed=allowed, blocked=blocked)

    watch.watch(now=NOON)

    assert open_alerts("fraud_block_share").exists() is alarmed


@pytest.mark.parametrize(("blocked", "alarmed"), [(0, True), (1, False)])
def test_a_share_that_falls_out_of_its_band_does_so_too(player, settings, blocked, alarmed):
    settings.FRAUD_HARD_BLOCK_LEAST_PERCENT = 1.0
    decided(player, allowed=100 - blocked, blocked=blocked)

    watch.watch(now=NOON)

    assert open_alerts("fraud_block_share").exists() is alarmed


def test_what_is_older_than_a_day_counts_no_more_and_the_alert_is_resolved(player):
    decided(player, allowed=90, blocked=10)
    watch.watch(now=NOON)
    told = "24시간 카드 구매 100건 가운데 10건이 거절됐어요. 정상 범위(0~5%)를 벗어났어요."
    assert open_alerts("fraud_block_share").get().text == told

    watch.watch(now=NOON + timedelta(hours=24, seconds=1))

    assert not open_alerts("fraud_block_share").exists()


def test_the_watch_tells_of_a_malformed_file_while_it_lasts(tmp_path, settings):
    file = tmp_path / "rules.yaml"
    settings.FRAUD_RULES_PATH = str(file)
    file.write_text("nothing")
    watch.watch(now=NOON)
    watch.watch(now=NOON + timedelta(minutes=1))
    assert open_alerts("fraud_rules_malformed").get().last_seen_at == NOON + timedelta(minutes=1)
    file.write_text(rulebook.SHIPPED.read_text())

    watch.watch(now=NOON + timedelta(minutes=2))

    assert not Alert.objects.filter(resolved_at=None).exists()


def test_the_rules_of_a_time_are_kept_word_for_word():
    rules = rulebook.book.current(now=NOON)

    assert FraudRules.objects.get().content.encode() == rulebook.SHIPPED.read_bytes()
    assert rules_of(rules.version) == rules
    assert rules_of("0" * 16) is None


def test_features_come_back_from_the_database_as_they_went_in(player):
    tried(player)

    with connection.cursor() as cursor:
        cursor.execute("SELECT features::text FROM fraud_audit")
        (text,) = cursor.fetchone()
    kinds = {name: type(value) for name, value in json.loads(text).items()}
    assert kinds == FIELDS
