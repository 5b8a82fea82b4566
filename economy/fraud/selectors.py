"""Past decisions: counted by tier and by rule, and made again, by their own rules or by others."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from economy.fraud.models import FraudAudit, FraudRules
from economy.fraud.parsing import parse
from economy.fraud.rules import RuleSet, Tier, Verdict, judge

AT_ONCE = 2000
EXAMPLES = 50

_HITS = """
    SELECT rule, count(*) FROM fraud_audit, unnest(matched_rules || shadow_rules) AS rule
     WHERE created_at >= %s GROUP BY rule
"""


@lru_cache(maxsize=64)
def rules_of(version: str) -> RuleSet | None:
    """The rule set of a version that once was in force."""
    kept = FraudRules.objects.filter(pk=version).first()
    return parse(kept.content.encode()) if kept else None


def decisions_by_tier(*, since: datetime) -> dict[Tier, int]:
    """How many decisions of each tier there were; absent tiers are 0."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tier, count(*) FROM fraud_audit WHERE created_at >= %s GROUP BY tier", [since])
        found = dict(cursor.fetchall())
    return {tier: found.get(tier, 0) for tier in Tier}


def hits_by_rule(*, since: datetime) -> dict[str, int]:
    """How often each rule matched, live or in shadow."""
    with connection.cursor() as cursor:
        cursor.execute(_HITS, [since])
        return dict(cursor.fetchall())


def judged_again(audit: FraudAudit, rules: RuleSet | None = None) -> Verdict | None:
    """What the audit's own rules, or other ones, say of it today; None when its own are not there any more."""
    rules = rules or rules_of(audit.rules_version)
    return judge(rules, audit.features, signals=audit.signals) if rules else None


def replay(*, since: datetime, most: int | None = None) -> tuple[int, list[int]]:
    """Make decisions again by their own rules: how many, and the ids of those that came out otherwise (none should)."""
    examined, differing = 0, []
    for audit in _audits(since, most):
        examined += 1
        if judged_again(audit) != audit.verdict():
            differing.append(audit.pk)
    return examined, differing


@dataclass(frozen=True, slots=True)
class Flip:
    """A decision that would have been another."""

    audit: FraudAudit
    before: Tier
    after: Verdict


@dataclass(frozen=True, slots=True)
class Backtest:
    """Past decisions under a candidate: `moves` counts (was, would be), `flips` are the latest that differ."""

    examined: int
    moves: Counter[tuple[Tier, Tier]]
    flips: list[Flip]
    hits_before: Counter[str]
    hits_after: Counter[str]

    @property
    def flipped(self) -> int:
        return sum(count for (before, after), count in self.moves.items() if before != after)


def backtest(*, candidate: RuleSet, since: datetime, most: int | None = None) -> Backtest:
    """Judge past decisions, the latest first, by a candidate. Changes nothing."""
    examined, flips = 0, []
    moves: Counter[tuple[Tier, Tier]] = Counter()
    before_hits: Counter[str] = Counter()
    after_hits: Counter[str] = Counter()
    for audit in _audits(since, most):
        before, after = audit.verdict(), judged_again(audit, candidate)
        examined += 1
        moves[before.tier, after.tier] += 1
        before_hits.update(before.matched + before.shadowed)
        after_hits.update(after.matched + after.shadowed)
        if before.tier != after.tier and len(flips) < EXAMPLES:
            flips.append(Flip(audit, before.tier, after))
    return Backtest(examined, moves, flips, before_hits, after_hits)


def _audits(since: datetime, most: int | None) -> Iterator[FraudAudit]:
    found = FraudAudit.objects.filter(created_at__gte=since).order_by("-created_at", "-id")[:most]
    return found.iterator(chunk_size=AT_ONCE)
