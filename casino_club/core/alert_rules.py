"""Every rule by which operators are alerted: what it is called, how bad it is, and how long it lasts unseen.

When to raise one is judged by the feature that watches (`alerts.raise_alert`). What to do about it stands in its
runbook, `docs/runbooks/<rule>.md`; a test demands one for each rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

INFO, WARNING, CRITICAL = "info", "warning", "critical"
SEVERITIES = {INFO: _("Info"), WARNING: _("Warning"), CRITICAL: _("Critical")}


@dataclass(frozen=True)
class AlertRule:
    """`severity` holds unless whoever raises it knows better. `lasts` is the time after which an alert that was not
    seen again has passed; without it the feature that raised it says when it is over.
    """

    title: str
    severity: str
    lasts: timedelta | None = None


RULES: Mapping[str, AlertRule] = {
    # Watched all the time: not seen again for a while means that it is over.
    "fraud_signals_unavailable": AlertRule(_("Fraud is judged without signals"), WARNING, timedelta(minutes=15)),
    "payment_failures": AlertRule(_("Card payments are failing"), CRITICAL, timedelta(minutes=30)),
    "webhook_failures": AlertRule(_("Webhooks are not delivered"), WARNING, timedelta(hours=1)),
    "observed_odds": AlertRule(_("Draws do not follow the stated odds"), CRITICAL, timedelta(days=1)),
    "mail_not_sent": AlertRule(_("Mail cannot be sent"), WARNING, timedelta(days=1)),
    # Over when the feature that found it finds it gone.
    "fraud_block_share": AlertRule(_("Unusual share of blocked purchases"), WARNING),
    "fraud_rules_malformed": AlertRule(_("The file of fraud rules is malformed"), CRITICAL),
    "ledger_violation": AlertRule(_("The books do not balance"), CRITICAL),
    "stock_at_zero": AlertRule(_("A limited package is sold out"), WARNING),
    "payment_provider_down": AlertRule(_("The payment provider does not answer"), CRITICAL),
    "payment_unsettled": AlertRule(_("A payment needs an operator"), CRITICAL),
    "payment_refund_stuck": AlertRule(_("A refund does not get through"), WARNING),
    "streak_repair_ratio": AlertRule(_("Many streaks needed repair"), WARNING),
    "streak_repair_failed": AlertRule(_("The repair of streaks failed"), WARNING),
    "worker_heartbeat": AlertRule(_("No worker is working"), CRITICAL),
}


def rule_named(name: str) -> AlertRule:
    """The rule. Raises ValueError: whoever raises an alert has put its rule into the list."""
    if name not in RULES:
        raise ValueError(f"No rule of casino_club.core.alert_rules: {name}")
    return RULES[name]


def runbook(name: str) -> str:
    """Where the rule's runbook stands in the repository."""
    return f"docs/runbooks/{name}.md"
