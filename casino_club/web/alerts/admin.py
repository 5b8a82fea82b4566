"""Alerts as operators see them: what lasts now, the worst first; each with its runbook."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markdown_it import MarkdownIt

from casino_club.core import alert_rules, alerts, clock
from casino_club.core.admin import ReadOnlyAdmin, with_beside
from casino_club.core.models import Alert
from casino_club.core.page_acts import wanted_page

MARKDOWN = MarkdownIt("commonmark", {"html": False})


class StateFilter(admin.SimpleListFilter):
    """What lasts now, unless asked for more."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            (None, _("Lasting")),
            ("unacknowledged", _("Lasting, not acknowledged")),
            ("resolved", _("Over")),
            ("all", _("All")),
        ]

    def choices(self, changelist):
        for value, title in self.lookup_choices:
            remove = [self.parameter_name] if value is None else []
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {} if value is None else {self.parameter_name: value}, remove
                ),
                "display": title,
            }

    def queryset(self, request, queryset):
        match self.value():
            case "all":
                return queryset
            case "resolved":
                return queryset.filter(resolved_at__isnull=False)
            case "unacknowledged":
                return queryset.filter(resolved_at__isnull=True, acknowledged_at__isnull=True)
        return queryset.filter(resolved_at__isnull=True)


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ["weight", "what", "told", "seen"]
    list_display_links = ["what"]
    list_filter = [StateFilter, "severity"]
    list_select_related = ["acknowledged_by"]
    actions = ["acknowledge"]
    actions_unasked = ("acknowledge",)
    fields = [
        ("weight", "what", "state"),
        "text",
        "runbook",
        ("raised_at", "last_seen_at", "times"),
        ("acknowledged_at", "acknowledged_by"),
        ("resolved_at", "mailed_at"),
    ]
    readonly_fields = ["weight", "what", "text", "state", "runbook"]
    change_form_template = "operators/alert.html"

    class Media:
        css = {"all": ["css/operators-admin.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).by_weight()

    def get_ordering(self, request):
        return []

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("runbook/<str:rule>/", guarded(self.runbook_view), name="core_alert_runbook"),
            path("<int:alert_id>/acknowledge/", guarded(self.acknowledge_view), name="core_alert_acknowledge"),
            *super().get_urls(),
        ]

    # --- What is shown ---------------------------------------------------------------------------------------------
    @admin.display(description=gettext_lazy("severity"), ordering="severity")
    def weight(self, alert: Alert) -> str:
        return format_html('<span class="badge badge--{}">{}</span>', alert.severity, alert.get_severity_display())

    @admin.display(description=gettext_lazy("what"), ordering="rule")
    def what(self, alert: Alert) -> str:
        return with_beside(alert.title, alert.key) if alert.key else alert.title

    @admin.display(description=gettext_lazy("message"))
    def text(self, alert: Alert) -> str:
        return alert.text

    @admin.display(description=gettext_lazy("message"))
    def told(self, alert: Alert) -> str:
        return with_beside(alert.text, self.state(alert))

    @admin.display(description=gettext_lazy("last seen at"))
    def seen(self, alert: Alert) -> str:
        times = ngettext("%(count)d time", "%(count)d times", alert.times) % {"count": alert.times}
        moment = date_format(alert.last_seen_at, "m-d H:i")
        return with_beside(format_html('<span class="moment">{}</span>', moment), times)

    @admin.display(description=gettext_lazy("state"))
    def state(self, alert: Alert) -> str:
        if alert.resolved_at:
            return _("Over")
        if alert.acknowledged_at:
            who = alert.acknowledged_by.site_id if alert.acknowledged_by else "–"
            return _("%(operator)s looks after it") % {"operator": who}
        return format_html("<strong>{}</strong>", _("Nobody looks after it"))

    @admin.display(description=gettext_lazy("runbook"))
    def runbook(self, alert: Alert) -> str:
        if alert.rule not in alert_rules.RULES:
            return "–"
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:core_alert_runbook", args=[alert.rule]),
            alert_rules.runbook(alert.rule),
        )

    def runbook_view(self, request: HttpRequest, rule: str) -> HttpResponse:
        """The runbook that lies in the repository."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        file = settings.BASE_DIR / alert_rules.runbook(rule)
        if rule not in alert_rules.RULES or not file.exists():
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": alert_rules.RULES[rule].title,
            "opts": self.opts,
            "page": _page_of(file.read_text(encoding="utf-8")),
            "media": self.media,
        }
        return TemplateResponse(request, "operators/runbook.html", context)

    # --- Acts ------------------------------------------------------------------------------------------------------
    @admin.action(description=gettext_lazy("Acknowledge"), permissions=["acknowledge"])
    def acknowledge(self, request, queryset):
        now = clock.now()
        waiting = list(queryset.filter(acknowledged_at__isnull=True).values_list("pk", flat=True))
        for alert_id in waiting:
            alerts.acknowledge(alert_id=alert_id, operator_id=request.user.pk, now=now)
        text = ngettext("%(count)d alert acknowledged.", "%(count)d alerts acknowledged.", len(waiting))
        self.message_user(request, text % {"count": len(waiting)}, messages.SUCCESS if waiting else messages.WARNING)

    def has_acknowledge_permission(self, request) -> bool:
        return request.user.has_perm("core.change_alert")

    def acknowledge_view(self, request: HttpRequest, alert_id: int) -> HttpResponse:
        """The button on an alert's page, and on the operators' first page, which wants its reader back (`next`)."""
        if request.method != "POST" or not self.has_acknowledge_permission(request):
            raise PermissionDenied
        if not Alert.objects.filter(pk=alert_id).exists():
            raise Http404
        alert = alerts.acknowledge(alert_id=alert_id, operator_id=request.user.pk, now=clock.now())
        self.message_user(request, f"{alert.title}: {self.state(alert)}", messages.SUCCESS)
        return redirect(wanted_page(request, otherwise=reverse("admin:core_alert_change", args=[alert_id])))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        may = self.has_acknowledge_permission(request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_acknowledge": may})


def _page_of(runbook: str) -> SafeString:
    """A runbook of the repository as HTML; its first line, the title, stands above it already."""
    _title, _end, text = runbook.partition("\n")
    return mark_safe(MARKDOWN.render(text))  # noqa: S308 - our own file, and markup in it is escaped
