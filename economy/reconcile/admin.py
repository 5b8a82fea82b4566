"""The proofs of the books as operators see them; those who may, prove again or rebuild what is derived."""

import json

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from kombu.exceptions import OperationalError as BrokerUnreachable

from casino_club.core import clock, roles
from casino_club.core.admin import ReadOnlyAdmin
from casino_club.core.errors import DomainError
from economy.reconcile.models import ReconcileReport
from economy.reconcile.selectors import invariant_named, invariants
from economy.reconcile.services import heal, run
from economy.reconcile.tasks import reconcile_full

BROKEN = (
    '<section class="broken"><p>✗ <strong>{}</strong><span class="beside">{} · {}</span></p>'
    '<pre class="unfolded">{}</pre></section>'
)
KEPT = "<li>✓ <code>{}</code></li>"


class HealForm(forms.Form):
    """Why, before anything is changed."""

    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For the audit; no personal data."),
    )


@admin.register(ReconcileReport)
class ReconcileReportAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "scope", "violations", "broken", "seconds"]
    list_filter = ["scope"]
    ordering = ["-started_at", "-id"]
    fields = ["started_at", "scope", "seconds", "violations", "found", "marks"]
    readonly_fields = ["found"]
    change_list_template = "economy/admin/reconcile_list.html"

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("run", guarded(self.run_now), name="economy_reconcile_run"),
            path("heal/<str:name>", guarded(self.heal), name="economy_reconcile_heal"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        may = _may_act(request)
        healable = [invariant for invariant in invariants() if invariant.heal] if may else []
        return super().changelist_view(request, {**(extra_context or {}), "may_act": may, "healable": healable})

    def run_now(self, request: HttpRequest) -> HttpResponse:
        """Have everything proved now: by a worker, for it takes longer than a request may."""
        _demand_right_to_act(request)
        try:
            reconcile_full.apply_async(kwargs={"operator_id": request.user.pk}, retry_policy={"max_retries": 1})
        except BrokerUnreachable:
            messages.error(request, _("No worker can be asked right now: Redis can't be reached. Nothing was proved."))
        else:
            messages.info(request, _("A worker proves the books now; the report appears here when it is done."))
        return redirect("admin:economy_reconcilereport_changelist")

    def heal(self, request: HttpRequest, name: str) -> HttpResponse:
        """First what would be set right; with a reason given, set right and proved again."""
        _demand_right_to_act(request, post=False)
        invariant = invariant_named(name)
        if invariant is None or invariant.heal is None:
            raise Http404
        form = HealForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._heal(request, name, form.cleaned_data["reason"])
        expected = heal(name=name, operator_id=request.user.pk, reason="", dry_run=True, now=clock.now())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rebuild what is derived"),
            "opts": self.opts,
            "invariant": invariant,
            "explanation": _(invariant.explanation),
            "expected": expected,
            "form": form,
        }
        return TemplateResponse(request, "economy/admin/reconcile_heal.html", context)

    def _heal(self, request: HttpRequest, name: str, reason: str) -> HttpResponse:
        now = clock.now()
        try:
            healed = heal(name=name, operator_id=request.user.pk, reason=reason, dry_run=False, now=now)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect("admin:economy_reconcilereport_changelist")
        report = run(scope=ReconcileReport.Scope.FULL, now=now)
        what = {"heal": name, "reason": reason, "players": healed.players, "rows": healed.rows}
        self.log_change(request, report, json.dumps(what, ensure_ascii=False))
        messages.success(
            request,
            _("%(rows)s rows of %(players)s players were set right.")
            % {"rows": healed.rows, "players": healed.players},
        )
        return redirect("admin:economy_reconcilereport_change", report.pk)

    @admin.display(description=gettext_lazy("broken"))
    def broken(self, report: ReconcileReport) -> str:
        """In words, one below the other."""
        broken = ((_explained(finding),) for finding in report.findings if finding["violations"])
        return format_html_join(mark_safe("<br>"), "{}", broken)

    @admin.display(description=gettext_lazy("findings"))
    def found(self, report: ReconcileReport) -> str:
        """What is broken, in words with the first of its rows; then what holds, by name."""
        findings = sorted(report.findings, key=lambda finding: -finding["violations"])
        broken = [_broken(finding) for finding in findings if finding["violations"]]
        kept = [(finding["name"],) for finding in findings if not finding["violations"]]
        return format_html(
            '{}<details><summary>{}</summary><ul class="kept">{}</ul></details>',
            format_html_join("", BROKEN, broken),
            ngettext("%(count)d check holds", "%(count)d checks hold", len(kept)) % {"count": len(kept)},
            format_html_join("", KEPT, kept),
        )


def _broken(finding: dict) -> tuple[str, str, str, str]:
    rows = ngettext("%(count)s row", "%(count)s rows", finding["violations"]) % {"count": f"{finding['violations']:,}"}
    examples = "\n".join(json.dumps(example, ensure_ascii=False) for example in finding["examples"])
    return _explained(finding), finding["name"], rows, examples


def _explained(finding: dict) -> str:
    explanation = finding["explanation"]
    return _(explanation)


def _may_act(request: HttpRequest) -> bool:
    return roles.has(request.user, "security")


def _demand_right_to_act(request: HttpRequest, *, post: bool = True) -> None:
    if not _may_act(request) or (post and request.method != "POST"):
        raise PermissionDenied
