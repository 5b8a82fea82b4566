"""How a card purchase is judged: rules over known features, their scores summed, the sum a tier. Pure and replayable."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

Value = int | bool | str
Features = Mapping[str, Value]


class Action(StrEnum):
    """What is attempted."""

    BUY = "shop.buy"
    BUY_LIMITED = "shop.buy_limited"


class Tier(StrEnum):
    """What happens to the attempt, mildest first."""

    ALLOW = "allow"
    REVIEW = "review"
    SOFT_BLOCK = "soft_block"
    HARD_BLOCK = "hard_block"

    @property
    def severity(self) -> int:
        return SEVERITY[self]


SEVERITY = {tier: number for number, tier in enumerate(Tier)}
# Once nothing of the last five minutes counts any more, the attempt can be judged afresh.
SOFT_BLOCK_FOR = timedelta(minutes=5)
# Matched by every decision that had to do without Redis; a rule of a file cannot be called so.
SIGNALS_UNAVAILABLE = "signals_unavailable"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A purchase somebody is about to make. `amount` in KRW; `card_hash`: SHA-256 of the card's token, in hex."""

    user_id: int
    action: str
    amount: int
    card_hash: str | None
    address: str
    fingerprint: str | None
    reference: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why; `audit_id` is the row that keeps it."""

    tier: Tier
    score: int
    matched: tuple[str, ...]
    rules_version: str
    audit_id: int


class Mode(StrEnum):
    """`live` counts, `shadow` is only written down, `off` is not looked at."""

    LIVE = "live"
    SHADOW = "shadow"
    OFF = "off"


# What a rule may ask for: each feature of an attempt and its type. `signals.py` and `services.py` fill them in.
FIELDS: dict[str, type] = {
    "action": str,
    "amount": int,
    "has_card": bool,
    "has_fingerprint": bool,
    "account_age_hours": int,
    "attempts_ip_5m": int,
    "attempts_ip_1h": int,
    "attempts_fingerprint_5m": int,
    "attempts_fingerprint_1h": int,
    "attempts_user_5m": int,
    "attempts_user_1h": int,
    "distinct_cards_5m": int,
    "distinct_cards_24h": int,
    "amount_stddev_24h": int,
    "accounts_device_30d": int,
}
OPERATORS: dict[str, Callable[[Value, object], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda found, values: found in values,
}
ORDERING = frozenset({"lt", "lte", "gt", "gte"})


@dataclass(frozen=True, slots=True)
class Compare:
    """One feature against one value. A feature that is not known compares as false, whatever the operator."""

    field: str
    operator: str
    value: Value | tuple[Value, ...]

    def holds(self, features: Features) -> bool:
        found = features.get(self.field)
        return found is not None and OPERATORS[self.operator](found, self.value)


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]

    def holds(self, features: Features) -> bool:
        return all(part.holds(features) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]

    def holds(self, features: Features) -> bool:
        return any(part.holds(features) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"

    def holds(self, features: Features) -> bool:
        return not self.part.holds(features)


Condition = Compare | All | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file. `reasons` holds its sentence by language; the one under "" is for every language."""

    id: str
    version: int
    mode: Mode
    when: Condition
    score: int
    reasons: Mapping[str, str] = field(hash=False)

    def reason(self, language: str) -> str:
        return self.reasons.get(language) or self.reasons.get("") or next(iter(self.reasons.values()))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on an attempt is reviewed, turned away for now, or turned away."""

    review: int
    soft_block: int
    hard_block: int

    def tier_of(self, score: int) -> Tier:
        if score >= self.hard_block:
            return Tier.HARD_BLOCK
        if score >= self.soft_block:
            return Tier.SOFT_BLOCK
        return Tier.REVIEW if score >= self.review else Tier.ALLOW


@dataclass(frozen=True)
class RuleSet:
    """All of one file; `version` is the hash of its content."""

    version: str
    thresholds: Thresholds
    rules: tuple[Rule, ...]

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule set says about features; `shadowed` are the rules that would have matched, were they live."""

    tier: Tier
    score: int
    matched: tuple[str, ...]
    shadowed: tuple[str, ...]


def judge(rules: RuleSet, features: Features, *, signals: bool) -> Verdict:
    """The verdict, from nothing but the arguments. Without the signals of Redis it is never milder than review."""
    matched, shadowed, score = [], [], 0
    for rule in rules.rules:
        if rule.mode is Mode.OFF or not rule.when.holds(features):
            continue
        if rule.mode is Mode.SHADOW:
            shadowed.append(rule.id)
        else:
            matched.append(rule.id)
            score += rule.score
    tier = rules.thresholds.tier_of(score)
    if not signals:
        matched.append(SIGNALS_UNAVAILABLE)
        tier = max(tier, Tier.REVIEW, key=SEVERITY.__getitem__)
    return Verdict(tier, score, tuple(matched), tuple(shadowed))
