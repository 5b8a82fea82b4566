"""Watching the watchers: a rules file that is not used, a share of hard blocks out of its band."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_noop

from casino_club.core import alerts, metrics
from economy.fraud import rulebook
from economy.fraud.rules import Tier
from economy.fraud.selectors import decisions_by_tier

ALERT_SHARE = "fraud_block_share"
WINDOW = timedelta(hours=24)

_share = metrics.gauge("fraud_hard_block_ratio", "Hard blocks among the decisions of the last 24 hours.")


def watch(*, now: datetime) -> None:
    """Raise what is wrong, resolve what has passed."""
    rulebook.tell(rulebook.book.state(now=now, look=True), now=now)
    _watch_share(now)


def _watch_share(now: datetime) -> None:
    """Out of its band in either direction: blocks that explode, or rules that no longer block anybody."""
    decisions = decisions_by_tier(since=now - WINDOW)
    blocked, total = decisions[Tier.HARD_BLOCK], sum(decisions.values())
    _share.set(blocked / total if total else 0)
    least, most = settings.FRAUD_HARD_BLOCK_LEAST_PERCENT, settings.FRAUD_HARD_BLOCK_MOST_PERCENT
    if total < settings.FRAUD_HARD_BLOCK_DECISIONS or least * total <= 100 * blocked <= most * total:
        alerts.resolve(rule=ALERT_SHARE, now=now)
        return
    facts = {"blocked": f"{blocked:,}", "total": f"{total:,}", "least": f"{least:g}", "most": f"{most:g}"}
    message = gettext_noop(
        "%(blocked)s of %(total)s card purchases of 24 h were blocked: not %(least)s to %(most)s %%."
    )
    alerts.raise_alert(rule=ALERT_SHARE, message=message, facts=facts, now=now)
