"""Where a payment stands, for its payer and for those who look after payments."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casino_club.core.errors import NotFound
from economy.payments.models import PaymentRefund, PaymentSession
from economy.shop.models import Package, Product, Purchase
from economy.shop.rules import DECLINED, EXPIRED, Currency, Review, Status


class PayState(StrEnum):
    """What a payer sees: what to do now, or how it ended."""

    REVIEW = "review"
    PAYABLE = "payable"
    WAITING = "waiting"
    OVERDUE = "overdue"
    DONE = "done"
    FAILED = "failed"
    REFUNDED = "refunded"

    @property
    def is_final(self) -> bool:
        return self in (PayState.DONE, PayState.FAILED, PayState.REFUNDED)


@dataclass(frozen=True, slots=True)
class Paying:
    """A purchase by card as its payer sees it."""

    purchase: Purchase
    state: PayState
    failure: str
    """Why it failed: `expired`, `declined`, `denied`, or empty for another cause."""
    late_refund: PaymentRefund | None
    """Money that came too late to buy anything, and goes back."""

    @property
    def item(self) -> Product | Package:
        return self.purchase.product or self.purchase.package


def paying(*, player_id: int, purchase_id: int, now: datetime) -> Paying:
    """The player's own purchase by card. Raises NotFound."""
    purchase = (
        Purchase.objects.filter(pk=purchase_id, user_id=player_id, currency=Currency.KRW)
        .select_related("product", "package", "payment_session")
        .first()
    )
    if purchase is None:
        raise NotFound
    state = _state(purchase, now)
    failed = state is PayState.FAILED
    return Paying(
        purchase=purchase,
        state=state,
        failure=_failure(purchase) if failed else "",
        late_refund=purchase.payment_refunds.filter(late_receipt_id__isnull=False).first() if failed else None,
    )


def session_of(purchase: Purchase) -> PaymentSession | None:
    """The provider's session for the purchase, once one was made."""
    return PaymentSession.objects.filter(pk=purchase.pk).first()


def _state(purchase: Purchase, now: datetime) -> PayState:
    match Status(purchase.status):
        case Status.FAILED:
            return PayState.FAILED
        case Status.REFUNDED:
            return PayState.REFUNDED
        case Status.PAID | Status.GRANTED:
            return PayState.DONE
    if purchase.review_state == Review.WAITING:
        return PayState.REVIEW
    if purchase.expires_at <= now:
        return PayState.OVERDUE
    return PayState.WAITING if hasattr(purchase, "payment_session") else PayState.PAYABLE


def _failure(purchase: Purchase) -> str:
    if purchase.review_state == Review.DENIED:
        return "denied"
    why = purchase.transitions.filter(to_status=Status.FAILED).values_list("why", flat=True).first()
    return why if why in (EXPIRED, DECLINED) else ""
