"""The rules file: what it may say, and the line that is named when it says something else."""

import pytest

from economy.fraud.parsing import MalformedRules, parse, version_of
from economy.fraud.rulebook import SHIPPED
from economy.fraud.rules import All, AnyOf, Compare, Mode, Not, Thresholds

GOOD = """\
tiers: {review: 1, soft_block: 2, hard_block: 3}
rules:
  - id: one
    version: 4
    mode: off
    when:
      all:
        - {field: amount, operator: gte, value: 300_000}
        - any:
            - not: {field: has_card, operator: eq, value: true}
            - {field: action, operator: in, value: [shop.buy, shop.buy_limited]}
    score: 5
    reason: because
"""


def test_a_good_file_becomes_typed_rules():
    rules = parse(GOOD.encode())

    (rule,) = rules.rules
    assert rules.version == version_of(GOOD.encode())
    assert rules.thresholds == Thresholds(1, 2, 3)
    assert (rule.id, rule.version, rule.mode, rule.score) == ("one", 4, Mode.OFF, 5)
    assert (rule.reason("ko"), rule.reason("en")) == ("because", "because")
    assert rule.when == All(
        (
            Compare("amount", "gte", 300_000),
            AnyOf(
                (
                    Not(Compare("has_card", "eq", True)),
                    Compare("action", "in", ("shop.buy", "shop.buy_limited")),
                )
            ),
        )
    )


def test_what_we_ship_is_good_and_speaks_both_languages():
    rules = parse(SHIPPED.read_bytes())

    assert {rule.mode for rule in rules.rules} == {Mode.LIVE, Mode.SHADOW}
    assert all(set(rule.reasons) == {"ko", "en"} for rule in rules.rules)


def test_any_change_of_the_content_is_another_version():
    assert parse(GOOD.encode()).version != parse(f"{GOOD}# a word\n".encode()).version


@pytest.mark.parametrize(
    ("before", "after", "line", "named"),
    [
        ("tiers:", "tires:", 1, "tires"),
        ("review: 1", "review: 2", 1, "tiers"),
        ("review: 1", "review: 0", 1, "review"),
        ("hard_block: 3}", "hard_block: 3, more: 4}", 1, "more"),
        ("  - id: one\n", "  - id: One thing\n", 3, "id"),
        ("  - id: one\n", "  - id: signals_unavailable\n", 3, "id"),
        ("  - id: one\n", "  - id: [one]\n", 3, "id"),
        ("version: 4", "version: four", 4, "version"),
        ("version: 4", "version: 017", 4, "version"),
        ("version: 4", "version: 1:30", 4, "version"),
        ("version: 4", "version: 4\n    version: 5", 5, "version"),
        ("mode: off", "mode: on", 5, "mode"),
        ("mode: off", "mode: true", 5, "mode"),
        ("field: amount", "field: amounts", 8, "field"),
        ("operator: gte", "operator: matches", 8, "operator"),
        ("operator: gte", "operator: gte, and: more", 8, "and"),
        ("value: 300_000", "value: '300000'", 8, "value"),
        ("value: 300_000", "value: 3.5", 8, "value"),
        ("value: 300_000", "value: !!python/object/apply:os.system [id]", 8, "value"),
        ("value: 300_000", "value: 9999999999999999999", 8, "value"),
        (", value: 300_000", "", 8, "all, any, not"),
        ("        - any:", "        - one_of:", 9, "one_of"),
        ("operator: eq, value: true", "operator: gte, value: true", 10, "has_card"),
        ("operator: eq, value: true", "operator: eq, value: 1", 10, "value"),
        ("value: [shop.buy, shop.buy_limited]", "value: shop.buy", 11, "value"),
        ("value: [shop.buy, shop.buy_limited]", "value: []", 11, "value"),
        ("value: [shop.buy, shop.buy_limited]", "value: [shop.buy, 7]", 11, "value"),
        ("score: 5", "score: 0", 12, "score"),
        ("score: 5", "score: 1001", 12, "score"),
        ("score: 5", "score: -5", 12, "score"),
        ("    reason: because\n", "", 3, "reason"),
        ("reason: because", "reason: {ko: 왜냐하면}", 13, "en"),
        ("reason: because", f"reason: {'x' * 201}", 13, "reason"),
        ("reason: because", "reason: &a because", 13, ""),
        ("reason: because", "reason: *a", 13, ""),
        ("reason: because", "reason: 'because", 14, ""),
        ("reason: because", "reason: because\n  - id: one\n    version: 1", 14, "mode"),
        ("reason: because", "reason: be\x07cause", 13, ""),
    ],
)
def test_a_fault_is_named_with_its_line(before, after, line, named):
    assert before in GOOD

    with pytest.raises(MalformedRules) as fault:
        parse(GOOD.replace(before, after, 1).encode())

    assert fault.value.line == line, str(fault.value)
    assert named in fault.value.fault


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# nothing\n",
        b"[]",
        b"text",
        b"rules: []\ntiers: {review: 1, soft_block: 2, hard_block: 3}",
        b"\xff\xfe",
        b"a: b\n---\nc: d\n",
        b"[" * 5000,
        b"{" * 5000,
        b"x" * 300_000,
        GOOD.encode() + b"- what",
        GOOD.encode() + GOOD.split("rules:\n")[1].encode(),
    ],
    ids=range(12),
)
def test_what_is_no_rules_file_at_all_is_refused_as_well(content):
    with pytest.raises(MalformedRules):
        parse(content)


def test_a_tree_may_not_be_deeper_or_wider_than_its_bound():
    leaf = "{field: amount, operator: gte, value: 1}"
    deep = GOOD.split("    when:")[0] + "    when: " + "{not: " * 8 + leaf + "}" * 8 + "\n    score: 5\n    reason: x\n"
    wide = GOOD.split("    when:")[0] + f"    when: {{any: [{', '.join([leaf] * 50)}]}}\n    score: 5\n    reason: x\n"

    for content in (deep, wide):
        with pytest.raises(MalformedRules) as fault:
            parse(content.encode())
        assert fault.value.line == 6


def test_every_field_of_every_type_can_be_asked_for():
    every = [
        "{field: has_fingerprint, operator: ne, value: false}",
        "{field: action, operator: ne, value: shop.buy}",
        "{field: account_age_hours, operator: in, value: [0, 1]}",
    ]
    content = GOOD.split("    when:")[0] + f"    when: {{any: [{', '.join(every)}]}}\n    score: 5\n    reason: x\n"

    assert parse(content.encode()).rules[0].when.holds({"account_age_hours": 1})
