"""Judging: each threshold at −1, 0 and +1, each rule we ship hit and missed, the tree of conditions, the tiers."""

import pytest

from economy.fraud.parsing import parse
from economy.fraud.rulebook import SHIPPED
from economy.fraud.rules import All, AnyOf, Compare, Mode, Not, Rule, RuleSet, Thresholds, Tier, judge

CALM = {
    "action": "shop.buy",
    "amount": 9_900,
    "has_card": True,
    "has_fingerprint": True,
    "account_age_hours": 1000,
    "attempts_ip_5m": 1,
    "attempts_ip_1h": 1,
    "attempts_fingerprint_5m": 1,
    "attempts_fingerprint_1h": 1,
    "attempts_user_5m": 1,
    "attempts_user_1h": 1,
    "distinct_cards_5m": 1,
    "distinct_cards_24h": 1,
    "amount_stddev_24h": 0,
    "accounts_device_30d": 1,
}
DEFAULTS = parse(SHIPPED.read_bytes())


def judged(**features):
    return judge(DEFAULTS, CALM | features, signals=True)


def matches(rule_id, **features):
    verdict = judged(**features)
    return rule_id in verdict.matched + verdict.shadowed


def rule(score, when, mode=Mode.LIVE, rule_id="one"):
    return Rule(rule_id, 1, mode, when, score, {"": "because"})


def rules(*given, tiers=(30, 60, 100)):
    return RuleSet("0" * 16, Thresholds(*tiers), given)


def test_a_calm_purchase_is_allowed():
    assert judged() == judge(DEFAULTS, CALM, signals=True)
    assert (judged().tier, judged().score, judged().matched, judged().shadowed) == (Tier.ALLOW, 0, (), ())


# field, threshold, on which side it matches, what else has to be so
THRESHOLDS = [
    ("many_attempts", "attempts_user_5m", 20, "from", {}),
    ("many_attempts", "attempts_fingerprint_5m", 20, "from", {}),
    ("several_cards", "distinct_cards_5m", 3, "from", {}),
    ("card_testing", "distinct_cards_24h", 6, "from", {}),
    ("busy_address", "attempts_ip_5m", 60, "from", {}),
    ("shared_device", "accounts_device_30d", 5, "from", {}),
    ("new_account_large_amount", "amount", 300_000, "from", {"account_age_hours": 23}),
    ("new_account_large_amount", "account_age_hours", 24, "below", {"amount": 300_000}),
    ("restless_amounts", "attempts_user_1h", 5, "from", {"amount_stddev_24h": 50_000}),
    ("restless_amounts", "amount_stddev_24h", 50_000, "from", {"attempts_user_1h": 5}),
    ("no_device", "account_age_hours", 24, "below", {"has_fingerprint": False}),
]


@pytest.mark.parametrize(("rule_id", "field", "threshold", "side", "also"), THRESHOLDS)
def test_every_default_rule_begins_exactly_at_its_threshold(rule_id, field, threshold, side, also):
    below, at, above = (matches(rule_id, **also, **{field: threshold + step}) for step in (-1, 0, 1))

    assert (below, at, above) == ((False, True, True) if side == "from" else (True, False, False))


def test_every_default_rule_has_a_threshold_tested():
    assert {case[0] for case in THRESHOLDS} == set(DEFAULTS.by_id)


def test_conditions_that_belong_together_do_not_match_alone():
    assert not matches("new_account_large_amount", amount=1_000_000)
    assert not matches("new_account_large_amount", account_age_hours=0)
    assert not matches("restless_amounts", attempts_user_1h=19)
    assert not matches("restless_amounts", amount_stddev_24h=900_000)
    assert not matches("no_device", account_age_hours=0)
    assert not matches("no_device", has_fingerprint=False)


@pytest.mark.parametrize(
    ("features", "tier", "score"),
    [
        ({"attempts_user_5m": 20, "attempts_fingerprint_5m": 20, "attempts_ip_5m": 20}, Tier.SOFT_BLOCK, 60),
        ({"distinct_cards_5m": 3}, Tier.SOFT_BLOCK, 60),
        ({"distinct_cards_24h": 6}, Tier.HARD_BLOCK, 100),
        ({"attempts_user_5m": 20, "distinct_cards_5m": 3}, Tier.HARD_BLOCK, 120),
        ({"attempts_ip_5m": 60}, Tier.REVIEW, 30),
        ({"attempts_ip_5m": 60, "accounts_device_30d": 5}, Tier.SOFT_BLOCK, 60),
        ({"account_age_hours": 0, "has_fingerprint": False}, Tier.ALLOW, 0),
    ],
)
def test_the_defaults_add_up(features, tier, score):
    verdict = judged(**features)

    assert (verdict.tier, verdict.score) == (tier, score)


@pytest.mark.parametrize(
    ("score", "tier"),
    [
        (29, Tier.ALLOW),
        (30, Tier.REVIEW),
        (31, Tier.REVIEW),
        (59, Tier.REVIEW),
        (60, Tier.SOFT_BLOCK),
        (61, Tier.SOFT_BLOCK),
        (99, Tier.SOFT_BLOCK),
        (100, Tier.HARD_BLOCK),
        (101, Tier.HARD_BLOCK),
    ],
)
def test_each_tier_begins_exactly_at_its_score(score, tier):
    verdict = judge(rules(rule(score, Compare("amount", "gte", 0))), CALM, signals=True)

    assert verdict.tier is tier


@pytest.mark.parametrize(
    ("sign", "found"),
    [
        ("eq", (False, True, False)),
        ("ne", (True, False, True)),
        ("lt", (True, False, False)),
        ("lte", (True, True, False)),
        ("gt", (False, False, True)),
        ("gte", (False, True, True)),
    ],
)
def test_each_operator_at_minus_one_zero_and_plus_one(sign, found):
    assert tuple(Compare("amount", sign, 100).holds({"amount": 100 + step}) for step in (-1, 0, 1)) == found


def test_in_takes_a_list():
    among = Compare("action", "in", ("shop.buy_limited",))

    assert among.holds({"action": "shop.buy_limited"})
    assert not among.holds({"action": "shop.buy"})


def test_all_any_and_not_nest():
    true, false = Compare("amount", "gte", 0), Compare("amount", "lt", 0)

    assert All((true, Not(false))).holds(CALM)
    assert not All((true, false)).holds(CALM)
    assert AnyOf((false, All((true, true)))).holds(CALM)
    assert not AnyOf((false, Not(true))).holds(CALM)


@pytest.mark.parametrize("sign", ["eq", "ne", "lt", "lte", "gt", "gte"])
def test_what_is_not_known_compares_as_false(sign):
    assert not Compare("attempts_user_5m", sign, 0).holds({})


def test_a_shadow_rule_is_written_down_and_changes_nothing_and_one_that_is_off_is_not_looked_at():
    always = Compare("amount", "gte", 0)
    verdict = judge(
        rules(rule(100, always, Mode.SHADOW, "shadowed"), rule(100, always, Mode.OFF, "absent")), CALM, signals=True
    )

    assert (verdict.tier, verdict.score, verdict.matched, verdict.shadowed) == (Tier.ALLOW, 0, (), ("shadowed",))


def test_without_signals_it_is_never_milder_than_review():
    assert judge(rules(), CALM, signals=False).tier is Tier.REVIEW
    strict = rules(rule(100, Compare("amount", "gte", 0)))
    verdict = judge(strict, CALM, signals=False)
    assert (verdict.tier, verdict.matched) == (Tier.HARD_BLOCK, ("one", "signals_unavailable"))
