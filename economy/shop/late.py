"""A payment that came after its purchase had failed: honoured while what was let go can still be had."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from economy.ledger import services as ledger
from economy.shop import stock
from economy.shop.buying import UserLimit
from economy.shop.models import Purchase
from economy.shop.rules import Review, Status
from economy.shop.services import AmountMismatch, PurchaseClosed, ReceiptUsed, announce, move
from economy.webhooks.rules import EventType


def mark_paid_late(
    *, purchase: Purchase, receipt_id: str, amount: int, operator_id: int | None = None, why: str = "", now: datetime
) -> Purchase:
    """The payment counts after all, and what it buys is taken again: the one way out of `failed`.

    Raises PurchaseClosed (it has not failed, or an operator denied it), AmountMismatch, ReceiptUsed, UserLimit,
    OutOfStock, PromoExhausted.
    """
    with transaction.atomic():
        ledger.lock_wallet(purchase.user_id)
        purchase = Purchase.objects.select_for_update(no_key=True).get(pk=purchase.pk)
        if purchase.status != Status.FAILED or purchase.review_state == Review.DENIED:
            raise PurchaseClosed(extra={"status": purchase.status})
        if purchase.amount != amount:
            raise AmountMismatch(extra={"amount": purchase.amount})
        # Of two at once the unique index stops one; its sender tries again and is told this.
        if Purchase.objects.filter(receipt_id=receipt_id).exists():
            raise ReceiptUsed
        _demand_user_limit(purchase)
        purchase.receipt_id, purchase.paid_at = receipt_id, now
        move(purchase, Status.PAID, operator_id=operator_id, why=why, now=now)
        announce(purchase, EventType.PURCHASE_PAID, now=now)
        stock.sell(purchase)
        return purchase


def _demand_user_limit(purchase: Purchase) -> None:
    """The player may have bought the package again meanwhile."""
    if purchase.package is None:
        return
    others = Purchase.objects.filter(user_id=purchase.user_id, package=purchase.package).exclude(status=Status.FAILED)
    bought = others.aggregate(total=Sum("quantity"))["total"] or 0
    if bought + purchase.quantity > purchase.package.per_user_limit:
        raise UserLimit
