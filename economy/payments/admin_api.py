"""Payments, for operators' machines: settled by hand, refunded, reviewed; each with a reason, once for a key."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView, HasRole, idempotent
from casino_club.core.schema import refusals
from casino_club.core.shapes import ChoiceField, IntegerField, Shape, TextField
from economy.payments import operations
from economy.payments.rules import REASON_MAX, REASON_MIN, RECEIPT_MAX, Decision, Outcome
from economy.shop.models import Purchase


class ReasonShape(Shape):
    reason = TextField(
        min_length=REASON_MIN, max_length=REASON_MAX, help_text="Kept in the audit: no personal data, please."
    )


class SettlePaymentShape(ReasonShape):
    outcome = ChoiceField([outcome.value for outcome in Outcome])
    receipt_id = TextField(
        max_length=RECEIPT_MAX,
        required=False,
        allow_null=True,
        help_text="The provider's; needed when it is paid. A receipt counts once.",
    )


class RefundPaymentShape(ReasonShape):
    amount = IntegerField(min_value=1, help_text="At most what was paid.")


class ReviewPaymentShape(ReasonShape):
    decision = ChoiceField([decision.value for decision in Decision])


class OperatorPurchaseAnswer(serializers.Serializer):
    purchase_id = serializers.IntegerField()
    status = serializers.CharField(help_text="pending, paid, granted, failed or refunded")
    review_state = serializers.CharField(help_text="Empty where no review was wanted.")
    amount = serializers.IntegerField()
    currency = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)


class OperatorRefundAnswer(serializers.Serializer):
    refund_id = serializers.IntegerField()
    purchase_id = serializers.IntegerField()
    amount = serializers.IntegerField()
    status = serializers.CharField(help_text="asked (on its way to the provider), succeeded or refused")


def purchase_answer(purchase: Purchase) -> dict:
    """A purchase as those who settle it read it."""
    return {
        "purchase_id": purchase.pk,
        "status": purchase.status,
        "review_state": purchase.review_state,
        "amount": purchase.amount,
        "currency": purchase.currency,
        "expires_at": clock.iso(purchase.expires_at) if purchase.expires_at else None,
    }


class SettlePaymentView(ApiView):
    permission_classes = [HasRole("economy")]

    @extend_schema(
        operation_id="admin_payments_settle",
        request=SettlePaymentShape,
        responses={
            200: OperatorPurchaseAnswer,
            **refusals(
                s404="not_found",
                s409="purchase_closed, purchase_conflict, receipt_used, review_waiting, out_of_stock, promo_exhausted, "
                "user_limit",
            ),
        },
        tags=["operators"],
    )
    @idempotent
    def post(self, request, purchase_id: int):
        """Settle a card payment that the provider's message did not: paid, by its receipt, or not paid."""
        asked = SettlePaymentShape.read(request.data)
        purchase = operations.settle(
            purchase_id=purchase_id,
            outcome=asked["outcome"],
            receipt_id=asked.get("receipt_id"),
            operator_id=request.user.pk,
            reason=asked["reason"],
            now=request.now,
        )
        return Response(purchase_answer(purchase))


class RefundPaymentView(ApiView):
    permission_classes = [HasRole("economy")]

    @extend_schema(
        operation_id="admin_payments_refund",
        request=RefundPaymentShape,
        responses={
            202: OperatorRefundAnswer,
            **refusals(s404="not_found", s409="purchase_closed, refund_too_large, refund_under_way"),
        },
        tags=["operators"],
    )
    @idempotent
    def post(self, request, purchase_id: int):
        """Refund a purchase, once: the provider is asked for it, and with its yes the goods are taken back."""
        asked = RefundPaymentShape.read(request.data)
        refund = operations.refund(
            purchase_id=purchase_id,
            amount=asked["amount"],
            operator_id=request.user.pk,
            reason=asked["reason"],
            now=request.now,
        )
        answer = {
            "refund_id": refund.pk,
            "purchase_id": purchase_id,
            "amount": refund.amount,
            "status": refund.status,
        }
        return Response(answer, status=202)


class ReviewPaymentView(ApiView):
    permission_classes = [HasRole("economy", "security")]

    @extend_schema(
        operation_id="admin_payments_review",
        request=ReviewPaymentShape,
        responses={
            200: OperatorPurchaseAnswer,
            **refusals(s404="not_found", s409="review_not_waiting, out_of_stock, promo_exhausted"),
        },
        tags=["operators"],
    )
    @idempotent
    def post(self, request, purchase_id: int):
        """Decide about a purchase that the fraud rules sent to review: approved it may be paid for, denied it fails."""
        asked = ReviewPaymentShape.read(request.data)
        purchase = operations.review(
            purchase_id=purchase_id,
            decision=asked["decision"],
            operator_id=request.user.pk,
            reason=asked["reason"],
            now=request.now,
        )
        return Response(purchase_answer(purchase))
