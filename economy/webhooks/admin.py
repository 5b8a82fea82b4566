"""Webhooks as operators run them: endpoints with their secret and a test event, every event in and out, replays."""

import json

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casino_club.core import audit, clock
from casino_club.core.admin import OperatorAdmin, ReadOnlyAdmin, with_beside
from casino_club.core.errors import DomainError
from economy.webhooks import egress, services
from economy.webhooks.models import EVENT_TYPES, WebhookEndpoint, WebhookEvent
from economy.webhooks.rules import TEST_EVENT, type_label


class EndpointForm(forms.ModelForm):
    """An address inside is refused here already, and again at every delivery."""

    event_types = forms.MultipleChoiceField(
        label=gettext_lazy("event types"), choices=EVENT_TYPES, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["name", "url", "event_types", "is_active"]
        widgets = {"url": forms.URLInput(attrs={"size": 80})}

    def clean_url(self):
        url = self.cleaned_data["url"].strip()
        try:
            egress.addresses_of(egress.target_of(url))
        except egress.EgressRefused as refusal:
            raise forms.ValidationError(_("Only public https addresses can be told of events.")) from refusal
        except OSError:
            return url  # a name that nobody knows yet; each delivery looks again
        return url


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(OperatorAdmin):
    """The secret is shown to those who may change the endpoint."""

    form = EndpointForm
    change_form_template = "economy/webhooks/admin/endpoint_form.html"
    list_display = ["name", "url", "kinds", "is_active", "disabled_why"]
    list_filter = ["is_active"]
    search_fields = ["name", "url"]
    ordering = ["name", "id"]

    def get_fields(self, request, obj=None):
        fields = ["name", "url", "event_types", "is_active"]
        if obj is None:
            return fields
        secret = ["shown_secret"] if self.has_change_permission(request, obj) else []
        return [*fields, "disabled_why", *secret, "secret_changed_at", "created_at"]

    def get_readonly_fields(self, request, obj=None):
        return ["disabled_why", "shown_secret", "secret_changed_at", "created_at"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_at = obj.secret_changed_at = clock.now()
            obj.secret = services.new_secret()
        if obj.is_active:
            obj.disabled_why = ""
        super().save_model(request, obj, form, change)

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("<int:endpoint_id>/test/", guarded(self.send_test_event), name="economy_webhook_test"),
            path("<int:endpoint_id>/secret/", guarded(self.renew_secret), name="economy_webhook_secret"),
            *super().get_urls(),
        ]

    def send_test_event(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        """The button: a test event goes out within seconds; its row shows how that went."""
        self._demand_right_to_act(request)
        try:
            event_id = services.send_test_event(endpoint_id=endpoint_id, now=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect("admin:economy_webhookendpoint_changelist")
        messages.success(request, _("A test event is on its way; this list shows how it goes."))
        return redirect(f"{reverse('admin:economy_webhookevent_changelist')}?q={event_id}")

    def renew_secret(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        """The button: a new secret; the one before signs as well for a day."""
        self._demand_right_to_act(request)
        try:
            services.renew_secret(endpoint_id=endpoint_id, operator_id=request.user.pk, now=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect("admin:economy_webhookendpoint_changelist")
        messages.success(request, _("There is a new secret. For a day the one before signs as well."))
        return redirect("admin:economy_webhookendpoint_change", endpoint_id)

    def _demand_right_to_act(self, request: HttpRequest) -> None:
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied

    @admin.display(description=gettext_lazy("event types"))
    def kinds(self, endpoint: WebhookEndpoint) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ((type_label(kind),) for kind in endpoint.event_types))

    @admin.display(description=gettext_lazy("secret"))
    def shown_secret(self, endpoint: WebhookEndpoint) -> str:
        return format_html("<code>{}</code>", endpoint.secret)


class TypeFilter(admin.SimpleListFilter):
    """By our own types; those that others send are their business."""

    title, parameter_name = gettext_lazy("type"), "type"

    def lookups(self, request, model_admin):
        return [*EVENT_TYPES, (TEST_EVENT, type_label(TEST_EVENT))]

    def queryset(self, request, queryset):
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "created_at", "what", "way", "went"]
    list_filter = ["status", "direction", TypeFilter, ("endpoint", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["endpoint"]
    search_fields = ["external_id__exact"]
    search_help_text = gettext_lazy("The event's exact id.")
    ordering = ["-id"]
    actions = ["replay"]
    change_form_template = "economy/webhooks/admin/event.html"
    fields = [
        *("external_id", "direction", "what", "counterpart", "status", "attempt_count", "next_retry_at"),
        *("last_error", "kid", "created_at", "settled_at", "content"),
    ]
    readonly_fields = ["what", "counterpart", "content"]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        event = self.get_object(request, object_id)
        attempts = event.attempts.order_by("number") if event else []
        return super().change_view(request, object_id, form_url, {"attempts": attempts, **(extra_context or {})})

    @admin.action(description=gettext_lazy("Send again"), permissions=["replay"])
    def replay(self, request, queryset):
        done, reason, now = 0, audit.given_reason(request), clock.now()
        for event_id in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                services.replay(event_id=event_id, operator_id=request.user.pk, reason=reason, now=now)
            except DomainError as refusal:
                messages.error(request, f"{event_id}: {refusal.message}")
            else:
                done += 1
        if done:
            text = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", done)
            messages.success(request, text % {"count": done})

    def has_replay_permission(self, request) -> bool:
        return request.user.has_perm("economy.change_webhookevent")

    @admin.display(description=gettext_lazy("type"))
    def what(self, event: WebhookEvent) -> str:
        """Ours in words, with their name; a sender's own as it was sent."""
        label = type_label(event.type)
        return event.type if label == event.type else with_beside(label, event.type)

    @admin.display(description=gettext_lazy("from or to"))
    def counterpart(self, event: WebhookEvent) -> str:
        return event.endpoint.name if event.endpoint else event.source

    @admin.display(description=gettext_lazy("from or to"))
    def way(self, event: WebhookEvent) -> str:
        return f"{event.get_direction_display()} · {self.counterpart(event)}"

    @admin.display(description=gettext_lazy("status"))
    def went(self, event: WebhookEvent) -> str:
        """How it stands, after how many attempts, when the next one comes, and what went wrong last."""
        attempts = ngettext("%(count)d attempt", "%(count)d attempts", event.attempt_count)
        facts = [attempts % {"count": event.attempt_count}] if event.direction == WebhookEvent.Direction.OUT else []
        if event.next_retry_at:
            facts.append(_("next at %(at)s") % {"at": date_format(event.next_retry_at, "m-d H:i")})
        told = format_html("<strong>{}</strong>", event.get_status_display())
        for fact in filter(None, (" · ".join(facts), event.last_error)):
            told += format_html('<span class="beside">{}</span>', fact)
        return told

    @admin.display(description=gettext_lazy("payload"))
    def content(self, event: WebhookEvent) -> str:
        return format_html('<pre class="unfolded">{}</pre>', json.dumps(event.payload, ensure_ascii=False, indent=2))
