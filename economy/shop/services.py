"""A purchase's life after it was placed: each step once, told again on a repeat, with a row of its own."""

from datetime import datetime
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import metrics
from casino_club.core.errors import DomainError, NotFound
from economy.ledger import services as ledger
from economy.ledger.models import Wallet
from economy.ledger.rules import Asset, Move
from economy.shop import shelf, stock
from economy.shop.models import Purchase, PurchaseTransition
from economy.shop.rules import (
    DELIVERY,
    EXPIRED,
    HOLD_FOR,
    NEXT,
    REFUND,
    RETURN,
    Currency,
    Review,
    Status,
    purchase_reference,
    share_of,
)
from economy.webhooks import services as webhooks
from economy.webhooks.rules import EventType

RECEIPT_CONSTRAINT = "purchase_receipt_once"

transitions_total = metrics.counter(
    "shop_purchase_transitions_total", "Statuses that purchases reached.", ["to_status", "currency"]
)
settling_seconds = metrics.histogram(
    "shop_settling_duration_seconds",
    "From placing an order by card until its payment was settled.",
    buckets=(1, 5, 10, 30, 60, 120, 180, 240, 300, 600),
)

# Not those that somebody is settling right now: the next run looks at them again.
_EXPIRE = """
    WITH due AS (
        SELECT id, review_state FROM economy_purchase
         WHERE status = 'pending' AND expires_at <= %(now)s
         ORDER BY expires_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
    ), failed AS (
        UPDATE economy_purchase AS p SET status = 'failed', failed_at = %(now)s FROM due WHERE p.id = due.id
        RETURNING p.id, due.review_state, p.currency
    ), noted AS (
        INSERT INTO economy_purchasetransition (purchase_id, from_status, to_status, at, why)
        SELECT id, 'pending', 'failed', %(now)s, %(why)s FROM failed
    )
    SELECT id, review_state <> 'waiting' FROM failed
"""


class PurchaseClosed(DomainError):
    """Its status does not lead there: it failed, or is refunded, or was never paid."""

    code = "purchase_closed"
    message = _("This purchase can't go there from where it stands.")


class PurchaseConflict(DomainError):
    """The same step was made before, with another receipt or another amount."""

    code = "purchase_conflict"
    message = _("This was already settled otherwise.")


class AmountMismatch(DomainError):
    code = "amount_mismatch"
    message = _("The amount is not the purchase's.")


class ReceiptUsed(DomainError):
    code = "receipt_used"
    message = _("This receipt already paid for another purchase.")


class RefundTooLarge(DomainError):
    code = "refund_too_large"
    message = _("A refund is at least 1 and at most what was paid.")


class ReviewNotWaiting(DomainError):
    code = "review_not_waiting"
    message = _("This purchase does not wait for a review.")


class ReviewWaiting(DomainError):
    code = "review_waiting"
    message = _("This purchase waits for a review first.")


def mark_paid(
    *, purchase_id: int, receipt_id: str, amount: int, operator_id: int | None = None, why: str = "", now: datetime
) -> Purchase:
    """The payment came. A repeat with the same receipt gives what stands; late ones, after the hold, are refused.

    `operator_id` and `why` where an operator says so. Raises NotFound, PurchaseClosed, PurchaseConflict,
    AmountMismatch, ReceiptUsed, ReviewWaiting.
    """
    with transaction.atomic():
        purchase, _wallet = _locked(purchase_id)
        if purchase.paid_at is not None:
            if (purchase.receipt_id, purchase.amount) != (receipt_id, amount):
                raise PurchaseConflict
            return purchase
        if not purchase.holds and purchase.status == Status.PENDING:
            raise ReviewWaiting
        _demand(purchase, Status.PAID)
        if purchase.amount != amount:
            raise AmountMismatch(extra={"amount": purchase.amount})
        purchase.receipt_id, purchase.paid_at = receipt_id, now
        try:
            with transaction.atomic():
                move(purchase, Status.PAID, operator_id=operator_id, why=why, now=now)
        except IntegrityError as error:
            if error.__cause__.diag.constraint_name == RECEIPT_CONSTRAINT:
                raise ReceiptUsed from error
            raise
        announce(purchase, EventType.PURCHASE_PAID, now=now)
        stock.settle(purchase)
        waited = (now - purchase.created_at).total_seconds()
        transaction.on_commit(lambda: settling_seconds.observe(waited))
        return purchase


def grant(*, purchase_id: int, now: datetime) -> Purchase:
    """Hand over what was paid for, through the ledger. A repeat gives what stands. Raises NotFound, PurchaseClosed."""
    with transaction.atomic():
        purchase, _wallet = _locked(purchase_id)
        if purchase.granted_at is None:
            deliver(purchase, now=now)
        return purchase


def mark_failed(*, purchase_id: int, why: str, operator_id: int | None = None, now: datetime) -> Purchase:
    """The payment will not come: what was held goes back. A repeat gives what stands. Raises NotFound, PurchaseClosed."""
    with transaction.atomic():
        purchase, _wallet = _locked(purchase_id)
        if purchase.failed_at is None:
            _fail(purchase, operator_id=operator_id, why=why, now=now)
        return purchase


def refund(*, purchase_id: int, amount: int, operator_id: int | None, reason: str, now: datetime) -> Purchase:
    """Undo a paid purchase, once: of its goods the refunded share is taken back, as far as it is there.

    Gems paid go back to the wallet; money goes back by the payment's provider, which is not our business here. Stock
    and promo codes stay used. A repeat with the same amount gives what stands. Raises NotFound, PurchaseClosed,
    PurchaseConflict, RefundTooLarge.
    """
    with transaction.atomic():
        purchase, wallet = _locked(purchase_id)
        if purchase.refunded_at is not None:
            if purchase.refunded_amount != amount:
                raise PurchaseConflict
            return purchase
        _demand(purchase, Status.REFUNDED)
        if not 1 <= amount <= purchase.amount:
            raise RefundTooLarge(extra={"amount": purchase.amount})
        returned = _returned(purchase, wallet, amount) if purchase.granted_at else {}
        purchase.refunded_at, purchase.refunded_amount = now, amount
        for asset, back in returned.items():
            setattr(purchase, f"returned_{asset}", back)
        reference = purchase_reference(purchase.pk)
        moves = [Move(asset, -back, RETURN, reference) for asset, back in returned.items()]
        if purchase.currency == Currency.GEMS:
            moves.append(Move(Asset.GEMS, amount, REFUND, reference))
        if moves:
            ledger.post(purchase.user_id, moves, now=now)
        move(purchase, Status.REFUNDED, operator_id=operator_id, why=reason, now=now)
        announce(purchase, EventType.PURCHASE_REFUNDED, now=now)
        return purchase


def approve_review(*, purchase_id: int, now: datetime) -> Purchase:
    """An operator lets a purchase through: from now it holds stock like any other, and may be paid for 5 minutes.

    A repeat gives what stands. Raises NotFound, ReviewNotWaiting, OutOfStock, PromoExhausted.
    """
    with transaction.atomic():
        purchase, _wallet = _locked(purchase_id)
        if purchase.review_state == Review.APPROVED:
            return purchase
        _demand_waiting(purchase)
        purchase.review_state, purchase.expires_at = Review.APPROVED, now + HOLD_FOR
        purchase.save(update_fields=["review_state", "expires_at"])
        stock.hold(purchase)
        return purchase


def deny_review(*, purchase_id: int, operator_id: int | None, reason: str, now: datetime) -> Purchase:
    """An operator refuses a purchase: it fails. A repeat gives what stands. Raises NotFound, ReviewNotWaiting."""
    with transaction.atomic():
        purchase, _wallet = _locked(purchase_id)
        if purchase.review_state == Review.DENIED:
            return purchase
        _demand_waiting(purchase)
        _fail(purchase, operator_id=operator_id, why=reason, now=now, review_state=Review.DENIED)
        return purchase


def release_expired(*, now: datetime, batch: int = 500) -> int:
    """Fail what waited too long and put back what it held, in batches; safe to run twice and at once. How many."""
    released = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_EXPIRE, {"now": now, "batch": batch, "why": EXPIRED})
                held = dict(cursor.fetchall())
            gone = Purchase.objects.filter(pk__in=[pk for pk, was_holding in held.items() if was_holding])
            packages = stock.give_back(gone.only("package_id", "promo_id", "quantity"))
            transaction.on_commit(partial(shelf.watch, packages, now=now))
        metrics.committed(transitions_total.labels(Status.FAILED, Currency.KRW), times=len(held))
        released += len(held)
        if len(held) < batch:
            return released


def deliver(purchase: Purchase, *, now: datetime) -> None:
    """Hand over a paid purchase's goods. The caller holds the wallet and the purchase. Raises PurchaseClosed."""
    _demand(purchase, Status.GRANTED)
    reference = purchase_reference(purchase.pk)
    moves = [Move(asset, amount, DELIVERY, reference) for asset, amount in purchase.contents.items()]
    ledger.post(purchase.user_id, moves, now=now)
    purchase.granted_at = now
    move(purchase, Status.GRANTED, now=now)


def move(purchase: Purchase, to: Status, *, operator_id: int | None = None, why: str = "", now: datetime) -> None:
    """Write the purchase with its new status, and the step as a row."""
    step = PurchaseTransition(
        purchase=purchase, from_status=purchase.status, to_status=to, at=now, operator_id=operator_id, why=why[:200]
    )
    purchase.status = to
    purchase.save()
    step.save(force_insert=True)
    metrics.committed(transitions_total.labels(to, purchase.currency))


def announce(purchase: Purchase, event_type: EventType, *, now: datetime) -> None:
    """Tell the endpoints that listen, in this transaction; ids and amounts only."""
    payload = {
        "purchase_id": purchase.pk,
        "player_id": purchase.user_id,
        "code": purchase.code,
        "quantity": purchase.quantity,
        "amount": purchase.amount,
        "currency": purchase.currency,
    }
    if event_type is EventType.PURCHASE_REFUNDED:
        payload["refunded_amount"] = purchase.refunded_amount
    webhooks.publish(event_type=event_type, payload=payload, now=now)


def _locked(purchase_id: int) -> tuple[Purchase, Wallet]:
    """The purchase and its player's wallet, both locked, the wallet first. Raises NotFound."""
    user_id = Purchase.objects.filter(pk=purchase_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound
    wallet = ledger.lock_wallet(user_id)
    return Purchase.objects.select_for_update(no_key=True).get(pk=purchase_id), wallet


def _demand(purchase: Purchase, to: Status) -> None:
    if to not in NEXT[Status(purchase.status)]:
        raise PurchaseClosed(extra={"status": purchase.status})


def _demand_waiting(purchase: Purchase) -> None:
    if purchase.status != Status.PENDING or purchase.review_state != Review.WAITING:
        raise ReviewNotWaiting(extra={"status": purchase.status, "review_state": purchase.review_state})


def _fail(
    purchase: Purchase, *, operator_id: int | None, why: str, now: datetime, review_state: Review | None = None
) -> None:
    _demand(purchase, Status.FAILED)
    was_holding = purchase.holds
    purchase.failed_at = now
    if review_state is not None:
        purchase.review_state = review_state
    move(purchase, Status.FAILED, operator_id=operator_id, why=why, now=now)
    if was_holding:
        packages = stock.give_back([purchase])
        transaction.on_commit(partial(shelf.watch, packages, now=now))


def _returned(purchase: Purchase, wallet: Wallet, amount: int) -> dict[Asset, int]:
    """The refunded share of each good, as far as the wallet still has it. Gems come back only after goods left."""
    shares = {
        asset: min(share_of(goods, amount, purchase.amount), getattr(wallet, asset.value))
        for asset, goods in purchase.contents.items()
    }
    return {asset: back for asset, back in shares.items() if back}
