"""What we agreed with a provider about a purchase: its session, and refunds that are to be made."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from economy.payments.rules import REASON_MAX, RECEIPT_MAX
from economy.shop.models import Purchase
from economy.shop.rules import Currency, why_in_words


class PaymentSession(models.Model):
    """A purchase that a provider was asked to collect. A message counts only for the session it names."""

    purchase = models.OneToOneField(
        Purchase, models.PROTECT, primary_key=True, related_name="payment_session", verbose_name=_("purchase")
    )
    provider = models.CharField(_("provider"), max_length=32)
    external_id = models.CharField(_("id at the provider"), max_length=128)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("payment session")
        verbose_name_plural = _("payment sessions")
        constraints = [models.UniqueConstraint(fields=["provider", "external_id"], name="payment_session_once")]
        indexes = [models.Index(fields=["created_at"], name="payment_session_when")]

    def __str__(self) -> str:
        return self.external_id


class RefundStatus(models.TextChoices):
    ASKED = "asked", _("waiting for the provider")
    SUCCEEDED = "succeeded", _("given back")
    REFUSED = "refused", _("refused by the provider")


@audit.track("purchase", "amount", "status")
class PaymentRefund(models.Model):
    """Money that goes back: asked for in our transaction, carried to the provider afterwards. The table is the queue.

    Without an operator it is a payment that came too late and could not be delivered; `late_receipt_id` is its receipt.
    """

    purchase = models.ForeignKey(
        Purchase, models.PROTECT, db_index=False, related_name="payment_refunds", verbose_name=_("purchase")
    )
    amount = models.PositiveIntegerField(_("amount"))
    key = models.CharField(_("key"), max_length=40)
    status = models.CharField(_("status"), max_length=9, choices=RefundStatus.choices, default=RefundStatus.ASKED)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("operator")
    )
    reason = models.CharField(_("reason"), max_length=REASON_MAX)
    late_receipt_id = models.CharField(_("late receipt"), max_length=RECEIPT_MAX, null=True, blank=True)
    created_at = models.DateTimeField(_("at"))
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="payment_refund_key_once"),
            models.UniqueConstraint(fields=["late_receipt_id"], name="payment_refund_late_receipt_once"),
            models.UniqueConstraint(
                fields=["purchase"],
                condition=~Q(status=RefundStatus.REFUSED),
                name="payment_refund_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="payment_refund_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="payment_refund_status_known"),
            models.CheckConstraint(
                condition=Q(operator__isnull=True) ^ Q(late_receipt_id__isnull=True), name="payment_refund_has_a_cause"
            ),
        ]
        indexes = [
            models.Index(fields=["purchase"], name="payment_refund_of_purchase"),
            models.Index(fields=["due_at"], condition=Q(status=RefundStatus.ASKED), name="payment_refund_due"),
        ]

    def __str__(self) -> str:
        return f"{self.purchase}: {self.amount:,}"

    @property
    def told(self) -> str:
        return why_in_words(self.reason)


class ByCard(models.Manager):
    """Purchases paid in won."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(currency=Currency.KRW)


class Payment(Purchase):
    """A purchase by card, as whoever looks after payments sees it."""

    objects = ByCard()

    class Meta:
        proxy = True
        default_permissions = ("view",)
        permissions = [
            ("settle_payment", _("Can settle a payment by hand")),
            ("refund_payment", _("Can refund a payment")),
            ("review_payment", _("Can decide about payments that wait for review")),
        ]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
