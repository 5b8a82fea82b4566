"""What waits for a second operator, as operators see and decide it."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casino_club.core import clock, roles
from casino_club.core.admin import ReadOnlyAdmin, with_beside
from casino_club.core.errors import DomainError
from economy.approvals import services
from economy.approvals.models import Approval
from economy.approvals.rules import REASON_MAX, STATE_LABELS, State
from economy.approvals.selectors import requests_in

ROLE = "economy"


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("why"),
        max_length=REASON_MAX,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Needed to deny. For the audit; no personal data."),
    )


class StateFilter(admin.SimpleListFilter):
    """What waits, unless asked for more."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*((state.value, label) for state, label in STATE_LABELS.items()), ("all", _("All"))]

    def value(self):
        return super().value() or State.WAITING.value

    def choices(self, changelist):
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = ["asked", "player", "what", "reason", "standing"]
    list_filter = [StateFilter]
    ordering = ["-id"]

    class Media:
        css = {"all": ["css/operators-admin.css"]}

    def get_queryset(self, request):
        return requests_in()

    def get_urls(self):
        page = self.admin_site.admin_view(self.decide_view)
        return [path("<int:approval_id>/decide/", page, name="economy_approval_decide"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Every line of the list leads to the page of the decision."""
        if not object_id.isdecimal():
            raise Http404
        return redirect("admin:economy_approval_decide", object_id)

    def decide_view(self, request: HttpRequest, approval_id: int) -> HttpResponse:
        """What is asked for and why; approved or denied by two buttons, by those who may."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        approval = requests_in().filter(pk=approval_id).first()
        if approval is None:
            raise Http404
        may = roles.has(request.user, ROLE)
        form = DecisionForm(request.POST or None)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            if form.is_valid():
                return self._decide(request, approval, form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": approval.label,
            "opts": self.opts,
            "approval": approval,
            "badge": self.badge(approval),
            "player_url": reverse("admin:accounts_user_change", args=[approval.player_id]),
            "is_waiting": approval.state == State.WAITING and approval.expires_at > clock.now(),
            "is_own": approval.requested_by_id == request.user.pk,
            "may": may,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "operators/approval.html", context)

    def _decide(self, request: HttpRequest, approval: Approval, reason: str) -> HttpResponse:
        act = services.approve if "approve" in request.POST else services.deny
        try:
            decided = act(approval_id=approval.pk, operator_id=request.user.pk, reason=reason, now=clock.now())
        except DomainError as refusal:
            text = " ".join(refusal.fields["reason"]) if hasattr(refusal, "fields") else str(refusal.message)
            messages.error(request, text)
            return redirect("admin:economy_approval_decide", approval.pk)
        messages.success(request, f"{decided.label}: {decided.get_state_display()}")
        return redirect("admin:economy_approval_changelist")

    @admin.display(description=Approval._meta.get_field("requested_at").verbose_name)
    def asked(self, approval: Approval) -> str:
        return with_beside(date_format(approval.requested_at, "DATETIME_FORMAT"), approval.requested_by)

    @admin.display(description=gettext_lazy("what"))
    def what(self, approval: Approval) -> str:
        return with_beside(approval.what, approval.label)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, approval: Approval) -> str:
        """Its state; of one that waits, until when."""
        if approval.state != State.WAITING:
            return self.badge(approval)
        until = {"moment": date_format(approval.expires_at, "DATETIME_FORMAT")}
        return with_beside(self.badge(approval), _("until %(moment)s") % until)

    def badge(self, approval: Approval) -> str:
        return format_html('<span class="badge badge--{}">{}</span>', approval.state, approval.get_state_display())
