"""What operators do with payments, by the purchase's number; the admin's forms and the API both come here."""

from datetime import datetime

from django.utils.translation import gettext as _

from casino_club.core.errors import InvalidInput, NotFound
from economy.payments import refunds, services
from economy.payments.models import Payment, PaymentRefund
from economy.payments.rules import Decision, Outcome
from economy.shop.models import Purchase


def settle(
    *, purchase_id: int, outcome: str, receipt_id: str | None, operator_id: int, reason: str, now: datetime
) -> Purchase:
    """Settle a card payment by hand. Raises NotFound, InvalidInput, and what `services.force_settle` raises."""
    if outcome == Outcome.PAID and not receipt_id:
        raise InvalidInput({"receipt_id": [_("A payment has a receipt.")]})
    return services.force_settle(
        purchase=_by_card(purchase_id),
        outcome=Outcome(outcome),
        receipt_id=receipt_id,
        operator_id=operator_id,
        reason=reason,
        now=now,
    )


def refund(*, purchase_id: int, amount: int, operator_id: int, reason: str, now: datetime) -> PaymentRefund:
    """Have a purchase refunded. Raises NotFound, and what `refunds.ask` raises."""
    purchase = Purchase.objects.filter(pk=purchase_id).first()
    if purchase is None:
        raise NotFound
    return refunds.ask(purchase=purchase, amount=amount, operator_id=operator_id, reason=reason, now=now)


def review(*, purchase_id: int, decision: str, operator_id: int, reason: str, now: datetime) -> Purchase:
    """Decide about a purchase that waits for review. Raises NotFound, and what the decision raises."""
    decide = services.approve_review if decision == Decision.APPROVE else services.deny_review
    return decide(purchase_id=_by_card(purchase_id).pk, operator_id=operator_id, reason=reason, now=now)


def _by_card(purchase_id: int) -> Payment:
    payment = Payment.objects.filter(pk=purchase_id).first()
    if payment is None:
        raise NotFound
    return payment
