"""Fraud as operators see it: each decision in words, the rules in force and what they hit, and the back-test."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core import clock, roles
from casino_club.core.admin import ReadOnlyAdmin
from economy.fraud import rulebook, words
from economy.fraud.forms import BacktestForm
from economy.fraud.models import FraudAudit, FraudRules
from economy.fraud.rules import SIGNALS_UNAVAILABLE, RuleSet, Tier
from economy.fraud.selectors import Backtest, backtest, hits_by_rule, judged_again, rules_of

# As many as a request can judge in a few seconds; `manage.py fraud_backtest` knows no bound.
BACKTEST_MOST = 20_000
STYLES = {"all": ["css/fraud-admin.css"]}


@admin.register(FraudAudit)
class FraudAuditAdmin(OfPlayerAdmin):
    player_field = "user"
    list_display = ["created_at", "user", "amount", "decision", "score", "rules"]
    list_display_links = ["created_at"]
    list_filter = ["tier", "signals"]
    linked_by = ["ip_hash", "fingerprint_hash"]
    list_select_related = ["user"]
    search_fields = ["user__site_id"]
    fields = [
        "created_at",
        "user",
        "action",
        "amount",
        "reference",
        "decision",
        "score",
        "explanation",
        "rules_version",
        "address",
        "device",
    ]
    readonly_fields = ["decision", "explanation", "address", "device"]

    class Media:
        css = STYLES

    @admin.display(description=_("decision"), ordering="tier")
    def decision(self, audit: FraudAudit) -> str:
        return format_html('<span class="fraud-tier fraud-tier--{}">{}</span>', audit.tier, audit.get_tier_display())

    @admin.display(description=_("rules that matched"))
    def rules(self, audit: FraudAudit) -> str:
        return ", ".join(audit.matched_rules) or "–"

    @admin.display(description=_("address (hash)"))
    def address(self, audit: FraudAudit) -> str:
        return _alike("ip_hash", audit.ip_hash)

    @admin.display(description=_("device (hash)"))
    def device(self, audit: FraudAudit) -> str:
        return _alike("fingerprint_hash", audit.fingerprint_hash)

    @admin.display(description=_("explanation"))
    def explanation(self, audit: FraudAudit) -> str:
        rules, again = rules_of(audit.rules_version), judged_again(audit)
        return render_to_string(
            "economy/fraud/explanation.html",
            {
                "audit": audit,
                "thresholds": rules and rules.thresholds,
                "matched": _explained(rules, audit.matched_rules, audit.features),
                "shadowed": _explained(rules, audit.shadow_rules, audit.features),
                "facts": words.facts(audit.features),
                "same_again": None if again is None else again == audit.verdict(),
            },
        )


@admin.register(FraudRules)
class FraudRulesAdmin(ReadOnlyAdmin):
    list_display = ["version", "first_loaded_at", "last_loaded_at"]
    ordering = ["-last_loaded_at"]
    fields = ["version", "first_loaded_at", "last_loaded_at", "source"]
    readonly_fields = ["source"]

    change_list_template = "economy/fraud/rules_list.html"

    class Media:
        css = STYLES

    def get_urls(self):
        view = self.admin_site.admin_view(self.backtest)
        return [path("backtest", view, name="economy_fraud_backtest"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        now = clock.now()
        state = rulebook.book.state(now=now, look=True)
        day, week = (hits_by_rule(since=now - timedelta(days=days)) for days in (1, 7))
        context = {
            "title": capfirst(self.opts.verbose_name_plural),
            "state": state,
            "fault": state.fault and (rulebook.fault_as_read() or state.fault),
            "file": rulebook.rules_path(),
            "thresholds": state.rules.thresholds,
            "current": [
                {**_in_words(state.rules, rule.id, None), "day": day.get(rule.id, 0), "week": week.get(rule.id, 0)}
                for rule in state.rules.rules
            ],
            "may_backtest": _may_backtest(request),
        }
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def backtest(self, request: HttpRequest) -> HttpResponse:
        """A candidate, uploaded or pasted; then the decisions that would flip. Nothing is changed."""
        if not _may_backtest(request):
            raise PermissionDenied
        now = clock.now()
        if request.method == "POST":
            form = BacktestForm(request.POST, request.FILES)
        else:
            form = BacktestForm(initial={"content": _content_of(rulebook.book.current(now=now))})
        found = None
        if form.is_bound and form.is_valid():
            candidate, since = form.cleaned_data["candidate"], now - timedelta(days=form.cleaned_data["days"])
            found = backtest(candidate=candidate, since=since, most=BACKTEST_MOST)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Back-test"),
            "opts": self.opts,
            "form": form,
            "found": found,
            "most": BACKTEST_MOST,
            **(_shown(found) if found else {}),
        }
        return TemplateResponse(request, "economy/fraud/backtest.html", context)

    @admin.display(description=_("content"))
    def source(self, kept: FraudRules) -> str:
        return format_html('<pre class="fraud-source" tabindex="0">{}</pre>', kept.content)


def _alike(column: str, value: str) -> str:
    """Leads to every decision about the same origin."""
    if not value:
        return "–"
    address = reverse("admin:economy_fraudaudit_changelist")
    return format_html('<a href="{}?{}={}">{}</a>', address, column, value, value)


def _explained(rules: RuleSet | None, rule_ids: list[str], features: dict) -> list[dict]:
    return [_in_words(rules, rule_id, features) for rule_id in rule_ids]


def _in_words(rules: RuleSet | None, rule_id: str, features: dict | None) -> dict:
    if rule_id == SIGNALS_UNAVAILABLE:
        return {"id": rule_id, "reason": _("Redis did not answer: nothing could be counted."), "score": 0}
    rule = rules.by_id.get(rule_id) if rules else None
    if rule is None:
        return {"id": rule_id}
    return {
        "id": rule_id,
        "version": rule.version,
        "mode": rule.mode,
        "mode_label": words.MODE_LABELS[rule.mode],
        "score": rule.score,
        "reason": rule.reason(get_language() or ""),
        "condition": words.condition(rule.when, features),
    }


def _shown(found: Backtest) -> dict:
    """The back-test as the page's tables."""
    rule_ids = sorted(found.hits_before.keys() | found.hits_after.keys())
    return {
        "tiers": [words.TIER_LABELS[tier] for tier in Tier],
        "moves": [
            (words.TIER_LABELS[before], [(found.moves[before, after], before != after) for after in Tier])
            for before in Tier
        ],
        "hits": [(rule_id, found.hits_before[rule_id], found.hits_after[rule_id]) for rule_id in rule_ids],
        "flips": [(flip, words.TIER_LABELS[flip.before], words.TIER_LABELS[flip.after.tier]) for flip in found.flips],
    }


def _content_of(rules: RuleSet) -> str:
    kept = FraudRules.objects.filter(pk=rules.version).first()
    return kept.content if kept else ""


def _may_backtest(request: HttpRequest) -> bool:
    return roles.has(request.user, "security")
