"""Every decision about a card purchase, and every set of rules that ever decided."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from economy.fraud import parsing, rules, words

TIERS = [tier.value for tier in rules.Tier]


def kept(table: str, *fields: str) -> list[pgtrigger.Trigger]:
    """Triggers by which the database refuses DELETE, TRUNCATE and any change of these fields, raw SQL included."""
    return [
        pgtrigger.Protect(name="decided_once", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(*fields)),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=f"RAISE EXCEPTION 'Cannot truncate {table}: it is kept';",
        ),
    ]


class FraudRules(models.Model):
    """One content of the rules file that was in force, so that its decisions can be made again."""

    version = models.CharField(_("version"), max_length=parsing.VERSION_LENGTH, primary_key=True)
    content = models.TextField(_("content"))
    first_loaded_at = models.DateTimeField(_("first in force"))
    last_loaded_at = models.DateTimeField(_("last put in force"))

    class Meta:
        verbose_name = _("fraud rules")
        verbose_name_plural = _("fraud rules")
        indexes = [models.Index(fields=["-last_loaded_at"], name="fraud_rules_latest")]
        triggers = kept("economy_fraudrules", "version", "content", "first_loaded_at")

    def __str__(self) -> str:
        return self.version


class FraudAudit(models.Model):
    """One decision with everything it was made from: the same rules over the same features decide the same again.

    Address and device are kept as keyed hashes only, to find attempts of one origin; a deleted player's are emptied,
    and so is the reference, which callers choose.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    action = models.CharField(
        _("action"), max_length=20, choices=[(action.value, label) for action, label in words.ACTION_LABELS.items()]
    )
    reference = models.CharField(_("reference"), max_length=64)
    amount = models.BigIntegerField(_("amount, KRW"))
    tier = models.CharField(
        _("decision"), max_length=10, choices=[(tier.value, label) for tier, label in words.TIER_LABELS.items()]
    )
    score = models.PositiveIntegerField(_("score"))
    matched_rules = ArrayField(models.CharField(max_length=48), verbose_name=_("rules that matched"))
    shadow_rules = ArrayField(models.CharField(max_length=48), verbose_name=_("shadow rules that matched"))
    features = models.JSONField(_("features"))
    signals = models.BooleanField(_("signals read"), help_text=_("Whether Redis answered."))
    rules_version = models.CharField(_("rules version"), max_length=parsing.VERSION_LENGTH)
    ip_hash = models.CharField(_("address (hash)"), max_length=32, blank=True)
    fingerprint_hash = models.CharField(_("device (hash)"), max_length=32, blank=True)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        db_table = "fraud_audit"
        verbose_name = _("fraud decision")
        verbose_name_plural = _("fraud decisions")
        constraints = [models.CheckConstraint(condition=Q(tier__in=TIERS), name="fraud_audit_tier_known")]
        indexes = [
            models.Index(fields=["user", "-id"], name="fraud_audit_of_player"),
            # What is looked for in the lists: whatever was not simply allowed, and attempts of one origin.
            models.Index(fields=["tier", "-id"], condition=~Q(tier="allow"), name="fraud_audit_stopped"),
            models.Index(fields=["ip_hash", "-id"], condition=~Q(ip_hash=""), name="fraud_audit_of_address"),
            models.Index(
                fields=["fingerprint_hash", "-id"], condition=~Q(fingerprint_hash=""), name="fraud_audit_of_device"
            ),
            # A day's decisions are counted by tier and by rule without reading their features.
            models.Index(
                fields=["created_at"], include=["tier", "matched_rules", "shadow_rules"], name="fraud_audit_when"
            ),
        ]
        triggers = kept(
            "fraud_audit",
            *("user", "action", "amount", "tier", "score", "matched_rules", "shadow_rules"),
            *("features", "signals", "rules_version", "created_at"),
        )

    def __str__(self) -> str:
        return f"{self.get_tier_display()} ({self.score})"

    def verdict(self) -> rules.Verdict:
        return rules.Verdict(rules.Tier(self.tier), self.score, tuple(self.matched_rules), tuple(self.shadow_rules))
