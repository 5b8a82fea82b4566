"""Payments as operators see them: where each stands and why, the queue of reviews, settling by hand, refunds."""

import uuid
from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.player_admin import OfPlayerAdmin
from casino_club.core import clock, idempotency
from casino_club.core.admin import ReadOnlyAdmin, with_beside
from casino_club.core.errors import DomainError
from economy.fraud.models import FraudAudit
from economy.payments import operations, providers
from economy.payments.forms import ActForm, RefundForm, ReviewForm, SettleForm
from economy.payments.models import Payment, PaymentRefund
from economy.payments.rules import Standing
from economy.payments.selectors import session_of
from economy.shop.models import Purchase
from economy.shop.rules import Review, Status
from economy.shop.selectors import steps_of

STYLES = {"all": ["css/fraud-admin.css", "css/payments-admin.css"]}
WAITING = {"status": Status.PENDING, "review_state": Review.WAITING}
ACTS: dict[str, tuple[type[ActForm], Callable, str]] = {
    "settle": (SettleForm, operations.settle, _("Settle by hand")),
    "refund": (RefundForm, operations.refund, _("Refund")),
    "review": (ReviewForm, operations.review, _("Decide about the review")),
}


def can_be(act: str, purchase: Purchase) -> bool:
    """Whether the act makes sense where the purchase stands."""
    waits = purchase.status == Status.PENDING and purchase.review_state == Review.WAITING
    match act:
        case "settle":
            return purchase.status in (Status.PENDING, Status.FAILED) and not waits
        case "refund":
            return purchase.status in (Status.PAID, Status.GRANTED)
    return waits


@admin.register(Payment)
class PaymentAdmin(OfPlayerAdmin):
    player_field = "user"
    search_fields = ["user__site_id"]
    list_display = ["created_at", "user", "bought", "won", "state", "review"]
    list_display_links = ["created_at"]
    list_filter = ["status", "review_state"]
    list_select_related = ["user"]
    change_list_template = "economy/payments/admin_list.html"
    change_form_template = "economy/payments/admin_payment.html"
    fields = [
        ("created_at", "expires_at"),
        *("user", "bought", "won", "state", "review"),
        ("paid_at", "granted_at", "failed_at", "refunded_at"),
        *("receipt_id", "reference", "at_the_provider"),
    ]
    readonly_fields = ["bought", "won", "state", "review", "at_the_provider"]

    class Media:
        css = STYLES

    @admin.display(description=_("bought"))
    def bought(self, payment: Payment) -> str:
        return str(payment)

    @admin.display(description=_("amount, KRW"), ordering="amount")
    def won(self, payment: Payment) -> str:
        if not payment.refunded_amount:
            return f"{payment.amount:,}"
        return f"{payment.amount:,} (−{payment.refunded_amount:,})"

    @admin.display(description=_("status"), ordering="status")
    def state(self, payment: Payment) -> str:
        return format_html('<span class="payment payment--{}">{}</span>', payment.status, payment.get_status_display())

    @admin.display(description=_("review"), ordering="review_state")
    def review(self, payment: Payment) -> str:
        if payment.review_state == Review.NONE:
            return "–"
        return format_html(
            '<span class="payment payment--{}">{}</span>', payment.review_state, payment.get_review_state_display()
        )

    @admin.display(description=_("session at the provider"))
    def at_the_provider(self, payment: Payment) -> str:
        session = session_of(payment)
        return f"{session.provider} {session.external_id}" if session else "–"

    def get_urls(self):
        own = [
            path(
                f"<int:purchase_id>/{act}/",
                self.admin_site.admin_view(self.act_view),
                {"act": act},
                name=f"economy_payment_{act}",
            )
            for act in ACTS
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        waiting = Payment.objects.filter(**WAITING).count()
        return super().changelist_view(request, {"waiting": waiting, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        payment = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if payment is not None:
            audit = FraudAudit.objects.filter(pk=payment.fraud_audit_id).first()
            context |= {
                "steps": steps_of(payment),
                "refunds": payment.payment_refunds.select_related("operator").order_by("id"),
                "audit": audit,
                "explanation": self._explained(audit),
                "acts": [
                    (reverse(f"admin:economy_payment_{act}", args=[payment.pk]), title)
                    for act, (_form, _do, title) in ACTS.items()
                    if can_be(act, payment) and self.may(request, act)
                ],
            }
        return super().change_view(request, object_id, form_url, context)

    def _explained(self, audit: FraudAudit | None) -> str:
        """Why the fraud rules decided as they did, in their own admin's words."""
        return self.admin_site.get_model_admin(FraudAudit).explanation(audit) if audit else ""

    def may(self, request: HttpRequest, act: str) -> bool:
        return request.user.has_perm(f"economy.{act}_payment")

    def act_view(self, request: HttpRequest, purchase_id: int, act: str) -> HttpResponse:
        """Asks for the reason, then does it; a double submit does it once."""
        if not self.may(request, act):
            raise PermissionDenied
        payment = get_object_or_404(Payment.objects.select_related("user"), pk=purchase_id)
        form_class, do, title = ACTS[act]
        standing = _standing(payment) if act == "settle" and request.method == "GET" else None
        initial = {"key": uuid.uuid4().hex, "amount": payment.amount, "receipt_id": standing and standing.receipt_id}
        form = form_class(request.POST or None, initial=initial)
        back = reverse("admin:economy_payment_change", args=[payment.pk])
        if request.method == "POST" and form.is_valid() and self._done(request, payment, form, do):
            return redirect(back)
        audit = FraudAudit.objects.filter(pk=payment.fraud_audit_id).first() if act == "review" else None
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "payment": payment,
            "form": form,
            "back": back,
            "standing": standing,
            "explanation": self._explained(audit),
            "opts": self.opts,
            "media": self.media,
        }
        return TemplateResponse(request, "economy/payments/admin_act.html", context)

    def _done(self, request: HttpRequest, payment: Payment, form: Form, do: Callable) -> bool:
        now, asked = clock.now(), form.asked()

        def work() -> tuple[int, dict]:
            done = do(purchase_id=payment.pk, **asked, operator_id=request.user.pk, now=now)
            return 200, {"status": done.status}

        try:
            idempotency.run(
                actor_id=request.user.pk,
                key=form.cleaned_data["key"],
                method="POST",
                path=request.path,
                body=asked,
                now=now,
                work=work,
            )
        except DomainError as refusal:
            self.message_user(request, str(refusal.message), messages.ERROR)
            return False
        self.message_user(request, _("Done."), messages.SUCCESS)
        return True


@admin.register(PaymentRefund)
class PaymentRefundAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "purchase", "won", "went", "asked_for"]
    fields = [
        *("purchase", "won", "went", "operator", "why", "late_receipt_id", "key"),
        *("created_at", "due_at", "settled_at"),
    ]
    readonly_fields = ["won", "went", "why"]
    list_filter = ["status"]
    list_select_related = ["purchase", "operator"]
    ordering = ["-pk"]

    @admin.display(description=_("amount"), ordering="amount")
    def won(self, refund: PaymentRefund) -> str:
        return f"{refund.amount:,}"

    @admin.display(description=_("why"))
    def asked_for(self, refund: PaymentRefund) -> str:
        """Why, and below it by whom."""
        return with_beside(refund.told, refund.operator or "–")

    @admin.display(description=_("why"))
    def why(self, refund: PaymentRefund) -> str:
        return refund.told

    @admin.display(description=_("status"))
    def went(self, refund: PaymentRefund) -> str:
        """How it stands, after how many attempts, and what went wrong last."""
        attempts = ngettext("%(count)d attempt", "%(count)d attempts", refund.attempts) % {"count": refund.attempts}
        facts = " · ".join(filter(None, (attempts, refund.last_error)))
        return with_beside(refund.get_status_display(), facts)


def _standing(payment: Payment) -> Standing | None:
    """What the provider says now; None when there is none to ask, or no answer."""
    session = session_of(payment)
    if session is None:
        return None
    try:
        return providers.PROVIDERS[session.provider].standing(session.external_id)
    except DomainError:
        return None
