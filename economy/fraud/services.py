"""Judging a card purchase before it is made, and keeping what was decided and why."""

import json
from datetime import datetime
from time import perf_counter

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from casino_club.core import alerts, metrics, sql
from casino_club.core.errors import DomainError
from economy.fraud import rulebook, signals
from economy.fraud.rules import FIELDS, SOFT_BLOCK_FOR, Attempt, Decision, Features, RuleSet, Tier, Verdict, judge

# Two prepared statements, for a flood of attempts is what this is made for.
_SIGNED_UP = f"SELECT created_at FROM {get_user_model()._meta.db_table} WHERE id = %s"  # noqa: S608 - a constant
_KEEP = """
    INSERT INTO fraud_audit (user_id, action, reference, amount, tier, score, matched_rules, shadow_rules, features,
                             signals, rules_version, ip_hash, fingerprint_hash, created_at)
    VALUES (%(user)s, %(action)s, %(reference)s, %(amount)s, %(tier)s, %(score)s, %(matched)s::varchar[],
            %(shadowed)s::varchar[], %(features)s::jsonb, %(signals)s, %(version)s, %(ip)s, %(fingerprint)s, %(now)s)
    RETURNING id
"""

_decisions = metrics.counter("fraud_decisions_total", "Card purchases judged.", ["action", "tier"])
_hits = metrics.counter("fraud_rule_hits_total", "Rules that matched an attempt.", ["rule", "mode"])
_duration = metrics.histogram("fraud_assessment_seconds", "How long judging a card purchase took.")


class FraudSoftBlock(DomainError):
    code = "fraud_soft_block"
    status = 429
    message = _("Too many payment attempts. Please try again in a few minutes.")


class FraudHardBlock(DomainError):
    code = "fraud_hard_block"
    status = 403
    message = _("This payment can't be accepted. Please contact support.")


def assess(*, attempt: Attempt, now: datetime) -> Decision:
    """Note the attempt, judge it, keep the decision. Refuses to run inside a transaction: what follows may be refused
    and rolled back, the decision stays.
    """
    began = perf_counter()
    with transaction.atomic(durable=True):
        rules = rulebook.book.current(now=now)
    origin = signals.origin_of(attempt)
    counts = signals.note(attempt, origin, now=now)
    if counts is None:
        message = gettext_noop("Redis did not answer: card purchases wait for review.")
        alerts.raise_alert(rule="fraud_signals_unavailable", message=message, now=now)
    features = _features(attempt, counts or {}, now)
    verdict = judge(rules, features, signals=counts is not None)
    audit_id = _keep(attempt, origin, rules, features, verdict, signals_read=counts is not None, now=now)
    _decisions.labels(attempt.action, verdict.tier).inc()
    for mode, ids in (("live", verdict.matched), ("shadow", verdict.shadowed)):
        for rule_id in ids:
            _hits.labels(rule_id, mode).inc()
    _duration.observe(perf_counter() - began)
    return Decision(verdict.tier, verdict.score, verdict.matched, rules.version, audit_id)


def enforce(decision: Decision) -> None:
    """Let it pass (`allow`, `review`) or raise FraudSoftBlock or FraudHardBlock."""
    if decision.tier is Tier.SOFT_BLOCK:
        raise FraudSoftBlock(retry_after=round(SOFT_BLOCK_FOR.total_seconds()))
    if decision.tier is Tier.HARD_BLOCK:
        raise FraudHardBlock


def _features(attempt: Attempt, counts: dict[str, int], now: datetime) -> Features:
    (signed_up_at,) = sql.one(_SIGNED_UP, [attempt.user_id])
    age = max(0, round((now - signed_up_at).total_seconds()))
    known = {
        "action": str(attempt.action),
        "amount": attempt.amount,
        "has_card": attempt.card_hash is not None,
        "has_fingerprint": bool(attempt.fingerprint),
        "account_age_hours": age // 3600,
        **counts,
    }
    return {name: known[name] for name in FIELDS if name in known}


def _keep(
    attempt: Attempt,
    origin: signals.Origin,
    rules: RuleSet,
    features: Features,
    verdict: Verdict,
    *,
    signals_read: bool,
    now: datetime,
) -> int:
    (kept,) = sql.one(
        _KEEP,
        {
            "user": attempt.user_id,
            "action": str(attempt.action),
            "reference": attempt.reference[:64],
            "amount": attempt.amount,
            "tier": str(verdict.tier),
            "score": verdict.score,
            "matched": list(verdict.matched),
            "shadowed": list(verdict.shadowed),
            "features": json.dumps(features),
            "signals": signals_read,
            "version": rules.version,
            "ip": origin.address,
            "fingerprint": origin.device,
            "now": now,
        },
    )
    return kept
