"""Judging a card purchase before it is made, and keeping what was decided and why."""

from datetime import datetime
from time import perf_counter

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casino_club.core import alerts, metrics
from casino_club.core.errors import DomainError
from economy.fraud import rulebook, signals
from economy.fraud.models import FraudAudit
from economy.fraud.rules import FIELDS, SOFT_BLOCK_FOR, Attempt, Decision, Features, Tier, judge

ALERT_SIGNALS = "fraud_signals_unavailable"

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
    counts = signals.note(attempt, now=now)
    features = _features(attempt, counts or {}, now)
    verdict = judge(rules, features, signals=counts is not None)
    with transaction.atomic(durable=True):
        if counts is None:
            message = gettext("Redis did not answer: card purchases wait for review.")
            alerts.raise_alert(rule=ALERT_SIGNALS, severity="warning", message=message, now=now)
        audit = FraudAudit.objects.create(
            user_id=attempt.user_id,
            action=attempt.action,
            reference=attempt.reference[:64],
            amount=attempt.amount,
            tier=verdict.tier,
            score=verdict.score,
            matched_rules=list(verdict.matched),
            shadow_rules=list(verdict.shadowed),
            features=features,
            signals=counts is not None,
            rules_version=rules.version,
            ip_hash=signals.ip_hash(attempt),
            fingerprint_hash=signals.fingerprint_hash(attempt),
            created_at=now,
        )
    _decisions.labels(attempt.action, verdict.tier).inc()
    for mode, ids in (("live", verdict.matched), ("shadow", verdict.shadowed)):
        for rule_id in ids:
            _hits.labels(rule_id, mode).inc()
    _duration.observe(perf_counter() - began)
    return Decision(verdict.tier, verdict.score, verdict.matched, rules.version, audit.pk)


def enforce(decision: Decision) -> None:
    """Let it pass (`allow`, `review`) or raise FraudSoftBlock or FraudHardBlock."""
    if decision.tier is Tier.SOFT_BLOCK:
        raise FraudSoftBlock(retry_after=round(SOFT_BLOCK_FOR.total_seconds()))
    if decision.tier is Tier.HARD_BLOCK:
        raise FraudHardBlock


def _features(attempt: Attempt, counts: dict[str, int], now: datetime) -> Features:
    (signed_up_at,) = get_user_model().objects.values_list("created_at").get(pk=attempt.user_id)
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
